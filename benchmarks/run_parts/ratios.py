"""The table of ratios: each benchmark beside the one in the same run that tells whether it is good."""
from __future__ import annotations

from compare_parts.bench import Bench
from compare_parts.table import number, table

from .micro import LONG, micro_program, run_micro

# What, the benchmark, the one beside it, and which figure of both: above 1 is better, unless it says "time".
RATIOS = [
    ("a page made, against its bytes copied; time", "page/first/100", "page/copy/100", "cpu_seconds"),
    ("", "page/first/10000", "page/copy/10000", "cpu_seconds"),
    ("the last page, against the first; time", "page/last/100", "page/first/100", "cpu_seconds"),
    ("", "page/last/10000", "page/first/10000", "cpu_seconds"),
    ("records of a filtered page, of any", "page/filter=deleted/1000", "page/first/1000", "items_per_second"),
    ("records since a time, of any", "page/modified_after/1000", "page/first/1000", "items_per_second"),
    ("loading records, against updating them", "log/load", "log/update", "items_per_second"),
    ("the client's scan, against nlohmann's parser", "scan/page/1000", "scan/nlohmann/1000", "bytes_per_second"),
    ("storing UUIDs, against ids in arriving order", "store/first/uuid/100000", "store/first/ordered/100000",
     "items_per_second"),
    ("storing again what is stored, against first", "store/again/ordered/100000", "store/first/ordered/100000",
     "items_per_second"),
    ("a sync in one thread, against the store alone", "sync/in-process/1000", "store/first/ordered/100000",
     "items_per_second"),
    ("a sync over HTTP, against the store alone", "sync/http/1000", "store/first/ordered/100000", "items_per_second"),
    ("… with pages of 100, against 1000", "sync/http/100", "sync/http/1000", "items_per_second"),
    ("100,000 webhooks due at once, against 1000", "webhook/run-due/100000", "webhook/run-due/1000",
     "items_per_second"),
    ("announcing among 100,000, against among 1000", "webhook/announce/100000", "webhook/announce/1000",
     "items_per_second"),
    ("background runs of 2000 connections, of 1000", "background/idle/2000", "background/idle/1000", "items_per_second"),
    ("… that find a change, and announce it", "background/changing/2000", "background/changing/1000", "items_per_second"),
    ("signing, against OpenSSL's one-shot call", "webhook/sign/500", "webhook/sign-one-shot/500", "items_per_second"),
    ("delivering over HTTP, against in one thread", "webhook/deliver/http/20000", "webhook/run-due/100000",
     "items_per_second"),
]
UNITS = {"cpu_seconds": ("µs", 1e6), "items_per_second": ("1000/s", 1e-3), "bytes_per_second": ("MB/s", 1e-6)}


def measure_ratios(bench: Bench, min_time: float) -> dict[str, dict]:
    bench.say("micro: a minute or two")
    return run_micro(micro_program(bench), f"-{LONG}", min_time)


def ratios_text(figures: dict[str, dict]) -> str:
    return f"{_ratio_table(figures)}\n\n{_figure_table(figures)}"


def _ratio_table(figures: dict[str, dict]) -> str:
    rows, said = [], ""
    for what, name, beside, key in RATIOS:
        said = what or said
        if name not in figures or beside not in figures:
            continue
        unit, factor = UNITS[key]
        mine, other = figures[name][key], figures[beside][key]
        size = name.rpartition("/")[2] if not what or name.startswith(("page/", "scan/")) else ""
        rows.append([said, size, number(mine * factor), number(other * factor), unit, number(mine / other)])
    return table("Ratios: what, and beside it the same thing done by the least that it takes, or another way",
                 ["what", "limit", "measured", "beside", "", "ratio"], rows, 1)


def _figure_table(figures: dict[str, dict]) -> str:
    rows = [[name, number(one["cpu_seconds"] * 1e6), number(one["items_per_second"] / 1000) if "items_per_second" in one else "",
             number(one["bytes_per_second"] / 1e6) if "bytes_per_second" in one else ""]
            for name, one in sorted(figures.items())]
    return table("Every benchmark", ["", "CPU µs", "1000/s", "MB/s"], rows, 1)
