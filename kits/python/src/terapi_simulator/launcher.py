"""The command `terapi-simulator`: becomes the program."""

from __future__ import annotations

import os
import sys

from .program import environment_of, find_after, started_before
from .simulator_error import SimulatorError


def main() -> None:
    before = started_before()
    try:
        program = find_after(before)
        os.execve(program, [program, *sys.argv[1:]], environment_of(program, before))
    except SimulatorError as error:
        sys.exit(f"terapi-simulator: {error}")
    except OSError as error:
        sys.exit(f"terapi-simulator: {program} cannot be run: {error.strerror}")
