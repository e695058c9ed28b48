"""HealthWatch: asks for /health all the time, in a process of its own, and tells the longest wait."""
from __future__ import annotations

import http.client
import select
import subprocess
import sys
import time

PAUSE = 0.002  # seconds between two questions


class HealthWatch:
    """Stopped with its `with`."""

    def __init__(self, port: int):
        self.process = subprocess.Popen([sys.executable, __file__, str(port)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> HealthWatch:
        self.longest()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()

    def longest(self) -> float:
        """Seconds, since the last time that it was asked for."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def watch(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    longest = 0.0
    while True:
        began = time.perf_counter()
        connection.request("GET", "/_simulator/health")
        connection.getresponse().read()
        longest = max(longest, time.perf_counter() - began)
        if select.select([sys.stdin], [], [], PAUSE)[0]:
            if not sys.stdin.readline():
                return
            print(longest, flush=True)
            longest = 0.0


if __name__ == "__main__":
    watch(int(sys.argv[1]))
