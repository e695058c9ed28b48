"""Files of records for a simulator to load: 300 bytes each, the same ones for the same seed."""
from __future__ import annotations

import pathlib
import random

from compare_parts.simulator import PAYLOAD_BYTES

SEED = 1
RECORD = '{"id":"%s","number":%d,"title":"a record like many","state":"open","comments":%d,"body":"%s"}'


def write_records(file: pathlib.Path, count: int, uuids: bool) -> None:
    """`uuids`: ids in no order, the usual case; else they arrive in order. Lines are of equal length in both."""
    source = random.Random(SEED)
    body = "x" * (PAYLOAD_BYTES - len(RECORD % (_id(0, None), 10_000_000, 10, "")))
    with open(file, "w", encoding="ascii") as out:
        for number in range(count):
            text = RECORD % (_id(number, source if uuids else None), 10_000_000 + number, 10 + number % 40, body)
            out.write(text + "\n")


def _id(number: int, source: random.Random | None) -> str:
    digits = f"{number:032x}" if source is None else f"{source.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
