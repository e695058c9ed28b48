"""Table: aligned columns of text and numbers, at most 100 characters wide."""
from __future__ import annotations

WIDTH = 100


def number(value: float | int | None) -> str:
    """As many digits as such a figure is good for."""
    if value is None:
        return "-"
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{round(value):,}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(title: str, header: list[str], rows: list[list[str]], text_columns: int) -> str:
    """The first `text_columns` columns are flush left, the others flush right. What a row repeats is left blank."""
    widths = [max(len(row[at]) for row in [header, *rows]) for at in range(len(header))]
    lines = [title, _line(header, widths, text_columns)]
    lines.append("-" * len(lines[-1]))
    previous: list[str] = []
    for row in rows:
        lines.append(_line(_without_repeats(row, previous, text_columns - 1), widths, text_columns))
        previous = row
    return "\n".join(line[:WIDTH].rstrip() for line in lines)


def _line(cells: list[str], widths: list[int], text_columns: int) -> str:
    return "  ".join(cell.ljust(width) if at < text_columns else cell.rjust(width)
                     for at, (cell, width) in enumerate(zip(cells, widths)))


def _without_repeats(row: list[str], previous: list[str], columns: int) -> list[str]:
    same = 0
    while same < columns and previous and row[same] == previous[same]:
        same += 1
    return [""] * same + row[same:]
