"""OtherWork: how much of the machine was taken by processes that are not being measured."""
from __future__ import annotations

import os
import time

TICKS = os.sysconf("SC_CLK_TCK")


class OtherWork:
    """Begin, measure, and ask how many cores others kept busy meanwhile (0.2: a fifth of one core)."""

    def __init__(self):
        self._began, self._busy, self._own = time.monotonic(), _busy_seconds(), _own_seconds()

    def cores(self, measured_seconds: float) -> float:
        """`measured_seconds`: CPU time of the servers meanwhile. Load generators that have ended are known already."""
        took = time.monotonic() - self._began
        others = _busy_seconds() - self._busy - (_own_seconds() - self._own) - measured_seconds
        return max(0.0, others / took)


def _busy_seconds() -> float:
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _idle, _wait, _irq, _softirq, steal = map(int, file.readline().split()[1:9])
    # Interrupt time is left out: it is in the times of the processes that it interrupts as well.
    return (user + nice + system + steal) / TICKS


def _own_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
