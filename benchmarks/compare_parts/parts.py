"""The parts of the comparison, by name, and how one is run."""
from __future__ import annotations

import http.client
import sqlite3
import subprocess
from typing import Callable

from .bench import Bench, Skipped
from .client_comparison import measure_node
from .depth_comparison import measure_depth
from .idle_connections import measure_idle
from .latency_steps import measure_steps
from .mocks_comparison import measure_mocks
from .nginx_comparison import measure_nginx

PARTS: dict[str, Callable[[Bench], dict]] = {
    "nginx": measure_nginx, "depth": measure_depth, "idle": measure_idle, "steps": measure_steps,
    "mocks": measure_mocks, "node": measure_node}

# What a server, a client or this machine may do wrong. Mistakes of these scripts are none of it and show as they are.
TROUBLE = (OSError, RuntimeError, ValueError, http.client.HTTPException, sqlite3.Error, subprocess.SubprocessError)


def run_part(bench: Bench, name: str) -> dict:
    """That part's dictionary, {"skipped": why} or {"failed": why}: one part's trouble does not take the others along."""
    try:
        return PARTS[name](bench)
    except Skipped as why:
        return {"skipped": str(why)}
    except TROUBLE as why:
        return {"failed": f"{type(why).__name__}: {why}"}
