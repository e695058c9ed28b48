"""terapi-sync against the same walk with Nango's own Node client and better-sqlite3, both from our simulator, over HTTP.

The simulator speaks the nango dialect, which the Node client knows, and so does terapi-sync here.
"""
from __future__ import annotations

import contextlib
import os
import pathlib
import sqlite3
from statistics import median
from typing import Callable

from .bench import Bench, tool
from .made_records import fill, numbered_ids, uuid_ids
from .measured_process import run_measured
from .npm_packages import NODE_FILES, NpmPackages
from .simulator import CONNECTION, INTEGRATION, KEY, MODEL, Simulator

LIMIT = 1000
TIMEOUT = 600  # seconds, for one walk
IDS = {"numbered": numbered_ids, "uuid": uuid_ids}


def measure_node(bench: Bench, kinds=tuple(IDS), serve=None) -> dict:
    """{"records": N, "limit": N, "numbered": {"terapi_sync": {…}, "node": {…}, "ratio": {…}}, "uuid": {…}}

    The ratio is terapi_sync ÷ node; cpu_times_fewer is node's CPU time ÷ terapi_sync's. `serve(bench, kind)` starts
    another simulator than the one that is filled here.
    """
    packages = NpmPackages(bench)
    tool("node")
    packages.require("@nangohq/node", "better-sqlite3")
    packages.require_native("better-sqlite3", "build/Release/better_sqlite3.node")
    result: dict = {"records": bench.sync_records, "limit": LIMIT}
    for kind in kinds:
        with bench.scope():
            bench.say(f"node: filling the simulator, {kind} ids")
            simulator = (serve or _filled)(bench, kind)
            result[kind] = _measure_kind(bench, simulator, packages, kind)
    return result


def _filled(bench: Bench, kind: str) -> Simulator:
    simulator = Simulator(bench, dialect="nango", pin=False)
    fill(simulator, IDS[kind](bench.sync_records))
    return simulator


def _measure_kind(bench: Bench, simulator: Simulator, packages: NpmPackages, kind: str) -> dict:
    clients: dict[str, Callable[[pathlib.Path], list[str]]] = {
        "terapi_sync": lambda file: terapi_sync(bench, simulator, file),
        "node": lambda file: _node_client(packages, simulator, file)}
    runs: dict[str, list[dict]] = {name: [] for name in clients}
    for number in range(bench.rounds):
        for name, command in clients.items():
            bench.say(f"node: {name}, {kind} ids")
            with _database(bench, f"{name}-{kind}-{number}") as file:
                runs[name].append(measure_walk(bench, command(file), file))
    medians = {name: {key: median(run[key] for run in of_one) for key in of_one[0]} for name, of_one in runs.items()}
    subject, rival = medians["terapi_sync"], medians["node"]
    ratio = {key: subject[key] / rival[key] for key in subject if rival[key]}
    return {**medians, "ratio": ratio,
            "cpu_times_fewer": rival["cpu_seconds_per_100000"] / subject["cpu_seconds_per_100000"],
            "rows_equal": subject["rows"] == rival["rows"] == bench.sync_records}


def measure_walk(bench: Bench, command: list[str], file: pathlib.Path) -> dict:
    """One client's walk from nothing into `file`; how many rows are there in the end."""
    environment = {**os.environ, "TERAPI_SECRET_KEY": KEY, "NODE_NO_WARNINGS": "1"}
    used = run_measured(command, file.with_suffix(".log"), environment, TIMEOUT)
    rows = _rows(file)
    per_100000 = 100_000 / max(rows, 1)
    return {"records_per_second": rows / used["seconds"],
            "cpu_seconds_per_100000": (used["user_seconds"] + used["system_seconds"]) * per_100000,
            "user_seconds_per_100000": used["user_seconds"] * per_100000,
            "system_seconds_per_100000": used["system_seconds"] * per_100000,
            "peak_rss_bytes": used["peak_rss_bytes"], "seconds": used["seconds"], "rows": rows}


def terapi_sync(bench: Bench, simulator: Simulator, file: pathlib.Path | str, limit: int = LIMIT) -> list[str]:
    return [bench.program("terapi-sync"), "run", "--once", "--base-url", simulator.url, "--database", str(file),
            "--stream", f"{INTEGRATION}/{CONNECTION}/{MODEL}", "--limit", str(limit), "--dialect", simulator.dialect,
            "--progress", "never"]


def _node_client(packages: NpmPackages, simulator: Simulator, file: pathlib.Path) -> list[str]:
    return [tool("node"), str(NODE_FILES / "sync_with_nango.mjs"), str(packages.folder), simulator.url, KEY,
            INTEGRATION, CONNECTION, MODEL, str(LIMIT), str(file)]


@contextlib.contextmanager
def _database(bench: Bench, name: str):
    """A file for one walk. It goes with its companions, so that the next walk finds as much room."""
    folder = bench.folder / name
    folder.mkdir()
    try:
        yield folder / "records.db"
    finally:
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


def _rows(file: pathlib.Path) -> int:
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return database.execute("SELECT count(*) FROM records").fetchone()[0]
