"""Goals of the explorer and of the suite in virtual time."""
from __future__ import annotations

import json
import subprocess
import time

from compare_parts.bench import Bench

from .target import Target

SECONDS = 10


def explore_targets(bench: Bench) -> list[Target]:
    conformance = bench.program("terapi-conformance")
    bench.say("explore")
    began = time.monotonic()
    done = subprocess.run([conformance, "reference", "--world", "virtual"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    seconds = time.monotonic() - began
    said = done.stdout.splitlines()[-1] if done.stdout else ""
    if done.returncode != 0:
        raise RuntimeError(f"terapi-conformance reference failed: {said}")
    return [Target("explore", "every scenario in virtual time (reference)", "≤", 5, "s", seconds,
                   detail=said), _schedules(bench, conformance)]


def _schedules(bench: Bench, conformance: str) -> Target:
    goal = "schedules/s on one core, small world"
    report = bench.folder / "explore.json"
    done = subprocess.run([conformance, "explore", "--size", "small", "--for", f"{SECONDS}s", "--jobs", "1", "--json", str(report)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0 or not report.exists():
        raise RuntimeError(f"terapi-conformance explore said: {done.stdout[-300:]}")
    told = json.loads(report.read_text())
    return Target("explore", goal, "≥", 5000, "/s", told["per_second"],
                  detail=f"{told['schedules']:,} schedules, {told['failed']} failed")
