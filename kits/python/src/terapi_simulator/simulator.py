from __future__ import annotations

import datetime
import os
from types import TracebackType
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Type, Union

from .child import Child
from .control import Control, path_of, query_of
from .faults import Fault, Faults, lost_webhooks
from .program import find_program
from .simulator_error import SimulatorError, invalid_options
from .stream import Record, RecordId, Stream, diff, truth
from .stream_name import StreamName, stream_parts
from .types import (
    Advanced,
    Advisory,
    Clock,
    Delivery,
    DeliveryDetail,
    DumpLine,
    JournalEntry,
    RunAnswer,
    Snapshot,
    StreamCounts,
    TruthDiff,
)
from .world_file import WorldFile

World = Union[str, "os.PathLike[str]", Mapping[str, Any]]
Texts = Union[str, Sequence[str], None]
Duration = Union[str, datetime.timedelta]
"""A number and a unit (`us`, `ms`, `s`, `m`, `h`, `d`), as in "100ms" and "6h10m", or a timedelta."""
Time = Union[str, datetime.datetime]
"""RFC 3339, or a datetime with a time zone."""


def start_simulator(
    *,
    world: Optional[World] = None,
    clock: Optional[str] = None,
    start: Optional[Time] = None,
    webhook_url: Texts = None,
    seed: Optional[int] = None,
    dialect: Optional[str] = None,
    quirks: Optional[Mapping[str, bool]] = None,
    secret_key: Optional[str] = None,
    load: Texts = None,
    data: Union[str, "os.PathLike[str]", None] = None,
    port: int = 0,
    log: Union[bool, str] = False,
    project: Union[str, "os.PathLike[str]", bool, None] = None,
    flags: Sequence[str] = (),
    program: Optional[str] = None,
    ready_within: float = 30.0,
) -> Simulator:
    """Starts a simulator of its own, and waits until it serves.

    It ends with close(), at the end of a `with`, and with the process that started it, however that ends.

    - world: what is there at the start, a world (docs/world-file.md) as a dict, or the path of its file. Default: three integrations, the
      connection `demo` of each, and 1,000 generated records of `github/demo/Issue`. Files of records that a dict names are looked for from
      the working directory.
    - clock: "virtual", the default where the project file says nothing: time stands still until it is advanced, and then passes in no time.
      "system": the machine's.
    - start: where a virtual clock begins; "now" is allowed. Default 2024-01-01T00:00:00Z.
    - webhook_url: where webhooks go, two at most. Default: the world's, and else nowhere.
    - seed: decides all that is random. Default 1.
    - dialect: "terapi" or "nango"; quirks: what hurts clients of the public system, each on or off (docs/nango.md).
    - secret_key: the environment's. Default: the world's.
    - load: records to begin with: "connection=demo,integration=github,model=Package,file=packages.ndjson,id=Package".
    - data: an SQLite file in which everything is kept, and from which it starts again.
    - port: 0 is one that is free, so that several workers do not meet.
    - log: what is logged to stderr here: "debug", "info", "warning", "error"; True is "info".
    - project: the project file, terapi.json (docs/project-file.md): what it says of the simulator holds where an argument does not say
      otherwise, except for port, data and the log. Default: the one in the working directory or above it, up to the repository's root. A path
      names another; False: none.
    - flags: further flags of the program, as they are.
    - program: its path. Default: what find_program() finds.
    - ready_within: seconds; a machine may be busy, and a world large.
    """
    file = None if world is None else WorldFile(world)
    level = "info" if log is True else log or "error"
    words = ["--port", str(port), "--for-tests", "--log-level", level]
    if project is False:
        words.append("--no-project")
    elif project is not None and project is not True:
        words += ["--project", os.fspath(project)]
    given = {
        "--clock": clock,
        "--world": None if file is None else file.path,
        "--start": _time(start),
        "--seed": seed,
        "--dialect": dialect,
        "--secret-key": secret_key,
        "--data": None if data is None else os.fspath(data),
    }
    for flag, value in given.items():
        words += [] if value is None else [flag, str(value)]
    for flag, texts in (("--webhook-url", webhook_url), ("--load", load)):
        for text in [texts] if isinstance(texts, str) else texts or ():
            words += [flag, text]
    for name, on in (quirks or {}).items():
        words += ["--quirk", f"{name}={'on' if on else 'off'}"]
    try:
        child = Child(program or find_program(), [*words, *flags], bool(log))
        try:
            url, key = child.ready(ready_within)
            return Simulator(child, url, key)
        except BaseException:
            child.close()
            raise
    except SimulatorError as error:
        if file is not None:
            error.args = (file.without_path(str(error)),)
        raise
    finally:
        if file is not None:
            file.remove()


