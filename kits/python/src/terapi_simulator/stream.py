from __future__ import annotations

import json
from typing import Any, Dict, Iterable, List, Mapping, Optional, Union

from .control import Control, query_of
from .dump_lines import dump_lines
from .stream_name import StreamName, stream_parts
from .types import DumpLine, RunAnswer, TruthDiff

RecordId = Union[str, int]
Record = Mapping[str, Any]


def _as_list(value: Any) -> List[Any]:
    if isinstance(value, (str, bytes, int, Mapping)):
        return [value]
    return list(value)


class Stream:
    """The records of one model of one connection: `terapi.stream("github/demo/Issue")`."""

    def __init__(self, control: Control, name: StreamName) -> None:
        self._control = control
        self._parts = stream_parts(name)
        self.integration = self._parts["integration"]
        self.connection = self._parts["connection"]
        self.model = self._parts["model"]
        self.variant = self._parts.get("variant", "base")

    def run(
        self,
        *,
        save: Optional[Iterable[Record]] = None,
        update: Optional[Iterable[Record]] = None,
        delete: Optional[Iterable[RecordId]] = None,
        replace: Optional[Iterable[Record]] = None,
        sync: Optional[str] = None,
        type: Optional[str] = None,
        error: Union[str, Mapping[str, str], None] = None,
        webhook: bool = True,
        environment: Optional[str] = None,
    ) -> RunAnswer:
        """One run of a sync: changes records, and announces that by a webhook.

        It answers when the records can be read, and does not wait for the webhook: until_idle() does. What the world does not name is
        made: integrations, connections, models. `save` adds records, or replaces them as a whole; `update` merges; `delete` takes ids;
        `replace` is the full data set, and what is not in it is deleted. `sync` is its name (default: the integration's sync with that
        model), `type` INITIAL or INCREMENTAL, `error` what the run fails with after what it saved. `webhook=False`: tell nobody.
        """
        changes = {"save": save, "update": update, "delete": delete, "replace": replace}
        body: Dict[str, Any] = {name: _as_list(value) for name, value in changes.items() if value is not None}
        options = {"sync": sync, "type": type, "error": error, "environment": environment}
        body.update({name: value for name, value in options.items() if value is not None})
        answer: RunAnswer = self._control.call("POST", "/runs", {**body, **self._parts, "webhook": webhook})
        return answer

    def save(self, records: Union[Record, Iterable[Record]], **options: Any) -> RunAnswer:
        """A run that adds records, or replaces them as a whole; each has an `id`. Options are those of run()."""
        return self.run(save=_as_list(records), **options)

    def update(self, changes: Union[Record, Iterable[Record]], **options: Any) -> RunAnswer:
        """A run that merges into records what it is given, member by member. Unknown and deleted ids are left alone."""
        return self.run(update=_as_list(changes), **options)

    def delete(self, ids: Union[RecordId, Iterable[RecordId]], **options: Any) -> RunAnswer:
        """A run that deletes records."""
        return self.run(delete=_as_list(ids), **options)

    def replace(self, records: Iterable[Record], **options: Any) -> RunAnswer:
        """A run with the full data set: saves it, and deletes what is not in it."""
        return self.run(replace=_as_list(records), **options)

    def truth(self) -> List[DumpLine]:
        """The state of every record, in cursor order: what a correct client holds now."""
        return truth(self._control, self._parts)

    def diff(self, held: Iterable[Mapping[str, Any]]) -> TruthDiff:
        """Compares with the truth what your client holds: records as GET /records served them, or lines of a dump."""
        return diff(self._control, self._parts, held)


def truth(control: Control, parts: Optional[Mapping[str, str]]) -> List[DumpLine]:
    text = control.call("GET", f"/truth{query_of(parts or {})}") or ""
    return [json.loads(line) for line in text.split("\n") if line]


def diff(control: Control, parts: Optional[Mapping[str, str]], held: Iterable[Mapping[str, Any]]) -> TruthDiff:
    answer: TruthDiff = control.call("POST", f"/truth/diff{query_of(parts or {})}", dump_lines(parts, held))
    return answer
