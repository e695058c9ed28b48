"""StartedPostgres: a PostgreSQL server of a benchmark's own, of Debian's binaries, with PostgreSQL's own settings."""
from __future__ import annotations

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
import time

from compare_parts.bench import Bench, Skipped

START_TIMEOUT = 60.0  # seconds
DEBIAN = pathlib.Path("/usr/lib/postgresql")


class StartedPostgres:
    """Stopped with the bench's scope, and its folder removed. It listens on a socket in that folder, and on no port."""

    def __init__(self, bench: Bench):
        programs = _programs()
        # Not below TMPDIR: the path of a socket has 107 bytes at most. The server does not run as root.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="terapi-pg-", dir="/tmp"))
        bench.keep(_Removed(self.folder))
        self._user = _user()
        if self._user:
            shutil.chown(self.folder, self._user)
        self._run(programs / "initdb", "-D", self.folder / "data", "-U", "terapi", "-A", "trust", "-E", "UTF8",
                  "--locale=C")
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [programs / "postgres", "-D", self.folder / "data", "-k", self.folder, "-c", "listen_addresses="],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=self._user, cwd=self.folder, start_new_session=True)
        bench.keep(_Stopped(self.process))
        self._wait()
        self.url = f"postgresql:///postgres?host={self.folder}&user=terapi"

    def sql(self, *statements: str) -> str:
        """What psql says to them, each a transaction of its own."""
        command = ["psql", "-h", str(self.folder), "-U", "terapi", "-qtAX", "-v", "ON_ERROR_STOP=1", "postgres"]
        for statement in statements:
            command += ["-c", statement]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"psql: {done.stderr.strip()}")
        return done.stdout

    def _run(self, *words) -> None:
        done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              user=self._user, cwd=self.folder, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{words[0]}: {done.stdout[-1000:]}")

    def _wait(self) -> None:
        ends = time.monotonic() + START_TIMEOUT
        while subprocess.run(["pg_isready", "-q", "-h", str(self.folder)], check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"postgres did not start: {(self.folder / 'log').read_text()[-1000:]}")
            time.sleep(0.05)


class _Removed:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder

    def __enter__(self) -> "_Removed":
        return self

    def __exit__(self, *raised) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class _Stopped:
    def __init__(self, process: subprocess.Popen):
        self.process = process

    def __enter__(self) -> "_Stopped":
        return self

    def __exit__(self, *raised) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _programs() -> pathlib.Path:
    folders = [pathlib.Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)]
    folders += sorted((version / "bin" for version in DEBIAN.glob("*")), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            if shutil.which("psql") and shutil.which("pg_isready"):
                return folder
    raise Skipped("PostgreSQL is not installed (apt install postgresql)")


def _user() -> str | None:
    if os.geteuid() != 0:
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
