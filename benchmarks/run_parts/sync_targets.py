"""Goals of the client: against the store alone, with UUIDs, in bounded memory, and against the Node client."""
from __future__ import annotations

import dataclasses
import http.client
import re
from statistics import median

from compare_parts.bench import Bench
from compare_parts.client_comparison import measure_node, measure_walk, terapi_sync

from .micro import micro_program, run_micro
from .ndjson_records import write_records
from .started_simulator import StartedSimulator, load_flags
from .target import Target

RECORDS = 1_000_000
MANY = 5_000_000


def sync_targets(bench: Bench) -> list[Target]:
    alone, ordered, uuid = [], [], []
    with bench.scope():
        simulators = {uuids: _loaded(bench, RECORDS, uuids) for uuids in (False, True)}
        for number in range(bench.rounds):  # in turns, since the machine's speed changes
            bench.say(f"sync: round {number + 1} of {bench.rounds}")
            alone.append(_store_alone(bench))
            ordered.append(_walk(bench, simulators[False]))
            uuid.append(_walk(bench, simulators[True]))
        again = _requests_of_second_walk(bench, simulators[False])
    rate = [median(run["records_per_second"] for run in runs) for runs in (ordered, uuid)]
    peak = [max(run["peak_rss_bytes"] for run in runs) for runs in (ordered, uuid)]
    bench.say(f"sync: {MANY:,} records")
    with bench.scope():
        many = _walk(bench, _loaded(bench, MANY, True))
    return [
        Target("sync", f"{RECORDS:,} into SQLite, times the store alone", "≥", 0.92, "×",
               median(one["records_per_second"] / other for one, other in zip(ordered, alone)),
               detail=f"{rate[0]:,.0f} records/s; the store alone {median(alone):,.0f}/s"),
        Target("sync", "  with UUIDs, times that, index included", "≥", 0.80, "×",
               median(one["records_per_second"] / other["records_per_second"] for one, other in zip(uuid, ordered)),
               detail=f"{rate[1]:,.0f} records/s"),
        Target("sync", f"  memory of {MANY:,}, times that of {RECORDS:,}", "≤", 1.2, "×",
               many["peak_rss_bytes"] / peak[1], detail=f"{many['records_per_second']:,.0f} records/s"),
        Target("sync", "  peak memory", "≤", 150, "MB", max(*peak, many["peak_rss_bytes"]) / 1e6),
        Target("sync", "  requests of a second sync, nothing changed", "=", 1, "", again)]


def node_targets(bench: Bench) -> list[Target]:
    bench = dataclasses.replace(bench, sync_records=RECORDS, rounds=1)  # a minute for each of Node's
    with bench:
        return _node_measured(bench)


def _node_measured(bench: Bench) -> list[Target]:
    result = measure_node(bench, serve=lambda inner, kind: _loaded(inner, RECORDS, kind == "uuid", "nango"))
    seen = [f"{what}: {_cpu(result[kind], 'node'):.2f} against {_cpu(result[kind], 'terapi_sync'):.2f} CPU-s for 100,000"
            for kind, what in (("uuid", "UUIDs"), ("numbered", "ids in order, no goal"))]
    return [Target("node", f"CPU of the Node client, times ours, {RECORDS:,} UUIDs", "≥", 5, "×",
                   result["uuid"]["cpu_times_fewer"], detail="; ".join(seen))]


def _cpu(result: dict, client: str) -> float:
    return result[client]["cpu_seconds_per_100000"]


def _loaded(bench: Bench, count: int, uuids: bool, dialect: str = "terapi") -> StartedSimulator:
    file = bench.folder / "sync.ndjson"
    write_records(file, count, uuids)
    simulator = StartedSimulator(bench, load_flags(bench.folder, file), dialect)
    file.unlink()
    return simulator


def _walk(bench: Bench, simulator: StartedSimulator) -> dict:
    file = bench.folder / "walk.db"
    try:
        return measure_walk(bench, terapi_sync(bench, simulator, file), file)
    finally:
        _remove(file)


def _requests_of_second_walk(bench: Bench, simulator: StartedSimulator) -> int:
    file = bench.folder / "twice.db"
    try:
        measure_walk(bench, terapi_sync(bench, simulator, file), file)
        before = _requests(simulator)
        measure_walk(bench, terapi_sync(bench, simulator, file), file)
        return _requests(simulator) - before
    finally:
        _remove(file)


def _store_alone(bench: Bench) -> float:
    figures = run_micro(micro_program(bench), f"store/first/ordered/{RECORDS}")
    return figures[f"store/first/ordered/{RECORDS}"]["items_per_second"]


def _requests(simulator: StartedSimulator) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=30)
    try:
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
    finally:
        connection.close()
    return sum(int(count) for count in re.findall(r"^terapi_requests_total\{[^}]*\} (\d+)$", text, re.MULTILINE))


def _remove(file) -> None:
    for one in file.parent.glob(file.name + "*"):
        one.unlink()
