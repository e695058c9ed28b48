#!/usr/bin/env python3
"""Makes every small change to a server's answers, or its webhooks, and demands that the judge notices: docs/mutation.md

    mutate_server.py list BIN [FLAGS]   the mutants: id, where, what
    mutate_server.py run BIN [FLAGS]    judges them

BIN is the folder of terapi-simulator and terapi-conformance.
"""
import argparse
import concurrent.futures
import contextlib
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

import answers
import trial
import webhooks
from answer_proxy import AnswerProxy
from webhook_proxy import ControlProxy, WebhookProxy

HERE = pathlib.Path(__file__).resolve().parent
HARMLESS = HERE / "server_harmless.json"
KEY = "00000000-0000-4000-8000-000000000000"
READY_WITHIN = 30     # seconds
JUDGED_WITHIN = 300   # seconds; the judge comes to an end by itself
# They take seconds, and read nothing that the others do not.
LEFT_OUT = ["!webhooks/slow-path-of-one-host", "!security/slow-requests"]


@contextlib.contextmanager
def simulator(programs, folder):
    """The address of one in virtual time."""
    ready = pathlib.Path(folder) / "ready.json"
    command = [programs / "terapi-simulator", "serve", "--port", "0", "--clock", "virtual", "--secret-key", KEY, "--log-level", "error", "--ready-file", ready]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + READY_WITHIN
            while not (ready.exists() and ready.read_text().rstrip().endswith("}")):
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("terapi-simulator does not start")
                time.sleep(0.01)
            yield json.loads(ready.read_text())["base_url"]
        finally:
            process.terminate()


class Bench:
    """A simulator, the proxy that its answers or its webhooks pass, and the judge. One run at a time."""

    def __init__(self, programs, stack, of_webhooks):
        self.programs = programs
        self.folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="mutant-server-"))
        self.base = self.control = stack.enter_context(simulator(programs, self.folder))
        at = urllib.parse.urlsplit(self.base)
        if of_webhooks:
            self.find = webhooks.find
            self.proxy = stack.enter_context(WebhookProxy())
            self.proxy.keys.add(KEY)
            self.control = stack.enter_context(ControlProxy(at.hostname, at.port, self.proxy)).url
        else:
            self.find = answers.find
            self.proxy = stack.enter_context(AnswerProxy(at.hostname, at.port))
            self.base = self.proxy.url

    def judge(self, wanted, *flags):
        report = os.path.join(self.folder, "report.json")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(report)
        words = [self.programs / "terapi-conformance", "server", "--base-url", self.base, "--control-url", self.control, "--json", report,
                 "--filter", ",".join(wanted), *flags]
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=JUDGED_WITHIN, check=False, env={**os.environ, "TERAPI_SECRET_KEY": KEY})
        if not os.path.exists(report):
            raise RuntimeError(f"exit code {done.returncode}: {done.stdout.decode('utf-8', 'replace')[-1000:]}")
        with open(report, encoding="utf-8") as file:
            return done.returncode, json.load(file)


class Baseline:
    """What the server sends, and what the judge says of it, through a proxy that changes nothing."""

    def __init__(self, bench):
        bench.proxy.notes = recorded = []
        code, report = bench.judge(LEFT_OUT)
        bench.proxy.notes = None
        if code == 2:
            raise RuntimeError("the server as it is cannot be judged")
        self.mutants = bench.find(recorded)
        verdicts = {result["scenario"]: result["verdict"] for result in report["results"]}
        # The proxy reads whole, well-formed messages: what is about bytes is not played through it.
        self.failed = sorted(scenario for scenario, verdict in verdicts.items() if verdict in ("FAIL", "ERROR", "INCONCLUSIVE"))
        self.warned = {scenario for scenario, verdict in verdicts.items() if verdict == "WARN"}

    def filter(self):
        return [*LEFT_OUT, *(f"!{scenario}" for scenario in self.failed)]


def judged(bench, baseline, mutant):
    bench.proxy.mutant = mutant
    began = time.monotonic()
    try:
        code, report = bench.judge(baseline.filter(), "--fail-fast")
    except (RuntimeError, subprocess.TimeoutExpired) as why:
        return trial.outcome("error", began, [], says=str(why)[-500:])
    finally:
        bench.proxy.mutant = None
    for verdict, but_not in (("FAIL", ()), ("ERROR", ()), ("WARN", baseline.warned)):
        by, says = trial.first_failure(report, verdict, but_not)
        if by:
            return trial.outcome("killed", began, [], by=by, says=says)
    return trial.outcome(trial.VERDICTS.get(code, "error"), began, [])


def chosen(found, arguments):
    if arguments.only:
        found = [mutant for mutant in found if any(answers.fits(glob, mutant.id) for glob in arguments.only)]
    if arguments.where:
        found = [mutant for mutant in found if any(answers.fits(glob, str(mutant.place)) for glob in arguments.where)]
    if arguments.sample:
        found = random.Random(arguments.seed).sample(found, min(arguments.sample, len(found)))
    return found


