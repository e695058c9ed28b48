from __future__ import annotations

import threading
from typing import Any, Dict, Iterable, List, Mapping, Optional

from .control import Control, path_of
from .simulator_error import invalid_options
from .types import CountedFaultRule


class Fault:
    """One fault rule in force."""

    def __init__(self, control: Control, id: str) -> None:
        self._control = control
        self.id = id

    def rule(self) -> CountedFaultRule:
        """The rule, with how often it has `matched` and `fired`."""
        answer: CountedFaultRule = self._control.call("GET", path_of("faults", self.id))
        return answer

    @property
    def fired(self) -> int:
        """How often it has struck: a test whose fault never fired has tested nothing."""
        return self.rule()["fired"]

    def remove(self) -> None:
        self._control.call("DELETE", path_of("faults", self.id))


class Faults:
    """The fault rules: what goes wrong on purpose (docs/faults.md)."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._turn = threading.Lock()  # two rules that are added at once get two ids

    def list(self) -> "List[CountedFaultRule]":
        """The rules in force, with how often each has matched and fired."""
        rules: List[CountedFaultRule] = self._control.call("GET", "/faults")["faults"]
        return rules

    def add(self, rule: Mapping[str, Any]) -> Fault:
        """One more, or, with the `id` of one that is there, in its place: `{"on": "api", "nth": [2], "do": {"status": 503}}`."""
        if not isinstance(rule, Mapping):
            raise invalid_options('faults.add: expected one rule, as in {"on": "api", "do": {"status": 503}}; for several there is faults.set')
        with self._turn:
            id = rule.get("id") or _first_free(self.list())
            self._control.call("PUT", path_of("faults", id), {**rule, "id": id})
        return Fault(self._control, id)

    def set(self, rules: Iterable[Mapping[str, Any]]) -> "List[Fault]":
        """These and no others."""
        told = self._control.call("PUT", "/faults", [dict(rule) for rule in rules])["faults"]
        return [Fault(self._control, rule["id"]) for rule in told]

    def clear(self) -> None:
        """None any more, those of the world included."""
        self._control.call("DELETE", "/faults")


def _first_free(rules: Iterable[CountedFaultRule]) -> str:
    """The same in each test that begins with the same rules: a probability is decided by the id, too."""
    taken = {rule["id"] for rule in rules}
    number = 1
    while f"fault-{number}" in taken:
        number += 1
    return f"fault-{number}"


def lost_webhooks(match: Optional[Mapping[str, Any]], **which: Any) -> Dict[str, Any]:
    # A first attempt that is lost is never made again. Deliveries that have got as far as a second are not meant.
    given = {name: value for name, value in which.items() if value is not None}
    return {**given, "on": "webhook", "match": {"attempt": 1, **(match or {})}, "do": {"drop": True}}
