"""Records for a client to walk: `count` of them, PAYLOAD_BYTES each, the same ones for the same seed."""
from __future__ import annotations

import json
import random
import uuid
from typing import Iterator

from .simulator import CONNECTION, INTEGRATION, MODEL, PAYLOAD_BYTES, Simulator

SEED = 1
RUN_RECORDS = 1000  # saved by one run, and so modified at one time
WORDS = "cursor page webhook retry backoff quota stream record token limit latency merge delta".split()


def numbered_ids(count: int) -> Iterator[str]:
    return (str(number) for number in range(1, count + 1))


def uuid_ids(count: int) -> Iterator[str]:
    source = random.Random(SEED)
    return (str(uuid.UUID(int=source.getrandbits(128), version=4)) for _ in range(count))


def fill(simulator: Simulator, ids: Iterator[str]) -> None:
    """Saves a record for each id, in runs. Each run is later than the one before, so ids arrive in about this order;
    within a run, the order is the contract's: random-looking."""
    source = random.Random(SEED)
    batch: list[dict] = []
    for one in ids:
        batch.append(_record(one, source))
        if len(batch) == RUN_RECORDS:
            _save(simulator, batch)
            batch = []
    if batch:
        _save(simulator, batch)


def _save(simulator: Simulator, batch: list[dict]) -> None:
    run = {"integration": INTEGRATION, "connection": CONNECTION, "model": MODEL, "save": batch, "webhook": False}
    status, body = simulator.ask("POST", "/_simulator/runs", run)
    if status != 200:
        raise RuntimeError(f"a run was answered with {status}: {body[:500]!r}")


def _record(one: str, source: random.Random) -> dict:
    record = {"id": one, "number": source.randrange(100_000), "state": source.choice(("open", "closed")), "body": ""}
    missing = PAYLOAD_BYTES - len(json.dumps(record, separators=(",", ":")))
    text = " ".join(source.choices(WORDS, k=60))
    record["body"] = text[:missing]
    return record
