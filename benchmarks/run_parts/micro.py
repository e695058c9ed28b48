"""Micro: runs terapi-bench, whose benchmarks stand in benchmarks/*_bench.cc, and gives back their figures."""
from __future__ import annotations

import json
import os
import pathlib
import subprocess

from compare_parts.bench import Bench

# Google Benchmark adds its settings to the names: "store/first/uuid/100000/iterations:1/manual_time".
SETTINGS = ("iterations:", "repeats:", "min_time:", "manual_time", "real_time", "process_time", "threads:")
# These take some seconds each, and are for the targets.
LONG = "/1000000"


def run_micro(program: str, pattern: str, min_time: float | None = None,
              environment: dict[str, str] | None = None) -> dict[str, dict]:
    """{"page/first/100": {"seconds", "cpu_seconds", "items_per_second", "bytes_per_second"}}, of one iteration each;
    those whose names match the pattern, or, with a '-' before it, those that do not."""
    command = [program, "--benchmark_format=json", f"--benchmark_filter={pattern}"]
    if min_time is not None:
        command.append(f"--benchmark_min_time={min_time:g}")
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          env={**os.environ, **(environment or {})})
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr.decode(errors='replace')[-2000:]}")
    return {plain_name(one["name"]): _figures(one) for one in json.loads(done.stdout or b"{}").get("benchmarks", [])}


def micro_program(bench: Bench) -> str:
    return bench.program("terapi-bench")


def plain_name(name: str) -> str:
    return "/".join(part for part in name.split("/") if not part.startswith(SETTINGS))


def _figures(one: dict) -> dict:
    unit = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}[one["time_unit"]]
    figures = {"seconds": one["real_time"] * unit, "cpu_seconds": one["cpu_time"] * unit}
    figures |= {key: one[key] for key in ("items_per_second", "bytes_per_second") if key in one}
    return figures


def source_files() -> list[pathlib.Path]:
    return sorted(pathlib.Path(__file__).resolve().parent.parent.glob("*_bench.cc"))
