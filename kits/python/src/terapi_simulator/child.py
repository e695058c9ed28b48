"""The program as a process: it ends with this one, however this one ends.

It holds the read end of a pipe whose write end is here; the kernel closes that with the process that has it. A process that is forked off
this one closes its copy at once.
"""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import tempfile
import time
import weakref
from typing import IO, Any, List, Optional, Tuple

from .program import environment_of
from .simulator_error import SimulatorError

READY = re.compile(rb"^terapi-simulator ready base_url=(\S+) secret_key=(\S+)\n", re.MULTILINE)
KEPT_STDERR = 16 * 1024  # bytes
PATIENCE = 5.0  # seconds between SIGTERM and SIGKILL
MOMENT = 0.1  # seconds: a connection breaks before its process has ended

_all: "weakref.WeakSet[Child]" = weakref.WeakSet()


def _let_go_of_copies() -> None:
    for child in list(_all):
        child._let_go_of_copy()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go_of_copies)


class Child:
    def __init__(self, program: str, flags: List[str], log: bool) -> None:
        self._owner = os.getpid()
        self._closed = False
        self._stderr: Optional[IO[bytes]] = None if log else tempfile.TemporaryFile()  # else it goes where this process's goes
        words = [program, "serve", *flags, "--stop-with-fd", "0"]
        try:
            self._process = subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, env=environment_of(program)
            )
        except OSError as error:
            self._forget_stderr()
            raise SimulatorError(f"the simulator cannot be run: {error.strerror}: '{program}'", code="start_failed") from error
        self._finalizer = weakref.finalize(self, _end, self._process, self._stderr, self._owner)
        _all.add(self)

    @property
    def pid(self) -> int:
        return self._process.pid

    def ready(self, within: float) -> Tuple[str, str]:
        """Where it listens, and the secret key, once it does; `within` seconds."""
        deadline = time.monotonic() + within
        stdout: Any = self._process.stdout
        text = b""
        while True:
            found = READY.search(text)
            if found:
                return found[1].decode(), found[2].decode()
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([stdout], [], [], left)[0]:
                raise SimulatorError(f"the simulator was not ready within {within} s (ready_within){self._said()}", code="not_ready")
            piece = os.read(stdout.fileno(), 65536)
            if not piece:
                raise self._failure()
            text += piece

    def _text(self) -> str:
        if self._stderr is None or self._stderr.closed:
            return ""
        end = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, end - KEPT_STDERR))
        return self._stderr.read().decode(errors="replace").strip()

    def _said(self) -> str:
        text = self._text()
        return f"; it said:\n{text}" if text else ""

    def _how(self) -> str:
        code = self._process.returncode
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"

    def _failure(self) -> SimulatorError:
        self._process.wait(PATIENCE)
        return SimulatorError(f"the simulator did not start: {self._text() or f'it ended with {self._how()}, and said nothing'}", code="start_failed")

    def gone(self) -> Optional[SimulatorError]:
        """Why nobody can answer, if the program has been closed or has ended by itself."""
        if self._closed:
            return SimulatorError("the simulator was closed", code="closed")
        if os.getpid() != self._owner or self._process.poll() is None:
            return None
        return SimulatorError(f"the simulator ended by itself with {self._how()}{self._said()}", code="ended")

    def gone_soon(self) -> Optional[SimulatorError]:
        """The same after a call that failed."""
        if not self._closed and os.getpid() == self._owner:
            try:
                self._process.wait(MOMENT)
            except subprocess.TimeoutExpired:
                pass
        return self.gone()

    def close(self) -> None:
        """Ends it, and waits until it has ended. In a process that was forked off, does nothing to it."""
        self._closed = True
        self._finalizer()

    def _forget_stderr(self) -> None:
        if self._stderr is not None:
            self._stderr.close()

    def _let_go_of_copy(self) -> None:
        self._finalizer.detach()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.returncode = 0  # it is not ours to wait for


def _end(process: "subprocess.Popen[bytes]", stderr: Optional[IO[bytes]], owner: int) -> None:
    if os.getpid() != owner:
        return
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for each in (process.stdin, process.stdout, stderr):
        if each is not None:
            each.close()
