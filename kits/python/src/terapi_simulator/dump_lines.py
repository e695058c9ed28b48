from __future__ import annotations

import json
from typing import Any, Dict, Iterable, Mapping, Optional

from .simulator_error import invalid_options

MEMBERS = {"integration", "connection", "model", "variant", "id", "deleted", "payload", "last_modified_at", "cursor"}


def dump_lines(stream: Optional[Mapping[str, str]], held: Iterable[Mapping[str, Any]]) -> str:
    """What a client holds, as a dump of the control API: a line for each record, of `stream` where it does not say which."""
    if isinstance(held, (str, bytes, Mapping)) or not hasattr(held, "__iter__"):
        raise invalid_options(f"diff: expected what your client holds, a list of records; got {type(held).__name__}")
    lines = []
    for one in held:
        if not isinstance(one, Mapping) or one.get("id") is None:
            raise invalid_options(f"diff: {one!r} is no record: it has no id")
        lines.append(json.dumps({**(stream or {}), **(one if _is_dump_line(one) else _line_of(one))}))
    return "\n".join([*lines, ""]) or "\n"


def _is_dump_line(one: Mapping[str, Any]) -> bool:
    return (one.get("deleted") is True or "payload" in one) and MEMBERS.issuperset(one)


def _line_of(record: Mapping[str, Any]) -> Dict[str, Any]:
    payload = dict(record)
    metadata: Any = {}
    for name in ("_terapi_metadata", "_nango_metadata"):
        metadata = payload.pop(name, None) or metadata
    line = {"id": str(record["id"]), "deleted": metadata.get("last_action") == "DELETED", "payload": payload}
    return {**line, **{name: metadata[name] for name in ("last_modified_at", "cursor") if metadata.get(name)}}
