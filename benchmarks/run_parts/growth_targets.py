"""Goals of requests that carry much: twice as much costs twice as much, and not four times."""
from __future__ import annotations

from compare_parts.bench import Bench

from .micro import micro_program, run_micro
from .target import Target

BOUND = 2.5


def growth_targets(bench: Bench) -> list[Target]:
    bench.say("growth")
    by_case: dict[str, dict[int, float]] = {}
    for name, figures in run_micro(micro_program(bench), "growth/", 0.5).items():
        _, case, size = name.split("/")
        by_case.setdefault(case, {})[int(size)] = figures["cpu_seconds"]
    targets: list[Target] = []
    for case, seconds in by_case.items():
        small, large = sorted(seconds)
        what = case.replace("-", " ")
        targets.append(Target("growth", f"CPU of {what}: {large:,}, times {small:,}", "≤", BOUND, "×", seconds[large] / seconds[small],
                              detail=f"{seconds[small] * 1e3:.1f} and {seconds[large] * 1e3:.1f} ms"))
    return targets
