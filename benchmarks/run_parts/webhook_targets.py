"""Goals of webhooks: how many a second, and what those cost that wait for their retry."""
from __future__ import annotations

import http.client
import json
import time

from compare_parts.bench import Bench
from compare_parts.server_process import free_port

from .micro import micro_program, run_micro
from .started_simulator import StartedSimulator
from .target import Target

RECEIVERS = 10_000
NOT_MEASURABLE = 0.1  # % of a core: what a simulator that does nothing takes differs by as much


def webhook_targets(bench: Bench) -> list[Target]:
    bench.say("webhooks")
    figures = run_micro(micro_program(bench), "webhook/(deliver|run-due)", 1.0)
    due = figures["webhook/run-due/100000"]["seconds"]
    return [Target("webhooks", "signed deliveries/s, over HTTP", "≥", 20_000, "/s",
                   figures["webhook/deliver/http/20000"]["items_per_second"]),
            Target("webhooks", "run-until-idle over 100,000 due attempts", "≤", 1, "s", due),
            Target("webhooks", f"{RECEIVERS:,} receivers wait for a retry: of a core", "≤", NOT_MEASURABLE, "%",
                   _share_of_pending(bench) * 100)]


def _share_of_pending(bench: Bench) -> float:
    """What they cost above a simulator that has nothing to do."""
    nobody = f"http://127.0.0.1:{free_port()}"
    world = bench.folder / "pending-world.json"
    world.write_text(json.dumps({
        "environment": {"name": "dev", "retry": {"attempts": 3, "first_delay": "1h"}},
        "integrations": [{"id": "github", "syncs": [{"name": "issues", "models": ["Issue"]}]}],
        "connections": [{"id": f"c{number}", "integration": "github", "webhook_url": f"{nobody}/{number}"}
                        for number in range(RECEIVERS)]}))
    with bench.scope():
        simulator = StartedSimulator(bench, ["--world", str(world)])
        alone = _share(bench, simulator)
        _run_all(simulator)
        return max(0.0, _share(bench, simulator) - alone)


def _run_all(simulator: StartedSimulator) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=60)
    try:
        for number in range(RECEIVERS):
            run = {"integration": "github", "connection": f"c{number}", "model": "Issue", "save": [{"id": "1"}]}
            connection.request("POST", "/_simulator/runs", json.dumps(run), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"a run was answered with {answer.status}: {said[:300]!r}")
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
    finally:
        connection.close()
    if f'terapi_deliveries{{state="pending"}} {RECEIVERS}' not in text:
        raise RuntimeError("not every delivery waits for its retry")


def _share(bench: Bench, simulator: StartedSimulator) -> float:
    time.sleep(0.5)  # what is still under way is not their cost
    began, before = time.monotonic(), simulator.server.running_seconds()
    time.sleep(max(2.0, bench.seconds))
    return (simulator.server.running_seconds() - before) / (time.monotonic() - began)
