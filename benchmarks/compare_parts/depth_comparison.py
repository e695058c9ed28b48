"""The first page against the last one of a stream: a page must not cost more the deeper it is."""
from __future__ import annotations

from .bench import Bench, tool
from .simulator import Simulator
from .wrk import alternate, ratios

CONNECTIONS = 8


def measure_depth(bench: Bench, limit: int = 100) -> dict:
    """{"records": N, "limit": N, "first": {…}, "last": {…}, "ratio": {…}}, the ratio being last ÷ first."""
    tool("wrk")
    with bench.scope():
        simulator = Simulator(bench, generated=bench.records)
        last = simulator.cursor_before_last(limit)
        count = len(simulator.page(limit, last)["records"])
        if count != limit:
            raise RuntimeError(f"the last page has {count} records instead of {limit}")
        bench.say(f"depth: first and last page of {bench.records} records")
        pages = {"last": simulator.target(limit, last), "first": simulator.target(limit)}
        both = alternate(bench, pages, CONNECTIONS)
    return {"records": bench.records, "limit": limit, **both, "ratio": ratios(both["last"], both["first"])}
