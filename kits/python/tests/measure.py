"""How long starting a simulator and giving the next test a fresh world take: python3 measure.py. TERAPI_SIMULATOR names the program.

The goals: ready within 50 ms, reset within 5 ms, at the median, on an idle machine.
"""

import subprocess
import time

from terapi_simulator import find_program, start_simulator


def times(count, work):
    each = []
    for _ in range(count):
        before = time.perf_counter()
        work()
        each.append((time.perf_counter() - before) * 1000)
    each.sort()
    return each[0], each[count // 2], each[-1]


def show(what, values):
    print(f"{what:44}", " ".join(f"{value:8.2f}" for value in values))


print(f"{'milliseconds':44}", " ".join(f"{word:>8}" for word in ("least", "median", "most")))
show("a process that does nothing", times(20, lambda: subprocess.run([find_program(), "--version"], stdout=subprocess.DEVNULL, check=True)))
for name, world in (("the default world, 1,000 records", None), ("an empty world", {})):
    started = []
    show(f"ready, {name}", times(20, lambda: started.append(start_simulator(world=world))))
    terapi = started[0]
    show("  a call that does nothing", times(200, lambda: terapi.control("GET", "/health")))
    show("  reset", times(200, terapi.reset))
    for one in started:
        one.close()
