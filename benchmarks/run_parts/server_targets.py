"""Goals of the simulator as a server, against nginx, and what idle connections and depth cost."""
from __future__ import annotations

from compare_parts.bench import Bench, Skipped
from compare_parts.depth_comparison import measure_depth
from compare_parts.idle_connections import measure_idle
from compare_parts.latency_steps import measure_steps
from compare_parts.nginx_comparison import measure_nginx

from .target import Target

GROUP = "server"


def server_targets(bench: Bench) -> list[Target]:
    targets: list[Target] = []
    for measure in (_nginx, _steps, _idle, _depth):
        try:
            targets += measure(bench)
        except Skipped as why:
            targets.append(Target(GROUP, measure.__name__.strip("_"), "=", 0, why_not=f"skipped: {why}"))
    return targets


def _nginx(bench: Bench) -> list[Target]:
    result = measure_nginx(bench, connections=(8,))
    small, large = (result[f"limit_{limit}"]["connections_8"] for limit in (100, 10_000))
    seen = (f"{small['simulator']['cpu_us_per_request']:.1f} µs against {small['nginx']['cpu_us_per_request']:.1f} µs "
            f"for {result['limit_100']['page_bytes']:,} bytes")
    return [Target(GROUP, "limit 100: CPU of a request, times nginx's static file", "≤", 1.7, "×",
                   small["ratio"]["cpu_us_per_request"], detail=seen),
            Target(GROUP, "  p99, times nginx's", "≤", 3, "×", small["ratio"]["p99_us"]),
            Target(GROUP, "limit 10000: bytes/s, times nginx's", "≥", 1, "×",
                   large["ratio"]["bytes_per_second"])]


def _steps(bench: Bench) -> list[Target]:
    kinds = measure_steps(bench)
    slow = sum(kind["over_30_ms"] for kind in kinds.values())
    return [Target(GROUP, "requests on one connection that take over 30 ms", "=", 0, "", slow,
                   detail=f"of {sum(kind['requests'] for kind in kinds.values()):,}")]


def _idle(bench: Bench) -> list[Target]:
    result = measure_idle(bench)
    count = result["connections"]
    return [Target(GROUP, f"{count} idle connections: of a core", "≤", 1, "%", result["cpu_share"] * 100),
            Target(GROUP, "  and all are answered afterwards", "=", count, "", result["answered_afterwards"])]


def _depth(bench: Bench) -> list[Target]:
    result = measure_depth(bench)
    return [Target(GROUP, f"last page of {result['records']:,}, times the first: CPU", "≤", 1.2, "×",
                   result["ratio"]["cpu_us_per_request"])]
