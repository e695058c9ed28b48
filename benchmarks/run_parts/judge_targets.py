"""Goals of the judge: how long it takes to judge a client and a server, right ones and wrong ones, and its memory."""
from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import time
from dataclasses import dataclass

from compare_parts.bench import Bench
from compare_parts.simulator import KEY

from .started_simulator import StartedSimulator
from .target import Target

PYTHON_CLIENT = f"exec {sys.executable} {pathlib.Path(__file__).resolve().parents[2] / 'conformance/examples/python/client.py'}"


@dataclass
class Judged:
    seconds: float
    peak_bytes: int  # of the judge alone
    said: str


def judge_targets(bench: Bench) -> list[Target]:
    bench.say("judge")
    conformance = bench.program("terapi-conformance")
    client = ["client", "--run", PYTHON_CLIENT, "--dump", f"{PYTHON_CLIENT} dump"]
    loses = f"{conformance} subject --mutant skips-bad-records"
    whole = _judged(conformance, client)
    quick = _judged(conformance, [*client, "--quick"])
    wrong = _judged(conformance, ["client", "--run", f"exec {loses}", "--dump", f"exec {loses} dump"], code=1)
    with bench.scope():
        server = StartedSimulator(bench, ["--clock", "virtual"])
        served = _judged(conformance, ["server", "--base-url", server.url, "--control-url", server.url], bench)
    return [Target("judge", "a client, the Python example: all of it", "≤", 60, "s", whole.seconds, detail=whole.said),
            Target("judge", "the same, --quick", "≤", 15, "s", quick.seconds, detail=quick.said),
            Target("judge", "a client that loses records, times the right one", "≤", 1.5, "×", wrong.seconds / whole.seconds, detail=wrong.said),
            Target("judge", "a server", "≤", 10, "s", served.seconds, detail=served.said),
            Target("judge", "memory of the judge of a client", "≤", 250, "MB", whole.peak_bytes / 1e6)]


def _judged(conformance: str, arguments: list[str], bench: Bench | None = None, code: int = 0) -> Judged:
    environment = dict(os.environ, TERAPI_SECRET_KEY=KEY) if bench else None
    began = time.monotonic()
    process = subprocess.Popen([conformance, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    last = said.splitlines()[-1] if said else ""
    if process.returncode != code:
        raise RuntimeError(f"terapi-conformance {arguments[0]} ended with {process.returncode}: {last}")
    return Judged(time.monotonic() - began, usage.ru_maxrss * 1024, last)
