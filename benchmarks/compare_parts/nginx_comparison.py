"""The simulator's pages against nginx serving the same bytes as a static file.

nginx finds a file and hands it to the kernel, which sends it from the page cache. The simulator reads a query, checks
a key, walks its records and writes each one's metadata and cursor. So nginx is the floor, not a rival to beat.
"""
from __future__ import annotations

from .bench import Bench, tool
from .nginx import Nginx
from .simulator import Simulator
from .wrk import Target, alternate, ratios

LIMITS = (100, 10_000)
CONNECTIONS = (1, 8, 64)


def measure_nginx(bench: Bench, limits=LIMITS, connections=CONNECTIONS) -> dict:
    """{"limit_100": {"page_bytes": N, "connections_8": {"simulator": {…}, "nginx": {…}, "ratio": {…}}, …}, …}"""
    tool("nginx"), tool("wrk"), tool("curl")
    with bench.scope():
        simulator = Simulator(bench, generated=bench.records)
        pages = {limit: simulator.page_bytes(limit) for limit in limits}
        nginx = Nginx(bench, {f"page-{limit}.json": body for limit, body in pages.items()})
        return {f"limit_{limit}": _measure_page(bench, simulator, nginx, limit, len(pages[limit]), connections)
                for limit in limits}


def _measure_page(bench: Bench, simulator: Simulator, nginx: Nginx, limit: int, size: int, connections) -> dict:
    targets = {"simulator": simulator.target(limit),
               "nginx": Target(nginx.server, f"{nginx.url}/page-{limit}.json")}
    result: dict = {"page_bytes": size}
    for count in connections:
        bench.say(f"nginx: limit {limit}, {count} connections")
        both = alternate(bench, targets, count)
        result[f"connections_{count}"] = {**both, "ratio": ratios(both["simulator"], both["nginx"])}
    return result
