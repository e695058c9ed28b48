"""Goals of the house: how long the tests take, and a clean build. Minutes; only where a checkout is at hand."""
from __future__ import annotations

import os
import subprocess
import time

from compare_parts.bench import BENCHMARKS, Bench

from .target import Target

ROOT = BENCHMARKS.parent


def house_targets(bench: Bench) -> list[Target]:
    bench.say("house: a clean build")
    folder = bench.folder / "build"
    environment = {**os.environ, "TERAPI_BUILD_DIR": str(folder), "CCACHE_DISABLE": "1"}
    build = _seconds(["./terapi", "build"], environment)
    bench.say("house: the tests, twice")
    _seconds(["./terapi", "test"], environment)
    tests = _seconds(["./terapi", "test"], environment)
    cores = len(os.sched_getaffinity(0))
    return [Target("house", f"a clean build, no cache, {cores} cores", "≤", 300, "s", build),
            Target("house", "./terapi test, the second time", "≤", 60, "s", tests)]


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-1000:]}")
    return time.monotonic() - began
