#!/usr/bin/env python3
"""Makes every small change to the Python example client, and demands that the judge notices: docs/mutation.md

    mutate.py list [--only GLOB…] [--diff]        the mutants: id, line, what was there and what stands there instead
    mutate.py show ID                             the client with that change
    mutate.py run terapi-conformance [FLAGS]      judges them
    mutate.py keep REPORT                         notes in killed.json what a run's report says of which scenario kills what
    mutate.py reach terapi-conformance            plays every scenario once, and writes which lines it reaches into reach.json
"""
import argparse
import collections
import concurrent.futures
import difflib
import fnmatch
import json
import os
import pathlib
import random
import re
import sys
import tempfile
import threading
import time

import mutants
import reach
import trial

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CLIENT = ROOT / "conformance" / "examples" / "python" / "client.py"
REACH = HERE / "reach.json"
HARMLESS = HERE / "harmless.json"
KILLED = HERE / "killed.json"  # mutant: the scenario that was the first to fail
SAFETY_LINES = ROOT / "conformance" / "examples" / "safety_lines.json"
CLAUSE = re.compile(r"\b[A-Z]+-\d+\b")
FIRST_ROUNDS = [2, 8, 24]  # scenarios of the rounds before the one that has all the rest


def chosen_mutants(text, arguments):
    found = mutants.find(text)
    if arguments.only:
        found = [mutant for mutant in found if any(fnmatch.fnmatchcase(mutant.id, glob) for glob in arguments.only)]
    if arguments.known:
        known = read_killed()
        found = [mutant for mutant in found if mutant.id in known]
    if arguments.sample:
        found = random.Random(arguments.seed).sample(found, min(arguments.sample, len(found)))
    return found


def read_killed():
    return json.loads(KILLED.read_text(encoding="utf-8")) if KILLED.exists() else {}


def keep(arguments):
    text = arguments.client.read_text(encoding="utf-8")
    existing = [mutant.id for mutant in mutants.find(text)]
    killed = read_killed()
    killed.update({mutant: result["by"] for mutant, result in read_report(arguments.report).items() if result["verdict"] == "killed"})
    lines = [f"  {json.dumps(mutant)}: {json.dumps(killed[mutant])}" for mutant in existing if mutant in killed]
    KILLED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(lines)} of {len(existing)} mutants are known to be killed")
    return 0


def difference(text, mutant):
    changed = mutants.Source(text).with_change(mutant)
    return "\n".join(list(difflib.unified_diff(text.splitlines(), changed.splitlines(), lineterm="", n=0))[3:])


def on_one_line(text):
    return " ".join(text.split())


class Harmless:
    """Changes that no judge can or should notice, each with its reason: {"reasons": [{"reason", "mutants": {id: …}}]}"""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.reasons = {mutant: entry["reason"] for entry in json.load(file)["reasons"] for mutant in entry["mutants"]}


class Rounds:
    """Which scenarios a mutant is judged by, and in which order: those first that have killed its neighbours, or are about the
    clauses that the lines around it name."""

    def __init__(self, reached, names, clauses, killed, dialect):
        self.behind = trial.IN_NANGO if dialect == "nango" else ""  # names of scenarios
        self.killed = killed
        self.reached = reached
        self.names = names  # of the client's lines
        self.clauses = clauses  # scenario: the clauses that it proves
        self.kills = collections.Counter()
        self.lock = threading.Lock()

    def count(self, function, line, scenario):
        scenario = scenario.removesuffix(trial.IN_NANGO)
        with self.lock:
            self.kills[scenario] += 1
            self.kills[(function, scenario)] += 3
            self.kills[(line, scenario)] += 15

    def of(self, mutant, passed, at_most):
        first, last = mutant.lines
        last = max(last, mutant.line + mutant.was.count("\n"))
        new = set(self.clauses) - set(self.reached.seconds)  # of which nobody knows what they reach
        reached = {scenario + self.behind for scenario in self.reached.of_statement(self.names[first:last + 1]) | new}
        scenarios = reached - set(passed)
        about = set(CLAUSE.findall("\n".join(self.names[max(1, first - 2):last + 3])))
        with self.lock:
            def worth(name):
                scenario = name.removesuffix(self.behind)
                kills = self.kills[scenario] + self.kills[(mutant.function, scenario)] + self.kills[(mutant.line, scenario)]
                return (-(1 + kills + 4 * len(about & self.clauses.get(scenario, set()))) / (self.reached.seconds.get(scenario, 30) + 2), name)
            ordered = sorted(scenarios, key=worth)
        rounds = []
        known = self.killed.get(mutant.id, "")
        if known in scenarios or (known.endswith(trial.IN_NANGO) and known not in passed):
            rounds.append([known])
            ordered = [scenario for scenario in ordered if scenario != known]
        for size in FIRST_ROUNDS:
            rounds.append(ordered[:size])
            ordered = ordered[size:]
        return [each for each in [*rounds, ordered] if each][:at_most or None]


