"""Goals of how soon terapi-sync has stored what a webhook announces, as `terapi-conformance measure` has it."""
from __future__ import annotations

import json
import subprocess

from compare_parts.bench import Bench

from .target import Target

# Row of the measurement, goal, sign, bound, unit.
GOALS = [
    ("webhooks/1/0ms/p50", "from a webhook to the change being stored: p50", "≤", 10, "ms"),
    ("webhooks/100/0ms/p99", "  p99 at 100 changes/s", "≤", 25, "ms"),
    # 75 ms of it are the network's: half a round trip for the webhook, one for the request.
    ("webhooks/1/50ms/p50", "  p50, round trips of 50 ms", "≤", 90, "ms"),
    ("catch-up/0ms", "launch until 5,000 changes of an outage are stored", "≤", 0.5, "s"),
]


def latency_targets(bench: Bench) -> list[Target]:
    conformance = bench.program("terapi-conformance")
    bench.program("terapi-sync")
    bench.say("latency")
    report = bench.folder / "measure.json"
    done = subprocess.run([conformance, "measure", "--only", "webhooks,catch-up", "--json", str(report)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0 or not report.exists():
        raise RuntimeError(f"terapi-conformance measure said: {done.stdout[-300:]}")
    figures = {figure["row"]: figure["value"] for figure in json.loads(report.read_text())["clients"][0]["figures"]}
    return [Target("latency", goal, sign, bound, unit, figures[row]) for row, goal, sign, bound, unit in GOALS]
