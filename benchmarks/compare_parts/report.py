"""The tables that benchmarks/compare prints: one for each part, made from that part's dictionary."""
from __future__ import annotations

from typing import Callable, Iterator

from .table import number, table

LOAD = {"requests/s": ("requests_per_second", 1), "MB/s": ("bytes_per_second", 1e-6),
        "CPU µs/request": ("cpu_us_per_request", 1),
        "  with wrk's": ("both_sides_cpu_us_per_request", 1), "p50 µs": ("p50_us", 1), "p99 µs": ("p99_us", 1)}
WALK = {"records/s": ("records_per_second", 1), "CPU s/100,000": ("cpu_seconds_per_100000", 1),
        "  of it user": ("user_seconds_per_100000", 1), "  of it system": ("system_seconds_per_100000", 1),
        "peak RSS, MB": ("peak_rss_bytes", 1e-6), "rows": ("rows", 1)}


def part_text(name: str, result: dict) -> str:
    """The table of one part, or why there is none."""
    for word in ("skipped", "failed"):
        if word in result:
            return f"{name}: {word}: {result[word]}"
    text = TABLES[name](result)
    busiest = max(_values(result, "other_work_cores"), default=0.0)
    return f"{text}\nOther work on this machine meanwhile: up to {busiest:.2f} cores." if busiest > 0.05 else text


def _measures(kinds: dict, lead: list[str], subject: dict, rival: dict) -> list[list[str]]:
    """A row for each measure: what leads, its name, subject, rival, and their ratio."""
    rows = []
    for label, (key, factor) in kinds.items():
        ratio = subject[key] / rival[key] if rival[key] else None
        rows.append([*lead, label, number(subject[key] * factor), number(rival[key] * factor), number(ratio)])
    if subject.get("failed_requests") or rival.get("failed_requests"):
        rows.append([*lead, "failed", number(subject["failed_requests"]), number(rival["failed_requests"]), "-"])
    return rows


def _nginx(result: dict) -> str:
    rows = []
    for limit, page in result.items():
        lead = f"{limit.replace('_', ' ')}, {number(page['page_bytes'])} bytes"
        for key, both in page.items():
            if key != "page_bytes":
                rows += _measures(LOAD, [lead, key.rpartition("_")[2]], both["simulator"], both["nginx"])
    return table("nginx: pages of the simulator against the same bytes as static files",
                 ["page", "connections", "measure", "simulator", "nginx", "ratio"], rows, 3)


def _depth(result: dict) -> str:
    return table(f"depth: last page of {number(result['records'])} records against the first, limit "
                 f"{result['limit']}, 8 connections", ["measure", "last", "first", "ratio"],
                 _measures(LOAD, [], result["last"], result["first"]), 1)


def _idle(result: dict) -> str:
    rows = [["CPU, % of a core", number(result["cpu_share"] * 100), number(result["cpu_share_alone"] * 100), "-"]]
    rows += _measures({"p50 µs, limit 100": ("p50_us", 1), "p99 µs, limit 100": ("p99_us", 1)}, [],
                      result["latency"], result["latency_alone"])
    count = number(result["connections"])
    rows.append(["answered afterwards", f"{number(result['answered_afterwards'])} of {count}", "-", "-"])
    return table(f"idle: {count} idle keep-alive connections", ["measure", "with them", "without", "ratio"], rows, 1)


def _steps(result: dict) -> str:
    rows = [[name.replace("_", " "), number(of["requests"]), number(of["p50_us"]), number(of["p99_us"]),
             number(of["max_us"]), number(of["over_30_ms"])] for name, of in result.items()]
    return table("steps: one request after the other on one keep-alive connection; over 30 ms has to be 0",
                 ["request", "requests", "p50 µs", "p99 µs", "max µs", "over 30 ms"], rows, 1)


def _mocks(result: dict) -> str:
    rows, notes = [], []
    for name, of in result.items():
        if not isinstance(of, dict):
            continue
        if "skipped" in of:
            notes.append(f"skipped: {of['skipped']}")
        else:
            rows += _measures(LOAD, [f"{name} {of['version']}"], of["simulator"], of["mock"])
    text = table(f"mocks: the simulator, which makes its pages, against fixed answers; limit {result['limit']}, "
                 "8 connections", ["mock", "measure", "simulator", "mock", "ratio"], rows, 2)
    return "\n".join([text, *notes])


def _node(result: dict) -> str:
    rows = []
    for kind, of in result.items():
        if isinstance(of, dict):
            rows += _measures(WALK, [f"{kind} ids"], of["terapi_sync"], of["node"])
    return table(f"node: terapi-sync against @nangohq/node + better-sqlite3, {number(result['records'])} records of "
                 f"300 bytes, limit {result['limit']}", ["ids", "measure", "terapi-sync", "node", "ratio"], rows, 2)


def _values(result: dict, key: str) -> Iterator[float]:
    for name, value in result.items():
        if isinstance(value, dict):
            yield from _values(value, key)
        elif name == key:
            yield value


TABLES: dict[str, Callable[[dict], str]] = {"nginx": _nginx, "depth": _depth, "idle": _idle, "steps": _steps,
                                            "mocks": _mocks, "node": _node}
