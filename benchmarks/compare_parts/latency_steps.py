"""No 40 ms step: answers, one after the other on one keep-alive connection, none of which waits for a delayed ACK.

Where Nagle's algorithm meets a delayed ACK, every request takes 40 ms. Several shapes of request and answer can
bring that about, so each is tried: small, middling and large answers, and a body sent apart from its head.
"""
from __future__ import annotations

import time

from .bench import Bench
from .latencies import summary
from .raw_connection import RawConnection, request_bytes
from .simulator import CONNECTION, HEADERS, INTEGRATION, MODEL, Simulator

STEP_SECONDS = 0.030  # no answer may take as long; a step is 40 ms
MAX_REQUESTS = 2000   # of one kind


def measure_steps(bench: Bench) -> dict:
    """{"get_limit_1": {"requests": N, "p50_us", "p99_us", "max_us", "over_30_ms": N, "share_over_30_ms": X}, …}"""
    with bench.scope():
        simulator = Simulator(bench, generated=bench.records)
        return {name: _measure(bench, simulator, name, pieces) for name, pieces in _requests(simulator).items()}


def _requests(simulator: Simulator) -> dict[str, tuple[bytes, ...]]:
    kinds = {}
    for limit in (1, 100, 1000, 10_000):
        kinds[f"get_limit_{limit}"] = request_bytes("GET", simulator.page_path(limit), HEADERS)[:1]
    prune = (f'{{"model":"{MODEL}","until_cursor":"{simulator.page(1)["records"][0][simulator.metadata_key]["cursor"]}"'
             ',"limit":1}').encode()
    whole = request_bytes("PATCH", "/records/prune", HEADERS, prune)
    kinds["body_with_head"] = (b"".join(whole),)
    kinds["body_after_head"] = whole
    return kinds


def _measure(bench: Bench, simulator: Simulator, name: str, pieces: tuple[bytes, ...]) -> dict:
    bench.say(f"steps: {name}")
    seconds: list[float] = []
    # Without TCP_NODELAY, a body sent apart waits for the client's own kernel; that is no step of the server's.
    with RawConnection(simulator.port, no_delay=len(pieces) > 1) as connection:
        until = time.monotonic() + bench.seconds
        while len(seconds) < MAX_REQUESTS and time.monotonic() < until:
            status, took = connection.ask(*pieces)
            if status != 200:
                raise RuntimeError(f"{name} was answered with {status}")
            seconds.append(took)
    over = sum(took > STEP_SECONDS for took in seconds)
    return {**summary(seconds), "over_30_ms": over, "share_over_30_ms": over / len(seconds)}
