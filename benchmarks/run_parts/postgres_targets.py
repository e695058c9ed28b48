"""Goals of the PostgreSQL store: times plain binary COPY of the same rows into the same table, and two workers times one."""
from __future__ import annotations

import os
import time
from statistics import median

from compare_parts.bench import Bench, Skipped
from compare_parts.client_comparison import TIMEOUT, terapi_sync
from compare_parts.measured_process import run_measured
from compare_parts.simulator import KEY

from .micro import micro_program, run_micro
from .ndjson_records import write_records
from .started_postgres import StartedPostgres
from .started_simulator import StartedSimulator, load_flags
from .target import Target

RECORDS = 200_000


def postgres_targets(bench: Bench) -> list[Target]:
    server = StartedPostgres(bench)
    rows = server.folder / "rows"
    runs: dict[str, list[float]] = {name: [] for name in ("copy", "bound", "first", "update", "two", "walk")}
    _store(bench, server, "first")  # makes the tables and the rows, and warms up
    server.sql(f"\\copy (SELECT * FROM records ORDER BY seq) TO '{rows}' (FORMAT binary)")
    file = bench.folder / "postgres.ndjson"
    write_records(file, RECORDS, True)
    simulator = StartedSimulator(bench, load_flags(bench.folder, file))
    for number in range(bench.rounds):  # in turns, since the machine's speed changes
        bench.say(f"postgres: round {number + 1} of {bench.rounds}")
        runs["copy"].append(_copy(server, rows))
        runs["bound"].append(_upsert(server, rows))
        for name in ("first", "update", "two"):
            runs[name].append(_store(bench, server, name))
        runs["walk"].append(_walk(bench, simulator, server))
    copy = runs["copy"]
    seconds = {name: median(of_one) for name, of_one in runs.items()}
    times = {name: median(one / other for one, other in zip(copy, of_one)) for name, of_one in runs.items()}
    more = median(one / other for one, other in zip(runs["first"], runs["two"]))
    cores = len(os.sched_getaffinity(0))
    return [
        Target("postgres", f"first {RECORDS:,} into PostgreSQL, times binary COPY", "≥", 0.6, "×", times["first"],
               detail=f"{seconds['first']:.1f} s, and COPY {seconds['copy']:.1f} s; with the client's fetching and reading "
                      f"of pages, from a simulator on the same {cores} cores, {seconds['walk']:.1f} s, {times['walk']:.2f} times"),
        Target("postgres", "  each of them changed, times binary COPY", "≥", 0.4, "×", times["update"],
               detail=f"{seconds['update']:.1f} s; its bound, COPY into a temporary table and one INSERT … ON CONFLICT of all rows in one "
                      f"transaction, {seconds['bound']:.1f} s, {times['bound']:.2f} times"),
        Target("postgres", "  two workers on two streams, times one", "≥", 1.6, "×", more,
               detail=f"{seconds['two']:.1f} s; two workers and the server's two processes share {cores} cores")]


def _copy(server: StartedPostgres, rows) -> float:
    server.sql("TRUNCATE records, cursors", "CHECKPOINT")
    began = time.monotonic()
    server.sql(f"\\copy records FROM '{rows}' (FORMAT binary)")
    return time.monotonic() - began


def _upsert(server: StartedPostgres, rows) -> float:
    """Each of the rows that _copy() has left, once more, and newer: the least that a server can be asked to do for it."""
    columns = server.sql("SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute "
                         "WHERE attrelid = 'records'::regclass AND attnum > 0").strip()
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns.split(", ")[5:])
    server.sql("CHECKPOINT")
    began = time.monotonic()
    server.sql("CREATE TEMPORARY TABLE staging (LIKE records)", f"\\copy staging FROM '{rows}' (FORMAT binary)",
               f"INSERT INTO records ({columns}) SELECT {columns.replace('modified_us', 'modified_us + 1')} FROM staging "
               f"ON CONFLICT ({', '.join(columns.split(', ')[:5])}) DO UPDATE SET {changes} "
               "WHERE records.modified_us < EXCLUDED.modified_us")
    return time.monotonic() - began


def _store(bench: Bench, server: StartedPostgres, name: str) -> float:
    """Seconds of one of benchmarks/postgres_store_bench.cc."""
    figures = run_micro(micro_program(bench), f"postgres/{name}/", environment={"TERAPI_BENCH_POSTGRES": server.url})
    if not figures:
        raise Skipped("terapi-bench was built without libpq")
    return figures[f"postgres/{name}/{RECORDS}"]["seconds"]


def _walk(bench: Bench, simulator: StartedSimulator, server: StartedPostgres) -> float:
    server.sql("TRUNCATE records, cursors", "CHECKPOINT")
    command = terapi_sync(bench, simulator, server.url)
    return run_measured(command, bench.folder / "walk.log", {**os.environ, "TERAPI_SECRET_KEY": KEY}, TIMEOUT)["seconds"]
