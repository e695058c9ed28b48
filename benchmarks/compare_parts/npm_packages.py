"""NpmPackages: the pinned packages of benchmarks/node, in a cache folder that is ours; installed only when asked to."""
from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess

from .bench import BENCHMARKS, Bench, Skipped, tool

NODE_FILES = BENCHMARKS / "node"
INSTALL_TIMEOUT = 900  # seconds; better-sqlite3 compiles all of SQLite


class NpmPackages:
    def __init__(self, bench: Bench):
        self.bench = bench
        self.folder = bench.npm_dir
        manifest = json.loads((NODE_FILES / "package.json").read_text(encoding="utf-8"))
        self.versions: dict[str, str] = manifest["dependencies"]

    def require(self, *names: str) -> None:
        """Goes on when all of them are installed, in the version that is pinned."""
        missing = [name for name in names if self._installed_version(name) != self.versions[name]]
        if missing and self.bench.install:
            self._install()
            missing = [name for name in names if self._installed_version(name) != self.versions[name]]
        if missing:
            listed = ", ".join(f"{name} {self.versions[name]}" for name in missing)
            verb = "is" if len(missing) == 1 else "are"
            raise Skipped(f"{listed} {verb} not installed (benchmarks/compare --install)")

    def require_native(self, name: str, product: str) -> None:
        """The same for a package with C++ in it, whose `product` is compiled here: nothing built elsewhere is fetched."""
        self.require(name)
        if self._path(name, product).exists():
            return
        if not self.bench.install:
            raise Skipped(f"{name} {self.versions[name]} is not compiled (benchmarks/compare --install)")
        self._compile(name)
        if not self._path(name, product).exists():
            raise Skipped(f"{name} {self.versions[name]} cannot be compiled here (needs a C++ compiler, make and "
                          f"node's headers): {self.folder / 'compile.log'}")

    def command(self, name: str) -> str:
        """The path of a command that one of the packages brings."""
        return str(self.folder / "node_modules" / ".bin" / name)

    def _path(self, name: str, *parts: str) -> pathlib.Path:
        return self.folder.joinpath("node_modules", *name.split("/"), *parts)

    def _installed_version(self, name: str) -> str | None:
        try:
            return json.loads(self._path(name, "package.json").read_text(encoding="utf-8"))["version"]
        except (OSError, ValueError, KeyError):
            return None

    def _install(self) -> None:
        self.bench.say(f"npm: installing into {self.folder}")
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(NODE_FILES / "package.json", self.folder / "package.json")
        # Without a lock file, which would name the registry that somebody happens to use; without scripts, most of
        # which fetch things that were built elsewhere.
        self._run("install.log", tool("npm"), "install", "--no-package-lock", "--ignore-scripts", "--no-audit",
                  "--no-fund")

    def _compile(self, name: str) -> None:
        self.bench.say(f"npm: compiling {name}")
        self._run("compile.log", tool("npm"), "rebuild", name, "--build-from-source", environment=_with_headers())

    def _run(self, log_name: str, *command: str, environment: dict[str, str] | None = None) -> None:
        """What goes wrong is in the log; what is missing afterwards says that something went wrong."""
        with open(self.folder / log_name, "wb") as log:
            subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                           env=environment, timeout=INSTALL_TIMEOUT, check=False)


def _with_headers() -> dict[str, str]:
    """The environment in which node-gyp finds node's headers on this machine rather than fetching them."""
    environment = {**os.environ, "npm_config_build_from_source": "true"}
    prefix = pathlib.Path(os.path.realpath(tool("node"))).parent.parent
    for root in (prefix, pathlib.Path("/usr"), pathlib.Path("/usr/local")):
        if (root / "include" / "node" / "node_api.h").exists():
            environment["npm_config_nodedir"] = str(root)
            break
    return environment
