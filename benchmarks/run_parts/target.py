"""Target: one of the project's goals, what was measured, and whether it is met."""
from __future__ import annotations

import operator
from dataclasses import dataclass, field
from typing import Callable

SIGNS: dict[str, Callable[[float, float], bool]] = {"≤": operator.le, "≥": operator.ge, "=": operator.eq}


@dataclass
class Target:
    group: str
    goal: str
    sign: str
    bound: float
    unit: str = ""
    measured: float | None = None
    why_not: str = ""  # measured: skipped or failed, and why
    detail: str = ""   # what else was seen
    failed: bool = False
    met: bool | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.measured is not None:
            self.met = SIGNS[self.sign](self.measured, self.bound)
        elif self.failed:
            self.met = False
