"""500 idle keep-alive connections: what they cost, and whether anybody waits because of them."""
from __future__ import annotations

import contextlib
import resource
import time

from .bench import Bench
from .latencies import summary
from .raw_connection import RawConnection, request_bytes
from .simulator import HEADERS, Simulator

PAUSE = 0.002  # seconds between requests, so that the connection is one of a leisurely client


def measure_idle(bench: Bench, connections: int = 500, limit: int = 100) -> dict:
    """{"connections": N, "cpu_share_alone", "cpu_share", "latency_alone": {…}, "latency": {…}, "ratio": {…},
    "answered_afterwards": N}: "alone" is without the idle connections; cpu_share 0.01 is 1 % of a core."""
    with bench.scope(), contextlib.ExitStack() as idle:
        simulator = Simulator(bench, generated=bench.records)
        _allow_descriptors(connections + 100)
        head = request_bytes("GET", simulator.page_path(limit), HEADERS)[0]
        small = request_bytes("GET", simulator.page_path(1), HEADERS)[0]
        bench.say(f"idle: {connections} connections")
        share_alone, latency_alone = _cpu_share(bench, simulator), _latency(bench, simulator, head)
        others = [idle.enter_context(RawConnection(simulator.port)) for _ in range(connections)]
        for connection in others:
            connection.ask(small)
        share, latency = _cpu_share(bench, simulator), _latency(bench, simulator, head)
        answered = sum(_answers(connection, small) for connection in others)
    return {"connections": connections, "cpu_share_alone": share_alone, "cpu_share": share,
            "latency_alone": latency_alone, "latency": latency,
            "ratio": {key: latency[key] / latency_alone[key] for key in ("p50_us", "p99_us")},
            "answered_afterwards": answered}


def _cpu_share(bench: Bench, simulator: Simulator) -> float:
    time.sleep(0.2)  # what the last answer left to do is not the idle connections' cost
    began, before = time.monotonic(), simulator.server.running_seconds()
    time.sleep(max(1.0, bench.seconds))
    return (simulator.server.running_seconds() - before) / (time.monotonic() - began)


def _latency(bench: Bench, simulator: Simulator, head: bytes) -> dict:
    seconds: list[float] = []
    with RawConnection(simulator.port) as connection:
        until = time.monotonic() + bench.seconds
        while time.monotonic() < until:
            seconds.append(connection.ask(head)[1])
            time.sleep(PAUSE)
    return summary(seconds)


def _answers(connection: RawConnection, head: bytes) -> bool:
    try:
        return connection.ask(head)[0] == 200
    except OSError:
        return False


def _allow_descriptors(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
