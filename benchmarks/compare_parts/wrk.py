"""wrk: load on one URL, and what came of it as numbers."""
from __future__ import annotations

import json
import os
import subprocess
from statistics import median

from .bench import Bench, pinned, tool
from .other_work import OtherWork
from .server_process import ServerProcess

# wrk's own report rounds; its script interface gives the numbers as they are, times in microseconds.
REPORT = """
done = function(summary, latency, requests)
  io.write(string.format(
    '{"requests":%d,"bytes":%d,"duration":%d,"p50":%d,"p99":%d,"max":%d,"bad":%d}\\n',
    summary.requests, summary.bytes, summary.duration,
    latency:percentile(50), latency:percentile(99), latency.max,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status
      + summary.errors.timeout))
end
"""

# A run during which others kept more than this of a core busy is made again, so many times at most.
QUIET_ENOUGH = 0.12
RETRIES = 2


class Target:
    """A URL, the headers it wants, and the process that serves it."""

    def __init__(self, server: ServerProcess, url: str, headers: dict[str, str] | None = None):
        self.server, self.url, self.headers = server, url, headers or {}


def load(bench: Bench, target: Target, connections: int, seconds: float | None = None) -> dict:
    """One wrk run against `target`: rates, latencies, and the server's CPU time for each request."""
    script = bench.folder / "report.lua"
    script.write_text(REPORT)
    seconds = max(1, round(bench.seconds if seconds is None else seconds))  # wrk takes whole seconds
    command = [tool("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-s", script]
    for name, value in target.headers.items():
        command += ["-H", f"{name}: {value}"]
    others, before, wrk_before = OtherWork(), target.server.cpu_seconds(), _children_seconds()
    done = subprocess.run(pinned([*map(str, command), target.url], core=1), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=seconds + 60, check=False)
    cpu, wrk_cpu = target.server.cpu_seconds() - before, _children_seconds() - wrk_before
    try:
        raw = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError) as why:
        raise RuntimeError(f"wrk said:\n{done.stdout}") from why
    if not raw["requests"]:
        raise RuntimeError(f"no answer came from {target.url}:\n{done.stdout}")
    duration = raw["duration"] / 1e6
    return {"requests_per_second": raw["requests"] / duration,
            "bytes_per_second": raw["bytes"] / duration,
            "cpu_us_per_request": cpu * 1e6 / raw["requests"],
            # The kernel sends the rest of a large answer on the receiver's time; this has both sides' work.
            "both_sides_cpu_us_per_request": (cpu + wrk_cpu) * 1e6 / raw["requests"],
            "cpu_us_per_megabyte": cpu * 1e12 / raw["bytes"],
            "cpu_share": cpu / duration,
            "p50_us": raw["p50"], "p99_us": raw["p99"], "max_us": raw["max"],
            "other_work_cores": others.cores(cpu),
            "failed_requests": raw["bad"]}


def _children_seconds() -> float:
    """CPU time of the load generators that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def alternate(bench: Bench, targets: dict[str, Target], connections: int) -> dict[str, dict]:
    """Rounds of subject, rival, subject, rival…: whatever else the machine does meanwhile hits all of them alike.

    For each target the median of every number over the rounds; failed requests are summed up.
    """
    runs: dict[str, list[dict]] = {name: [] for name in targets}
    for _ in range(bench.rounds):
        for name, target in targets.items():
            runs[name].append(_quiet_load(bench, target, connections))
    return {name: medians(of_one) for name, of_one in runs.items()}


def _quiet_load(bench: Bench, target: Target, connections: int) -> dict:
    """The run of `target` that was disturbed least, out of as few as need be."""
    best = load(bench, target, connections)
    for _ in range(RETRIES):
        if best["other_work_cores"] <= QUIET_ENOUGH:
            break
        again = load(bench, target, connections)
        best = min(best, again, key=lambda run: run["other_work_cores"])
    return best


def medians(runs: list[dict]) -> dict:
    result = {key: median(run[key] for run in runs) for key in runs[0]}
    if "failed_requests" in result:
        result["failed_requests"] = sum(run["failed_requests"] for run in runs)
    return result


def ratios(subject: dict, rival: dict) -> dict:
    """subject ÷ rival, key by key, under the keys of both."""
    return {key: subject[key] / rival[key] for key in subject
            if key not in ("failed_requests", "other_work_cores") and rival.get(key)}