class Simulator:
    """A simulator that serves. Made by start_simulator(). Threads may call it at once."""

    def __init__(self, child: Child, url: str, secret_key: str) -> None:
        self._child = child
        self._control = Control(url, child)
        self._snapshots = 0
        self.url = url
        """The base URL of the API, without a slash at the end."""
        self.control_url = f"{url}/_simulator"
        """That of the control API. It is a page, too, in a browser."""
        self.secret_key = secret_key
        """What callers of the API send as bearer token: the first environment's."""
        self.signing_key: str = self.environment().get("signing_key", secret_key)
        """What webhooks are signed with."""
        self.faults = Faults(self._control)
        """The fault rules: what goes wrong on purpose."""

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._child.pid

    @property
    def env(self) -> Dict[str, str]:
        """TERAPI_BASE_URL, TERAPI_SECRET_KEY and TERAPI_SIGNING_KEY, for a client that is a process of its own."""
        return {"TERAPI_BASE_URL": self.url, "TERAPI_SECRET_KEY": self.secret_key, "TERAPI_SIGNING_KEY": self.signing_key}

    # ---- Records ----

    def stream(self, name: StreamName) -> Stream:
        """The same methods for one stream, which need not be named each time."""
        return Stream(self._control, name)

    def run(self, stream: StreamName, **changes: Any) -> RunAnswer:
        """One run of a sync, which may save, update and delete: see Stream.run()."""
        return self.stream(stream).run(**changes)

    def save(self, stream: StreamName, records: Union[Record, Iterable[Record]], **options: Any) -> RunAnswer:
        """A run that adds records, or replaces them as a whole; each has an `id`. Options are those of Stream.run().

        It does not wait for the webhook that announces it: until_idle() does.
        """
        return self.stream(stream).save(records, **options)

    def update(self, stream: StreamName, changes: Union[Record, Iterable[Record]], **options: Any) -> RunAnswer:
        """A run that merges into records what it is given, member by member. Unknown and deleted ids are left alone."""
        return self.stream(stream).update(changes, **options)

    def delete(self, stream: StreamName, ids: Union[RecordId, Iterable[RecordId]], **options: Any) -> RunAnswer:
        """A run that deletes records."""
        return self.stream(stream).delete(ids, **options)

    def replace(self, stream: StreamName, records: Iterable[Record], **options: Any) -> RunAnswer:
        """A run with the full data set: saves it, and deletes what is not in it."""
        return self.stream(stream).replace(records, **options)

    def streams(self) -> List[StreamCounts]:
        """The streams that there are, with their counts."""
        answer: List[StreamCounts] = self.control("GET", "/streams")["streams"]
        return answer

    def truth(self, stream: Optional[StreamName] = None) -> List[DumpLine]:
        """The state of every record of a stream, or of all, in cursor order: what a correct client holds now."""
        return truth(self._control, None if stream is None else stream_parts(stream))

    def diff(self, stream: Optional[StreamName], held: Iterable[Mapping[str, Any]]) -> TruthDiff:
        """Compares with the truth what your client holds of a stream.

        `held`: records as GET /records served them, with their metadata or without, or lines of a dump. None in place of a stream
        compares all of them; it takes lines of a dump only.
        """
        return diff(self._control, None if stream is None else stream_parts(stream), held)

    # ---- What goes wrong ----

    def lose_webhooks(
        self,
        *,
        times: Optional[int] = None,
        every: Optional[int] = None,
        nth: Optional[Sequence[int]] = None,
        probability: Optional[float] = None,
        match: Optional[Mapping[str, Any]] = None,
        id: Optional[str] = None,
    ) -> Fault:
        """Loses webhooks from now on: nothing is sent, and nobody tries again. Those that are being retried go on.

        Without arguments, all. `times=1`: the next one. `every=3`: each third. `match={"model": "Issue"}`: those of a model.
        """
        return self.faults.add(lost_webhooks(match, times=times, every=every, nth=nth, probability=probability, id=id))

    # ---- Time ----

    def clock(self) -> Clock:
        answer: Clock = self.control("GET", "/clock")
        return answer

    def advance(self, by: Duration) -> Advanced:
        """Lets time pass, and answers when everything that was due has happened, webhook attempts over the wire included.

        "0s" lets happen what is due now. Needs a virtual clock (`not_virtual`).
        """
        answer: Advanced = self.control("POST", "/clock/advance", {"by": _duration("advance", by)})
        return answer

    def advance_to(self, time: Time) -> Advanced:
        """The same, up to a time. `invalid_body` if that is in the past."""
        answer: Advanced = self.control("POST", "/clock/advance", {"to": _time(time)})
        return answer

    def until_idle(self, limit: Optional[Duration] = None) -> Advanced:
        """Lets time pass until nothing is due any more: all webhooks are delivered, or given up.

        Runs of syncs that come again and again are not waited for. On the system clock, waits until no webhook is due or in flight.
        `limit`: no further than this.
        """
        body = {} if limit is None else {"limit": _duration("until_idle", limit)}
        answer: Advanced = self.control("POST", "/clock/run-until-idle", body)
        return answer

    # ---- What happened ----

    def deliveries(
        self, *, stream: Optional[StreamName] = None, state: Optional[str] = None, limit: Optional[int] = None, **filters: Any
    ) -> List[Delivery]:
        """The webhooks, oldest first; 1,000 at most unless there is a `limit`, which gives the newest so many."""
        where = _narrowed(stream, state=state, limit=limit, **filters)
        answer: List[Delivery] = self.control("GET", f"/deliveries{where}")["deliveries"]
        return answer

    def delivery(self, id: str) -> DeliveryDetail:
        """One of them, with its body and headers."""
        answer: DeliveryDetail = self.control("GET", path_of("deliveries", id))
        return answer

    def resend(self, id: str) -> None:
        """Sends one again: same body, same id. `delivery_in_progress` while an attempt is due or under way."""
        self.control("POST", f"{path_of('deliveries', id)}/resend")

    def requests(self, *, stream: Optional[StreamName] = None, limit: Optional[int] = None, **filters: Any) -> List[JournalEntry]:
        """What callers of the API asked and got, oldest first; the last 10,000 are kept."""
        answer: List[JournalEntry] = self.control("GET", f"/requests{_narrowed(stream, limit=limit, **filters)}")["requests"]
        return answer

    def advisories(self) -> List[Advisory]:
        """What looks wrong in how the API is used, though nothing has failed yet."""
        answer: List[Advisory] = self.control("GET", "/advisories")["advisories"]
        return answer

    def logs(self, *, stream: Optional[StreamName] = None, **filters: Any) -> List[Dict[str, Any]]:
        """What the system did, newest first: kind, level, outcome, text, limit… (docs/logs.md)."""
        answer: List[Dict[str, Any]] = self.control("GET", f"/logs{_narrowed(stream, **filters)}")["logs"]
        return answer

    # ---- States ----

    def reset(self) -> None:
        """A fresh world: as it was at the start, records, settings, faults, clock and all. Takes about a millisecond. Snapshots stay."""
        self.control("POST", "/reset")

    def snapshot(self, name: Optional[str] = None) -> str:
        """Keeps everything under a name; without one, under a new one. Answers the name."""
        if name is None:
            self._snapshots += 1
            name = f"snapshot-{self._snapshots}"
        self.control("POST", path_of("snapshots", name))
        return name

    def restore(self, name: str) -> None:
        """Back to it: records, deliveries, faults, the virtual clock."""
        self.control("POST", f"{path_of('snapshots', name)}/restore")

    def snapshots(self) -> List[Snapshot]:
        """Those that there are."""
        answer: List[Snapshot] = self.control("GET", "/snapshots")["snapshots"]
        return answer

    def world(self) -> Dict[str, Any]:
        """The world as a world file, keys included."""
        answer: Dict[str, Any] = self.control("GET", "/world")
        return answer

    def put_world(self, world: Mapping[str, Any]) -> None:
        """Another world, to which reset() goes back from now on. Nothing changes if it has a mistake. The clock stays."""
        self.control("PUT", "/world", dict(world))

    def environment(self) -> Dict[str, Any]:
        """The settings of the (first) environment."""
        answer: Dict[str, Any] = self.control("GET", "/environment")
        return answer

    def patch_environment(self, **changes: Any) -> Dict[str, Any]:
        """Changes some of them: `webhook_urls=["http://127.0.0.1:8080/webhooks"]`, `retry={"attempts": 3}`, `rate_limit=None`."""
        answer: Dict[str, Any] = self.control("PATCH", "/environment", changes)
        return answer

    # ---- The rest ----

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Any other call of the control API: `control("GET", "/schedules")`. A body that is a str is sent as it is.

        Answers parsed JSON, or text, or None.
        """
        return self._control.call(method, path, body)

    def close(self) -> None:
        """Ends it, and waits for that. May be called twice."""
        self._child.close()
        self._control.close()

    def __enter__(self) -> Simulator:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()


def _narrowed(stream: Optional[StreamName], **filters: Any) -> str:
    """A stream among the filters is its parts."""
    return query_of({**({} if stream is None else stream_parts(stream)), **filters})


def _duration(method: str, duration: Any) -> str:
    if isinstance(duration, datetime.timedelta):
        return f"{duration // datetime.timedelta(microseconds=1)}us"
    if isinstance(duration, str):
        return duration
    raise invalid_options(f"{method}: {duration!r} is no duration; expected a number and a unit, as in '5m' or '100ms', or a timedelta")


def _time(time: Optional[Time]) -> Optional[str]:
    if isinstance(time, datetime.datetime):
        if time.tzinfo is None:
            raise invalid_options(f"{time.isoformat()} has no time zone; expected one, as in datetime(2024, 1, 1, tzinfo=timezone.utc)")
        return time.isoformat()
    return time
