"""Bench: the settings of a run and what has to be gone after it, servers and files.

Leaving its `with` block stops every server that was started through it and removes its folder, whatever happened.
"""
from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from typing import Iterable

BENCHMARKS = pathlib.Path(__file__).resolve().parent.parent


class Skipped(Exception):
    """A part cannot be measured here; the text says why, and what would change that."""


def default_bin_dir() -> pathlib.Path:
    return pathlib.Path(os.environ.get("TERAPI_BIN_DIR") or BENCHMARKS.parent / "build" / "bin")


def default_npm_dir() -> pathlib.Path:
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(cache) / "terapi-bench"


@dataclass
class Bench:
    seconds: float = 4.0        # of each measurement
    rounds: int = 3             # alternations of subject and rival; medians are taken over them
    records: int = 100_000      # that the simulator holds when pages are measured
    sync_records: int = 200_000  # that the clients walk
    bin_dir: pathlib.Path = field(default_factory=default_bin_dir)
    npm_dir: pathlib.Path = field(default_factory=default_npm_dir)
    install: bool = False       # whether npm may install what is missing
    quiet: bool = False

    def __enter__(self) -> "Bench":
        self._exits = contextlib.ExitStack()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="terapi-compare-"))
        self._exits.callback(shutil.rmtree, self.folder, ignore_errors=True)
        return self

    def __exit__(self, *raised) -> None:
        self._exits.close()

    @contextlib.contextmanager
    def scope(self):
        """Servers that start within it stop at its end, so that no part disturbs the next one."""
        outer, self._exits = self._exits, contextlib.ExitStack()
        try:
            with self._exits:
                yield self
        finally:
            self._exits = outer

    def keep(self, resource):
        """Enters a context; it is left together with the scope."""
        return self._exits.enter_context(resource)

    def program(self, name: str) -> str:
        """One of the project's own programs. Not to have it is a failure, not a reason to skip."""
        path = self.bin_dir / name
        if not os.access(path, os.X_OK):
            raise RuntimeError(f"{path} is not there (./terapi build {name})")
        return str(path)

    def say(self, text: str) -> None:
        """Progress: stderr, so that stdout is only the tables."""
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)


def tool(name: str) -> str:
    """A program of the system."""
    # Debian keeps nginx in /usr/sbin, which is not on everybody's PATH.
    path = shutil.which(name, path=os.environ.get("PATH", os.defpath) + os.pathsep + "/usr/sbin")
    if path is None:
        raise Skipped(f"{name} is not installed")
    return path


def pinned(command: Iterable[str], core: int) -> list[str]:
    """`command`, kept on the core-th of this process's cores; as it is where there is only one."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2 or shutil.which("taskset") is None:
        return list(command)
    return ["taskset", "-c", str(cores[core % len(cores)]), *command]
