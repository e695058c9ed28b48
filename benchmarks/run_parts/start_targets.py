"""Goals of the simulator's start: how soon it serves, how fast it loads, how much memory a record takes."""
from __future__ import annotations

from statistics import median

from compare_parts.bench import Bench
from compare_parts.simulator import PAYLOAD_BYTES

from .ndjson_records import write_records
from .started_simulator import StartedSimulator, empty_world, load_flags
from .target import Target

RECORDS = 1_000_000


def start_targets(bench: Bench) -> list[Target]:
    bench.say("start")
    default = _start(bench, [])
    records = bench.folder / "records.ndjson"
    write_records(records, RECORDS, uuids=True)
    data = bench.folder / "data.db"
    with bench.scope():
        StartedSimulator(bench, [*load_flags(bench.folder, records), "--data", str(data)])
    stored = _start(bench, ["--data", str(data)])
    data.unlink()
    return [Target("start", "until it serves the default world", "≤", 50, "ms", default * 1000),
            Target("start", f"until it serves {RECORDS:,} stored records", "≤", 1000, "ms",
                   stored * 1000)]


def load_targets(bench: Bench) -> list[Target]:
    bench.say("load")
    records = bench.folder / "records.ndjson"
    if not records.exists():
        write_records(records, RECORDS, uuids=True)
    with bench.scope():
        empty = StartedSimulator(bench, ["--world", empty_world(bench.folder)])
        before, nothing = empty.rss_bytes(), empty.seconds
    with bench.scope():
        full = StartedSimulator(bench, load_flags(bench.folder, records))
        rate = RECORDS / (full.seconds - nothing)
        beside = (full.rss_bytes() - before) / RECORDS - PAYLOAD_BYTES
    return [Target("load", "records/s from NDJSON (--load)", "≥", 200_000, "/s", rate),
            Target("load", "memory of a record beside its payload", "≤", 200, "bytes", beside)]


def _start(bench: Bench, flags: list[str]) -> float:
    seconds = []
    for _ in range(max(3, bench.rounds)):
        with bench.scope():
            seconds.append(StartedSimulator(bench, flags).seconds)
    return median(seconds)
