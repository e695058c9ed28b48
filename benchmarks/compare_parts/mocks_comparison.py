"""The simulator against what people put in the place of an API today: json-server, Mockoon and Prism.

All of them answer one page of 100 records. The mocks have it as a fixed answer, written into their own kind of file;
the simulator makes it. Each logs as little as its flags allow.
"""
from __future__ import annotations

import json
from typing import Callable

from .bench import Bench, Skipped, pinned, tool
from .npm_packages import NpmPackages
from .server_process import ServerProcess, free_port
from .simulator import Simulator
from .wrk import Target, alternate, ratios

CONNECTIONS = 8
PATH = "/records"


def measure_mocks(bench: Bench, limit: int = 100) -> dict:
    """{"limit": N, "page_bytes": N, "json-server": {"version", "simulator": {…}, "mock": {…}, "ratio": {…}}, …}

    A mock that is not installed: {"version", "skipped": why}. The ratio is simulator ÷ mock.
    """
    tool("wrk"), tool("curl"), tool("node")
    result: dict = {"limit": limit}
    with bench.scope():
        simulator = Simulator(bench, generated=bench.records)
        page = simulator.page_bytes(limit).decode()
        result["page_bytes"] = len(page.encode())
        packages = NpmPackages(bench)
        for package, start in MOCKS.items():
            version = packages.versions[package]
            try:
                packages.require(package)
                bench.say(f"mocks: {package}")
                result[package] = {"version": version, **_measure(bench, packages, simulator, limit, page, start)}
            except Skipped as why:
                result[package] = {"version": version, "skipped": str(why)}
    if all("skipped" in result[package] for package in MOCKS):
        raise Skipped("; ".join(result[package]["skipped"] for package in MOCKS))
    return result


def _measure(bench: Bench, packages: NpmPackages, simulator: Simulator, limit: int, page: str,
             start: Callable) -> dict:
    with bench.scope():  # one mock at a time
        port = free_port()
        command = start(bench, packages, port, page)
        log = bench.folder / f"mock-{port}.log"
        # Node prints warnings that are nobody's business here, and json-server looks for news of itself.
        quiet = {"NODE_NO_WARNINGS": "1", "NO_UPDATE_NOTIFIER": "1", "CI": "1"}
        server = bench.keep(ServerProcess(pinned(command, core=0), port, log, environment=quiet))
        targets = {"simulator": simulator.target(limit), "mock": Target(server, f"http://127.0.0.1:{port}{PATH}")}
        both = alternate(bench, targets, CONNECTIONS)
    for name, numbers in both.items():
        if numbers["failed_requests"]:
            raise RuntimeError(f"{name}: {numbers['failed_requests']} requests failed")
    return {**both, "ratio": ratios(both["simulator"], both["mock"])}


def _json_server(bench: Bench, packages: NpmPackages, port: int, page: str) -> list[str]:
    file = bench.folder / "db.json"
    file.write_text(json.dumps({PATH[1:]: json.loads(page)}), encoding="utf-8")
    return [packages.command("json-server"), "--quiet", "--host", "127.0.0.1", "--port", str(port), str(file)]


def _mockoon(bench: Bench, packages: NpmPackages, port: int, page: str) -> list[str]:
    route, answer = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
    response = {"uuid": answer, "statusCode": 200, "default": True, "bodyType": "INLINE", "body": page,
                "disableTemplating": True, "headers": [{"key": "Content-Type", "value": "application/json"}]}
    environment = {"uuid": "00000000-0000-4000-8000-000000000000", "name": "bench", "lastMigration": 33,
                   "hostname": "127.0.0.1", "port": port, "endpointPrefix": "",
                   "routes": [{"uuid": route, "type": "http", "method": "get", "endpoint": PATH[1:],
                               "responses": [response]}],
                   "rootChildren": [{"type": "route", "uuid": route}]}
    file = bench.folder / "mockoon.json"
    file.write_text(json.dumps(environment), encoding="utf-8")
    return [packages.command("mockoon-cli"), "start", "--data", str(file), "--port", str(port), "--hostname",
            "127.0.0.1", "--repair", "--disable-log-to-file", "--disable-admin-api"]


def _prism(bench: Bench, packages: NpmPackages, port: int, page: str) -> list[str]:
    content = {"application/json": {"schema": {"type": "object"}, "example": json.loads(page)}}
    description = {"openapi": "3.0.3", "info": {"title": "bench", "version": "1"},
                   "paths": {PATH: {"get": {"responses": {"200": {"description": "a page", "content": content}}}}}}
    file = bench.folder / "openapi.json"
    file.write_text(json.dumps(description), encoding="utf-8")
    return [packages.command("prism"), "mock", "--host", "127.0.0.1", "--port", str(port), "--verboseLevel", "silent",
            str(file)]


MOCKS: dict[str, Callable] = {"json-server": _json_server, "@mockoon/cli": _mockoon, "@stoplight/prism-cli": _prism}
