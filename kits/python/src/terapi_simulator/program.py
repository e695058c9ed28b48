"""Where the program is: what TERAPI_SIMULATOR names, or what this package carries, or what is on PATH."""

from __future__ import annotations

import os
import platform
import re
import sys
from typing import Dict, List, Optional, Sequence

from .simulator_error import SimulatorError

NAME = "terapi-simulator"
CARRIED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", NAME)
SCRIPT_BYTES = 4096  # launchers of these kits are shorter
LAUNCHER = re.compile(rb"terapi_simulator|terapi-simulator launcher|terapi-simulator\.cjs")
LAUNCHED = "TERAPI_LAUNCHED"


def _is_executable(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _is_launcher(path: str) -> bool:
    """Whether it is a script by which a package like this one starts the program that *it* finds: pip, npm and pnpm put those on PATH."""
    try:
        with open(path, "rb") as file:
            text = file.read(SCRIPT_BYTES)
    except OSError:  # a program may be there to be run, and not to be read
        return False
    return text.startswith(b"#!") and LAUNCHER.search(text) is not None


def started_before() -> List[str]:
    """For a launcher: what has been started on the way to it.

    A version manager's shim, which looks like any program, leads to a launcher, perhaps to the one that has started it. Those are the lines
    of TERAPI_LAUNCHED after the first, which is the TERAPI_BASE_URL of all of them: what `exec` runs has another one, and begins anew.
    """
    base, *files = os.environ.get(LAUNCHED, "").split("\n")
    return files if base == os.environ.get("TERAPI_BASE_URL", "") else []


def environment_of(program: str, before: Sequence[str] = ()) -> Dict[str, str]:
    """The environment in which a program is to be started, after those."""
    environment = {name: value for name, value in os.environ.items() if name != LAUNCHED}
    if program != CARRIED:
        environment[LAUNCHED] = "\n".join([environment.get("TERAPI_BASE_URL", ""), *before, os.path.abspath(program)])
    return environment


def _on_path(before: Sequence[str]) -> Optional[str]:
    if sys.platform == "win32":  # there is no program for it
        return None
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = os.path.abspath(os.path.join(folder or ".", NAME))
        if _is_executable(path) and path not in before and not _is_launcher(path):
            return path
    return None


def _nowhere(before: Sequence[str]) -> SimulatorError:
    here = f"{sys.platform} on {platform.machine()}"
    places = "set" if sys.platform == "win32" else "put the program on PATH, or set"
    led = f" ({', '.join(before)} only led back here)" if before else ""
    return SimulatorError(
        f"the program {NAME} is not there: this is the package of pure Python, without it (there is one with it for Linux on x86_64, and this "
        f"is {here}); {places} TERAPI_SIMULATOR to its path{led}",
        code="program_not_found",
    )


def find_program() -> str:
    """The path of the program: the environment variable TERAPI_SIMULATOR, else the one in this package, else what is on PATH.

    Throws `program_not_found`.
    """
    return find_after(())


def find_after(before: Sequence[str]) -> str:
    """The same, and none of those that were started before."""
    named = os.environ.get("TERAPI_SIMULATOR")
    if named and not _is_executable(named):
        raise SimulatorError(
            f"TERAPI_SIMULATOR is '{named}', which is no program that can be run; expected the path of {NAME}", code="program_not_found"
        )
    if named and os.path.abspath(named) not in before:
        return os.path.abspath(named)
    found = CARRIED if _is_executable(CARRIED) else _on_path(before)
    if not found:
        raise _nowhere(before)
    return found
