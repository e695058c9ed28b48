"""StartedSimulator: a terapi-simulator with flags of its own, timed from its start until it serves."""
from __future__ import annotations

import json
import pathlib
import time

from compare_parts.bench import Bench
from compare_parts.server_process import ServerProcess, free_port
from compare_parts.simulator import KEY

READY_TIMEOUT = 120.0  # seconds


class StartedSimulator:
    """Stopped with the bench's scope. `seconds` until the ready file was there, `rss_bytes` then."""

    def __init__(self, bench: Bench, flags: list[str], dialect: str = "terapi"):
        self.dialect = dialect
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        ready = bench.folder / f"ready-{self.port}.json"
        command = [bench.program("terapi-simulator"), "serve", "--port", str(self.port), "--secret-key", KEY,
                   "--dialect", dialect, "--log-level", "warning", "--ready-file", str(ready), *flags]
        began = time.monotonic()
        self.server = bench.keep(ServerProcess(command, self.port, bench.folder / f"simulator-{self.port}.log"))
        while not (ready.exists() and ready.read_text().rstrip().endswith("}")):
            if time.monotonic() - began > READY_TIMEOUT:
                raise RuntimeError(f"the simulator was not ready after {READY_TIMEOUT:g} s")
            time.sleep(0.001)
        # Its own clock says when it was ready; what reads the file may be late.
        self.seconds = min(time.monotonic() - began, _age(ready, began))

    def rss_bytes(self) -> int:
        return _status(self.server.process.pid, "VmRSS")

    def stop(self) -> None:
        self.server.stop()


def _age(ready: pathlib.Path, began: float) -> float:
    written = ready.stat().st_mtime
    return written - (time.time() - (time.monotonic() - began))


def _status(pid: int, key: str) -> int:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/{pid}/status has no {key}")


def empty_world(folder: pathlib.Path) -> str:
    file = folder / "empty-world.json"
    file.write_text(json.dumps({"integrations": [{"id": "github", "syncs": [{"name": "issues", "models": ["Issue"]}]}],
                                "connections": [{"id": "demo", "integration": "github"}]}))
    return str(file)


def load_flags(folder: pathlib.Path, records: pathlib.Path) -> list[str]:
    return ["--world", empty_world(folder), "--load",
            f"connection=demo,integration=github,model=Issue,file={records}"]
