"""Goals of /health while one request is about 100,000 records: whoever asks for it waits for a slice of that, not for
all of it."""
from __future__ import annotations

import http.client
import json
from typing import Iterator

from compare_parts.bench import Bench

from .health_watch import HealthWatch
from .started_simulator import StartedSimulator, empty_world
from .target import Target

COUNT = 100_000
BYTES = 300
BOUND = 100  # ms

Call = tuple[str, str, str, bytes]  # what it is, method, path, body


def health_targets(bench: Bench) -> list[Target]:
    bench.say("health")
    targets: list[Target] = []
    for name, flags in (("", []), (", with --data", ["--data", str(bench.folder / "health.db")])):
        simulator = StartedSimulator(bench, ["--world", empty_world(bench.folder), *flags])
        connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=120)
        waits: dict[str, float] = {}
        with HealthWatch(simulator.port) as health:
            dump = b""
            for what, method, path, body in _calls():
                health.longest()
                connection.request(method, "/_simulator" + path, body if body or method == "GET" else dump, {"Content-Type": "application/json"})
                response = connection.getresponse()
                answer = response.read()
                waits[what] = health.longest() * 1e3
                if response.status >= 300:
                    raise RuntimeError(f"{what}: {response.status} {answer[:200]!r}")
                if path == "/truth":
                    dump = answer
        slowest = max(waits, key=lambda what: waits[what])
        targets.append(Target("health", f"/health during requests of {COUNT:,} records{name}: longest wait", "≤", BOUND,
                              "ms", waits[slowest],
                              detail=", ".join(f"{what} {wait:.0f} ms" for what, wait in waits.items())))
        simulator.stop()
    return targets


def _calls() -> Iterator[Call]:
    ids = [str(i) for i in range(COUNT)]
    text = "x" * (BYTES - 30)
    world = {"integrations": [{"id": "github"}], "connections": [{"id": "demo", "integration": "github"}]}
    source = {"connection": "demo", "model": "Issue"}
    yield ("a world that is generated", "PUT", "/world", json.dumps(
        {**world, "records": [{**source, "generate": {"count": COUNT, "bytes": BYTES}}]}).encode())
    yield "save", "POST", "/runs", _run(save=[{"id": i, "text": text} for i in ids])
    yield "update", "POST", "/runs", _run(update=[{"id": i, "n": 1} for i in ids])
    yield "snapshot", "POST", "/snapshots/here", b"{}"
    yield "truth", "GET", "/truth", b""
    yield "truth/diff", "POST", "/truth/diff", b""  # of the dump that the call before it gave
    yield "delete", "POST", "/runs", _run(delete=ids)
    yield "restore", "POST", "/snapshots/here/restore", b"{}"
    yield "replace", "POST", "/runs", _run(replace=[{"id": i, "n": 2} for i in ids])
    yield "a world of given items", "PUT", "/world", json.dumps(
        {**world, "records": [{**source, "items": [{"id": i, "text": text} for i in ids]}]}).encode()
    yield "a snapshot of it", "POST", "/snapshots/given", b"{}"
    yield "a restore of it", "POST", "/snapshots/given/restore", b"{}"
    yield "the world as text", "GET", "/world", b""
    yield "reset", "POST", "/reset", b"{}"
    yield "objects of an external API", "PUT", "/upstream/github/demo/issues", json.dumps(
        [{"id": i, "text": text} for i in ids]).encode()
    yield "objects that change", "PATCH", "/upstream/github/demo/issues", json.dumps([{"id": i, "n": 1} for i in ids]).encode()
    yield "snapshot of objects", "POST", "/snapshots/objects", b"{}"
    yield "no objects", "DELETE", "/upstream/github/demo/issues", b""
    yield "restore of objects", "POST", "/snapshots/objects/restore", b"{}"


def _run(**members: object) -> bytes:
    return json.dumps({"integration": "github", "connection": "demo", "model": "Issue", **members}).encode()
