"""Where the program is: what TERAPI_SIMULATOR names, or what this package carries, or what is on PATH."""

from __future__ import annotations

import os
import platform
import sys
from typing import Optional

from .simulator_error import SimulatorError

NAME = "terapi-simulator"
CARRIED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", NAME)
SCRIPT_BYTES = 4096  # launchers of these kits are shorter


def _is_executable(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _is_launcher(path: str) -> bool:
    """Whether it is a script by which a package like this one starts the program that *it* finds: pip and npm put those on PATH."""
    with open(path, "rb") as file:
        text = file.read(SCRIPT_BYTES)
    return text.startswith(b"#!") and (b"terapi_simulator" in text or b"terapi-simulator launcher" in text)


def _on_path() -> Optional[str]:
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = os.path.join(folder or ".", NAME)
        if _is_executable(path) and not _is_launcher(path):
            return os.path.abspath(path)
    return None


def find_program() -> str:
    """The path of the program: the environment variable TERAPI_SIMULATOR, else the one in this package, else what is on PATH.

    Throws `program_not_found`.
    """
    named = os.environ.get("TERAPI_SIMULATOR")
    if named:
        if _is_executable(named):
            return os.path.abspath(named)
        raise SimulatorError(
            f"TERAPI_SIMULATOR is '{named}', which is no program that can be run; expected the path of {NAME}", code="program_not_found"
        )
    found = CARRIED if _is_executable(CARRIED) else _on_path()
    if found:
        return found
    here = f"{sys.platform} on {platform.machine()}"
    raise SimulatorError(
        f"the program {NAME} is not there: this is the package of pure Python, without it (there is one with it for Linux on x86_64, and this "
        f"is {here}); put the program on PATH, or set TERAPI_SIMULATOR to its path",
        code="program_not_found",
    )
