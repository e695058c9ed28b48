"""The project's goals, by group: each function measures its group and gives back its targets."""
from __future__ import annotations

from typing import Callable

from compare_parts.bench import Bench, Skipped

from .explore_targets import explore_targets
from .growth_targets import growth_targets
from .health_targets import health_targets
from .house_targets import house_targets
from .latency_targets import latency_targets
from .micro import micro_program, run_micro
from .judge_targets import judge_targets
from .postgres_targets import postgres_targets
from .server_targets import server_targets
from .start_targets import load_targets, start_targets
from .sync_targets import node_targets, sync_targets
from .target import Target
from .webhook_targets import webhook_targets


def scan_targets(bench: Bench) -> list[Target]:
    bench.say("scan")
    figures = run_micro(micro_program(bench), "scan/", 1.0)
    scan, other = figures["scan/page/1000"], figures["scan/nlohmann/1000"]
    ratio = scan["bytes_per_second"] / other["bytes_per_second"]
    return [Target("scan", "the client's scan of a page, fully validated", "≥", 0.9, "GB/s",
                   scan["items_per_second"] * _page_bytes(scan) / 1e9, detail=f"{ratio:.1f} times nlohmann's parser")]


def _page_bytes(figures: dict) -> float:
    return figures["bytes_per_second"] / figures["items_per_second"]


GROUPS: dict[str, Callable[[Bench], list[Target]]] = {
    "server": server_targets, "start": start_targets, "load": load_targets, "sync": sync_targets, "postgres": postgres_targets,
    "node": node_targets, "latency": latency_targets, "scan": scan_targets, "webhooks": webhook_targets, "explore": explore_targets,
    "judge": judge_targets, "growth": growth_targets, "health": health_targets, "house": house_targets}


def measure_targets(bench: Bench, groups: list[str]) -> list[Target]:
    targets: list[Target] = []
    for name in groups:
        try:
            with bench.scope():
                targets += GROUPS[name](bench)
        except Skipped as why:
            targets.append(Target(name, f"all of {name}", "=", 0, why_not=f"skipped: {why}"))
        except (OSError, RuntimeError, ValueError, KeyError) as why:
            targets.append(Target(name, f"all of {name}", "=", 0, why_not=f"{type(why).__name__}: {why}", failed=True))
    return targets