class Harmless:
    """Changes that no clause forbids, by where they are and what they do, each with its reason: {"reasons": [{"reason", "mutants": [glob…]}]}.
    A glob stands for all of a mutant as `list` tells it: 'GET /connections 200 connections.[].created*'."""

    def __init__(self, path, of_webhooks=False):
        listed = json.loads(path.read_text(encoding="utf-8"))["reasons"]
        self.globs = {glob: entry["reason"] for entry in listed for glob in entry["mutants"] if glob.startswith("webhook ") == of_webhooks}

    def reason(self, told):
        return next((reason for glob, reason in self.globs.items() if answers.fits(glob, told)), None)

    def stale(self, all_told):
        return [glob for glob in self.globs if not any(answers.fits(glob, told) for told in all_told)]


def write_report(path, report):
    made = pathlib.Path(f"{path}.new")
    made.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    os.replace(made, path)


def run(arguments):
    harmless = Harmless(HARMLESS, arguments.webhooks)
    report = {}
    if arguments.report and os.path.exists(arguments.report):
        report = json.loads(pathlib.Path(arguments.report).read_text(encoding="utf-8"))
    writing = threading.Lock()
    with contextlib.ExitStack() as stack:
        benches = [Bench(arguments.programs, stack, arguments.webhooks) for _ in range(arguments.jobs)]
        baseline = Baseline(benches[0])
        asked = chosen([mutant for mutant in baseline.mutants if arguments.harmless or not harmless.reason(str(mutant))], arguments)
        again = {mutant.id for mutant in asked if arguments.survivors and report.get(mutant.id, {}).get("verdict") != "killed"}
        todo = [mutant for mutant in asked if mutant.id not in report or mutant.id in again]
        print(f"{len(baseline.mutants)} mutants, {len(todo)} to judge; not played: {', '.join(baseline.failed) or 'none'}", flush=True)
        began = time.monotonic()

        def work(bench):
            while todo and (not arguments.seconds or time.monotonic() - began < arguments.seconds):
                mutant = todo.pop(0)
                result = judged(bench, baseline, mutant)
                with writing:
                    report[mutant.id] = {"what": str(mutant), **result}
                    if arguments.report:
                        write_report(arguments.report, report)
                if result["verdict"] != "killed":
                    print(f"{result['verdict']:9} {mutant.id}  {mutant}  {result['says'][:200]}", flush=True)

        with concurrent.futures.ThreadPoolExecutor(len(benches)) as pool:
            list(pool.map(work, benches))
    return summed_up(report, baseline.mutants, asked, harmless)


def summed_up(report, existing, asked, harmless):
    """Prints the figures; 1 when one of those asked for survived that is not listed as harmless, or what is listed is not there."""
    told = {mutant.id: str(mutant) for mutant in existing}
    of_these = {mutant.id: report[mutant.id] for mutant in asked if mutant.id in report}
    stale = harmless.stale(told.values())
    for glob in stale:
        print(f"stale: no mutant is like '{glob}' of {HARMLESS.name}")
    listed = {each for each in told if harmless.reason(told[each])}
    killed_all_the_same = [each for each in listed & set(of_these) if of_these[each]["verdict"] == "killed"]
    if killed_all_the_same:
        print(f"killed, though listed as harmless: {len(killed_all_the_same)}, such as {told[min(killed_all_the_same)]}")
    unexplained = {each: result for each, result in of_these.items() if each not in listed}
    counts = {verdict: sum(result["verdict"] == verdict for result in unexplained.values()) for verdict in ("killed", "survived", "undecided", "error")}
    print(f"{len(told)} mutants: " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
          + f", {len(listed)} listed as harmless, {len(told) - len(listed) - len(unexplained)} not judged")
    return 1 if counts["survived"] or counts["error"] or stale or not counts["killed"] else 0


def list_mutants(arguments):
    with contextlib.ExitStack() as stack:
        for mutant in chosen(Baseline(Bench(arguments.programs, stack, arguments.webhooks)).mutants, arguments):
            print(f"{mutant.id:44} {mutant}")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=["list", "run"])
    parser.add_argument("programs", type=lambda text: pathlib.Path(text).resolve(), metavar="BIN")
    parser.add_argument("--webhooks", action="store_true", help="mutants of its webhooks, in place of its answers")
    parser.add_argument("--only", action="append", metavar="GLOB", help="mutants whose id fits")
    parser.add_argument("--where", action="append", metavar="GLOB", help="those of such places, as `list` tells them: 'GET /records 200 *'")
    parser.add_argument("--sample", type=int, metavar="N", help="N of them, drawn by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, help="begin none after these")
    parser.add_argument("--jobs", type=int, default=2, help="judged at once, each with a simulator of its own")
    parser.add_argument("--report", help="JSON; mutants that it has already are not judged again")
    parser.add_argument("--survivors", action="store_true", help="judge those again that survived in the report")
    parser.add_argument("--harmless", action="store_true", help="judge those as well that are listed in server_harmless.json")
    arguments = parser.parse_args()
    return {"list": list_mutants, "run": run}[arguments.mode](arguments)


if __name__ == "__main__":
    sys.exit(main())
