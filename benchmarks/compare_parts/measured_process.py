"""A process that is run to its end: how long it took, its CPU time, its peak memory."""
from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

# The peak memory of a process begins with that of the process that forked it. So the fork is made by a small
# interpreter that imports next to nothing, not by this one.
RUNNER = """
import json, os, resource, sys
report, *command = sys.argv[1:]
child = os.spawnvp(os.P_NOWAIT, command[0], command)
_, status, used = os.wait4(child, 0)
with open(report, "w") as file:
    json.dump({"status": os.waitstatus_to_exitcode(status), "user": used.ru_utime,
               "system": used.ru_stime, "peak": used.ru_maxrss}, file)
"""


def run_measured(command: list[str], log: pathlib.Path, environment: dict[str, str], timeout: float) -> dict:
    """{"seconds", "user_seconds", "system_seconds", "peak_rss_bytes"}; raises when it fails. It talks to `log`."""
    report = log.with_suffix(".json")
    began = time.monotonic()
    with open(log, "wb") as output:
        # -I -S: nothing of the caller's environment, no site packages.
        runner = subprocess.Popen([sys.executable, "-I", "-S", "-c", RUNNER, str(report), *command],
                                  stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment,
                                  start_new_session=True)
    try:
        runner.wait(timeout)
    except BaseException:
        # A client retries for as long as it lives; so it goes with the runner.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(runner.pid, signal.SIGKILL)
        runner.wait()
        raise
    took = time.monotonic() - began
    used = json.loads(report.read_text())
    if used["status"] != 0:
        said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"{command[0]} ended with {used['status']}:\n{said}")
    return {"seconds": took, "user_seconds": used["user"], "system_seconds": used["system"],
            "peak_rss_bytes": used["peak"] * 1024}
