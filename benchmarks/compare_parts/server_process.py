"""ServerProcess: a server that is started, asked for its CPU time, and stopped whatever happens."""
from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import time

START_TIMEOUT = 60.0  # seconds; the node servers compile a lot before they listen
STOP_TIMEOUT = 5.0
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ServerProcess:
    """A context manager. What the server says goes to LOG, and is shown when it does not start."""

    def __init__(self, command: list[str], port: int, log: pathlib.Path, environment: dict[str, str] | None = None):
        self.command, self.port, self.log = command, port, log
        self.environment = {**os.environ, **(environment or {})}

    def __enter__(self) -> "ServerProcess":
        with open(self.log, "ab") as log:
            # A session of its own: its children, such as nginx's worker, are stopped together with it.
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=self.environment, start_new_session=True)
        try:
            self._wait_until_it_listens()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *raised) -> None:
        self.stop()

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.02)
        said = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"{' '.join(self.command)} does not listen on port {self.port}:\n{said}")

    def stop(self) -> None:
        for last_word in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, last_word)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_TIMEOUT)
        # Twice on purpose: a child may outlive the process that was waited for.

    def pids(self) -> list[int]:
        """The server and all its descendants."""
        found = [self.process.pid]
        for pid in found:
            for task in _tasks(pid):
                with contextlib.suppress(OSError):
                    found += [int(child) for child in (task / "children").read_text().split()]
        return found

    def cpu_seconds(self) -> float:
        """User and system time of all its processes until now; in steps of 10 ms."""
        ticks = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                # The name, in parentheses, may have spaces: fields are counted behind it.
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS

    def running_seconds(self) -> float:
        """Time on a core of the threads that live, in nanosecond steps: for a server that does next to nothing."""
        nanoseconds = 0
        for pid in self.pids():
            for task in _tasks(pid):
                with contextlib.suppress(OSError):
                    nanoseconds += int((task / "schedstat").read_text().split()[0])
        return nanoseconds / 1e9


def _tasks(pid: int) -> list[pathlib.Path]:
    try:
        return list(pathlib.Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []
