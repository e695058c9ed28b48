"""The table that ./terapi bench --targets prints."""
from __future__ import annotations

from compare_parts.table import number, table

from .target import Target

VERDICTS = {True: "met", False: "MISSED", None: "skipped"}


def targets_text(targets: list[Target]) -> str:
    rows = [[target.group, target.goal, f"{target.sign} {number(target.bound)} {target.unit}".rstrip(),
             number(target.measured), VERDICTS[target.met]] for target in targets]
    notes = [f"  {target.goal}: {target.detail or target.why_not}" for target in targets
             if target.detail or target.why_not]
    counts = [sum(target.met is met for target in targets) for met in (True, False, None)]
    text = table("", ["", "goal", "bound", "measured", "verdict"], rows, 2).lstrip("\n")
    return "\n".join([text, "", *notes, "", f"{counts[0]} met, {counts[1]} missed, {counts[2]} skipped"])