def clauses_of_scenarios(folder):
    found = {}
    for scenario in scenario_ids(folder):
        listed = re.search(r'"clauses":\s*\[([^]]*)\]', (folder / f"{scenario}.json").read_text(encoding="utf-8"))
        found[scenario] = set(CLAUSE.findall(listed.group(1))) if listed else set()
    return found


def safety_lines(text):
    """The lines of which it is known which scenario fails without them, and that scenario."""
    for entry in json.loads(SAFETY_LINES.read_text(encoding="utf-8")):
        if entry["client"] == "python" and text.count(entry["remove"]) == 1:
            before = text[:text.index(entry["remove"])].count("\n")
            for line in range(before + 1, before + 2 + entry["remove"].rstrip().count("\n")):
                yield line, entry["scenario"]


def run(arguments):
    text = arguments.client.read_text(encoding="utf-8")
    source = mutants.Source(text)
    harmless = Harmless(HARMLESS).reasons
    report = read_report(arguments.report)
    reached = reach.Reach.load(REACH)
    rounds = Rounds(reached, reach.names_of_lines(text), clauses_of_scenarios(arguments.scenarios), read_killed(), arguments.dialect)
    for line, scenario in safety_lines(text):
        rounds.count("", line, scenario)
    todo = [mutant for mutant in chosen_mutants(text, arguments)
            if (arguments.harmless or mutant.id not in harmless) and report.get(mutant.id, {}).get("verdict") != "killed"]
    for mutant in mutants.find(text):  # what an earlier run has learnt
        if mutant.id in report and report[mutant.id]["by"]:
            rounds.count(mutant.function, mutant.line, report[mutant.id]["by"])
    judge = trial.Trial(arguments.conformance, str(arguments.scenarios), arguments.jobs, reached.warned)

    ends = time.monotonic() + (arguments.seconds or float("inf"))

    def judged(mutant):
        if time.monotonic() > ends:
            return None
        before = report.get(mutant.id, {})
        passed = before.get("passed", [])
        result = judge.try_rounds(source.with_change(mutant), rounds.of(mutant, passed, arguments.rounds))
        if result["by"]:
            rounds.count(mutant.function, mutant.line, result["by"])
        result["passed"] = sorted(set(passed) | set(result["passed"]))
        result["left"] = sum(map(len, rounds.of(mutant, result["passed"], 0)))
        return {**result, "line": mutant.line, "was": mutant.was, "becomes": mutant.becomes}

    with concurrent.futures.ThreadPoolExecutor(arguments.at_once) as pool:
        trials = {pool.submit(judged, mutant): mutant for mutant in todo}
        for done in concurrent.futures.as_completed(trials):
            mutant, result = trials[done], done.result()
            if result is None:
                continue
            report[mutant.id] = result
            print(f"{result['verdict']:9}  {result['seconds']:5.0f} s  {mutant.id:44}  {describe(result)}", flush=True)
            if arguments.report:
                write_report(arguments.report, report)
    asked = {mutant.id for mutant in chosen_mutants(text, arguments)}
    return conclude({mutant: result for mutant, result in report.items() if mutant in asked}, harmless,
                    {mutant.id for mutant in mutants.find(text)}, asked)


def describe(result):
    if result["by"]:
        return f"{result['by']}: {result['says'][:100]}"
    if not result["passed"] and not result["left"]:
        return "no scenario reaches it"
    return f"passed {len(result['passed'])} scenarios, {result['left']} not played  {result['says']}"


def read_report(path):
    if not path or not path.exists():
        return {}
    return json.loads(path.read_text(encoding="utf-8"))["mutants"]


def write_report(path, report):
    made = path.with_suffix(".new")
    made.write_text(json.dumps({"mutants": report}, indent=1), encoding="utf-8")
    os.replace(made, path)


def conclude(report, harmless, existing, asked):
    """Prints the figures; 1 when a mutant survived of which nobody has said that it is harmless."""
    unknown = [mutant for mutant, result in report.items() if result["verdict"] != "killed" and mutant not in harmless]
    stale = [mutant for mutant, result in report.items() if result["verdict"] == "killed" and mutant in harmless]
    gone = sorted(set(harmless) - existing)
    for mutant in unknown:
        result = report[mutant]
        print(f"\n{result['verdict'].upper()}  {mutant}  line {result['line']}  {describe(result)}\n  was      {on_one_line(result['was'])}\n"
              f"  becomes  {on_one_line(result['becomes'])}")
    for mutant in stale:
        print(f"\nSTALE  {mutant} is listed as harmless ({harmless[mutant]}), and {report[mutant]['by']} kills it: {report[mutant]['says']}")
    for mutant in gone:
        print(f"\nSTALE  {mutant} is listed as harmless, and there is no such mutant")
    killed = sum(result["verdict"] == "killed" for result in report.values())
    listed = len(asked & set(harmless) - set(report))
    print(f"\n{len(asked)} mutants: {killed} killed, {len(report) - killed - len(unknown)} harmless and survived, {listed} listed as harmless and not "
          f"judged, {len(unknown)} survived and nobody has said why, {len(asked) - len(report) - listed} not judged for want of time")
    return 1 if unknown or stale or gone or not killed else 0


