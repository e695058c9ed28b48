from __future__ import annotations

from typing import Any, Dict, Mapping, Union

from .simulator_error import invalid_options

StreamName = Union[str, Mapping[str, str]]
"""'github/demo/Issue', 'github/demo/Issue/VARIANT', or a dict with integration, connection, model and, if you like, variant."""

PARTS = ("integration", "connection", "model", "variant")
EXPECTED = "expected 'INTEGRATION/CONNECTION/MODEL', as in 'github/demo/Issue', or a dict with integration, connection, model, variant"


def stream_parts(stream: Any) -> Dict[str, str]:
    if isinstance(stream, str):
        words = stream.split("/")
        parts = dict(zip(PARTS, words)) if len(words) <= len(PARTS) else {}
    elif isinstance(stream, Mapping):
        parts = dict(stream)
    else:
        parts = {}
    for name in parts:
        if name not in PARTS:
            raise invalid_options(f"a stream has no '{name}'; {EXPECTED}")
    if not all(isinstance(parts.get(name), str) and parts[name] for name in PARTS[:3]):
        raise invalid_options(f"{stream!r} is no stream; {EXPECTED}")
    return parts
