"""What the control API answers, as dicts with these members. For type checkers; docs/control-api.md says more."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, TypedDict


class RunAnswer(TypedDict):
    run_id: str
    added: int
    updated: int
    deleted: int
    unchanged: int
    deliveries: List[str]
    """The ids of the webhooks that announce it; empty while no URL is set."""


class StreamCounts(TypedDict):
    environment: str
    integration: str
    connection: str
    model: str
    variant: str
    records: int
    """All of them, deleted ones included; the next three count by last action."""
    added: int
    updated: int
    deleted: int
    bytes: int
    last_cursor: Optional[str]
    last_modified_at: Optional[str]


class DumpLine(TypedDict, total=False):
    """One record of a dump."""

    integration: str
    connection: str
    model: str
    variant: str
    id: str
    deleted: bool
    payload: Dict[str, Any]
    """The record as it was served, `id` included, without its metadata."""
    last_modified_at: str
    cursor: str


class Difference(TypedDict):
    id: str
    stream: str
    reason: str


class DifferenceCounts(TypedDict):
    lost: int
    stale: int
    phantom: int
    resurrected: int


class TruthDiff(TypedDict):
    equal: bool
    lost: List[Difference]
    """Alive here, missing or deleted there."""
    stale: List[Difference]
    """Another version there."""
    phantom: List[Difference]
    """Never existed here."""
    resurrected: List[Difference]
    """Deleted here, alive there."""
    counts: DifferenceCounts
    """The lists hold 1,000 at most, these are all."""


class CountedFaultRule(TypedDict, total=False):
    id: str
    on: str
    match: Dict[str, Any]
    nth: List[int]
    every: int
    probability: float
    times: int
    do: Dict[str, Any]
    matched: int
    fired: int


class Clock(TypedDict):
    mode: str
    """`virtual` or `system`"""
    now: str
    pending_timers: int
    recurring_timers: int
    """Those that come again and again: next runs of syncs, changes of external APIs."""
    in_flight: int
    next_due: Optional[str]
    """None on the system clock."""


class Advanced(TypedDict):
    now: str
    """Where the clock stands now."""
    advanced: str
    """A duration: `6300ms`"""
    attempts: int
    """How many webhook attempts began meanwhile; those that were due at once began before."""


class Attempt(TypedDict, total=False):
    number: int
    """From 1."""
    at: str
    duration_ms: float
    """On the simulator's clock: 0 in virtual time, except for a time-out."""
    status: Optional[int]
    """None when there was no answer."""
    error: Optional[str]
    """Why there was none: `timeout`, `connection_refused`, …"""
    response_body: str
    fault: Optional[str]
    """The rules that shaped it."""
    next_attempt_at: Optional[str]
    headers: Dict[str, str]
    response_headers: List[List[str]]


class Delivery(TypedDict):
    id: str
    """The same for each attempt."""
    number: int
    environment: str
    url: str
    type: str
    integration: str
    connection: str
    model: str
    variant: str
    run_id: str
    state: str
    """pending, in_flight, held, delivered, failed, dropped"""
    held_by: Optional[str]
    dropped_by: Optional[str]
    """The id of the fault rule that lost it."""
    created_at: str
    next_attempt_at: Optional[str]
    attempts_made: int
    attempts: List[Attempt]


class DeliveryDetail(Delivery):
    body: str
    """The text that each attempt sends."""
    headers: Dict[str, str]
    """Its signatures."""


class JournalEntry(TypedDict):
    id: int
    at: str
    method: str
    path: str
    query: str
    environment: Optional[str]
    integration: Optional[str]
    connection: Optional[str]
    model: Optional[str]
    variant: str
    status: int
    error: Optional[str]
    """The error's code."""
    records: int
    """How many, in the page."""
    next_cursor: Optional[str]
    fault: Optional[str]
    """The rules that struck."""
    remote: str


class Advisory(TypedDict):
    id: int
    code: str
    clause: str
    message: str
    count: int
    first_at: str
    last_at: str
    stream: str
    requests: List[int]
    """The last ten journal entries that show it, by their ids."""


class Snapshot(TypedDict):
    name: str
    records: int
    """How many, deleted ones included."""
    at: Optional[str]
    """Where the virtual clock stood; None on the system clock."""