def find_reach(arguments):
    text = arguments.client.read_text(encoding="utf-8")
    judge = trial.Trial(arguments.conformance, str(arguments.scenarios), 1)
    ids = arguments.filter or scenario_ids(arguments.scenarios)
    kept = reach.Reach.load(REACH) if arguments.filter and REACH.exists() else reach.Reach()
    with tempfile.TemporaryDirectory(prefix="mutation-reach-") as folder, concurrent.futures.ThreadPoolExecutor(arguments.at_once) as pool:
        def play(scenario):
            notes = os.path.join(folder, scenario.replace("/", "+"))
            recorder = trial.command_of(HERE / "line_recorder.py") + f" {arguments.client} {notes}"
            _, report = judge.judge(recorder, [scenario])
            result = report["results"][0]
            numbers = set()
            if os.path.exists(notes):
                with open(notes, encoding="ascii") as file:
                    numbers = {int(line) for line in file}
            return scenario, result, numbers
        for scenario, result, numbers in pool.map(play, ids):
            print(f"{result['verdict']:12}  {scenario:48} {len(numbers):4} lines  {result['elapsed_ms'] / 1000:5.1f} s  {result['reason'][:60]}", flush=True)
            if result["verdict"] not in ("SKIP", "ERROR"):  # what is late only because it is recorded reaches what it reaches
                kept.warned.discard(scenario)
                if result["verdict"] == "WARN":
                    kept.warned.add(scenario)
                kept.add(scenario, round(result["elapsed_ms"] / 1000, 1), text, numbers)
    kept.save(REACH)
    return 0


def scenario_ids(folder):
    """Those that judge clients; none that takes minutes."""
    ids = []
    for file in sorted(folder.rglob("*.json")):
        text = file.read_text(encoding="utf-8")
        if '"judges": "client"' in text and '"thorough": true' not in text:
            ids.append(file.relative_to(folder).with_suffix("").as_posix())
    return ids


def parse_arguments(words):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--client", type=pathlib.Path, default=CLIENT, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", required=True)
    listing, running = commands.add_parser("list"), commands.add_parser("run")
    commands.add_parser("show").add_argument("id")
    keeping, reaching = commands.add_parser("keep"), commands.add_parser("reach")
    keeping.add_argument("report", type=pathlib.Path)
    for each in (listing, running):
        each.add_argument("--only", action="append", metavar="GLOB", help="mutants whose id fits, such as 'store*' or '*:boundary:*'; several times, if you like")
        each.add_argument("--sample", type=int, metavar="N", help="N of them, by chance")
        each.add_argument("--known", action="store_true", help="only those that killed.json has: is the judge still as strict?")
        each.add_argument("--seed", type=int, default=1, help="of the sample")
    listing.add_argument("--diff", action="store_true")
    for each in (running, reaching):
        each.add_argument("conformance", help="the judge: build/bin/terapi-conformance")
        each.add_argument("--scenarios", type=pathlib.Path, default=ROOT / "scenarios")
        each.add_argument("--at-once", type=int, default=4, help="mutants judged at once")
    running.add_argument("--jobs", type=int, default=3, help="scenarios of a mutant that are played at once")
    running.add_argument("--report", type=pathlib.Path, help="JSON; mutants that it has already are not judged again")
    running.add_argument("--harmless", action="store_true", help="judge those as well that are listed in harmless.json")
    running.add_argument("--dialect", choices=["terapi", "nango"], default="terapi", help="in which the scenarios are played; what no clause of one shows may break another")
    running.add_argument("--rounds", type=int, default=0, help="give up after so many rounds of scenarios (2, 8, 24, all the rest)")
    running.add_argument("--seconds", type=int, help="begin with no mutant after so long; the others are not judged, and counted")
    reaching.add_argument("--filter", action="append", metavar="ID", help="only this scenario; the others keep what is known of them")
    return parser.parse_args(words)


def main(words):
    arguments = parse_arguments(words)
    if arguments.command == "run":
        return run(arguments)
    if arguments.command == "keep":
        return keep(arguments)
    if arguments.command == "reach":
        return find_reach(arguments)
    text = arguments.client.read_text(encoding="utf-8")
    if arguments.command == "show":
        found = [mutant for mutant in mutants.find(text) if mutant.id == arguments.id]
        if not found:
            print(f"there is no mutant '{arguments.id}'; mutate.py list shows them", file=sys.stderr)
            return 2
        print(mutants.Source(text).with_change(found[0]), end="")
        return 0
    for mutant in chosen_mutants(text, arguments):
        print(f"{mutant.id:44} {mutant.line:4}  {on_one_line(mutant.was)}  →  {on_one_line(mutant.becomes)}")
        if arguments.diff:
            print(difference(text, mutant))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
