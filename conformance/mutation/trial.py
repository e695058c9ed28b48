"""Puts a program to the judge, and says what came of it."""
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time

SECONDS_AT_MOST = 1200  # of one run of the judge, which comes to an end by itself
IN_NANGO = " in nango"  # behind a scenario's name: played in that dialect
VERDICTS = {0: "survived", 1: "killed", 3: "undecided"}


class Trial:
    def __init__(self, conformance, scenarios, jobs, warned=()):
        self.warned = warned  # where the program as it is gets a WARN
        self.conformance = conformance
        self.scenarios = scenarios
        self.jobs = jobs

    def judge(self, command, chosen, *flags):
        """The exit code and the report of a run of these scenarios, all in one dialect. Raises RuntimeError when there is none."""
        in_nango = chosen[0].endswith(IN_NANGO)
        if in_nango:
            chosen = [scenario.removesuffix(IN_NANGO) for scenario in chosen]
            flags = (*flags, "--dialect", "nango")
        with tempfile.TemporaryDirectory(prefix="mutant-report-") as folder:
            report = os.path.join(folder, "report.json")
            words = [self.conformance, "client", "--run", command, "--dump", command + " dump", "--scenarios", self.scenarios,
                     "--jobs", str(self.jobs), "--json", report, "--filter", ",".join(chosen), *flags]
            done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS_AT_MOST, check=False)
            if not os.path.exists(report):
                raise RuntimeError(f"exit code {done.returncode}: {done.stdout.decode('utf-8', 'replace')[-2000:]}")
            with open(report, encoding="utf-8") as file:
                told = json.load(file)
            for result in told["results"]:
                result["scenario"] += IN_NANGO if in_nango else ""
            return done.returncode, told

    def try_rounds(self, text, rounds):
        """Plays one round of scenarios after the other until one fails: {verdict, by, says, passed, seconds}."""
        began = time.monotonic()
        passed, verdict, undecided = [], "survived", ""
        with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
            program = pathlib.Path(folder) / "client.py"
            program.write_text(text, encoding="utf-8")
            for chosen in rounds:
                try:
                    code, report = self.judge(command_of(program), chosen, "--fail-fast")
                except (RuntimeError, subprocess.TimeoutExpired) as why:
                    return outcome("error", began, passed, says=str(why)[-500:])
                # What warnings the client as it is gets in the other dialect nobody has noted.
                by, says = ("", "") if chosen[0].endswith(IN_NANGO) else first_failure(report, "WARN", self.warned)
                if by:
                    return outcome("killed", began, passed, by=by, says=says)
                passed += [result["scenario"] for result in report["results"] if result["verdict"] in ("PASS", "INFO", "WARN", "SKIP")]
                if code == 1:
                    by, says = first_failure(report)
                    return outcome("killed", began, passed, by=by, says=says)
                if code != 0:
                    verdict = VERDICTS.get(code, "error")
                    undecided = "; ".join(f"{result['scenario']}: {why_not(result)}" for result in report["results"]
                                          if result["verdict"] in ("INCONCLUSIVE", "ERROR"))
        return outcome(verdict, began, passed, says=undecided[:500])


def command_of(program):
    # -S: nothing of this machine's own packages, which only make it start later.
    return f"exec {shlex.quote(sys.executable)} -B -S {shlex.quote(str(program))}"


def outcome(verdict, began, passed, by="", says=""):
    return {"verdict": verdict, "by": by, "says": says, "passed": passed, "seconds": round(time.monotonic() - began, 1)}


def why_not(result):
    return result["reason"] or "; ".join(f"{each['what']}: {each['actual']}" for each in result["findings"])


def first_failure(report, verdict="FAIL", but_not=()):
    for result in report["results"]:
        if result["verdict"] == verdict and result["scenario"] not in but_not:
            finding = next((each for each in result["findings"] if each["verdict"] == verdict), None)
            if finding:
                return result["scenario"], f"{verdict} {finding['clause']} {finding['invariant']} {finding['what']}".strip()[:300]
            return result["scenario"], result["reason"]
    return "", ""
