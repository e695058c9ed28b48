"""Small changes to a server's answers: which there are, found in answers that were recorded, and how one is made."""
import collections
import dataclasses
import hashlib
import json
import re
from typing import Optional

METADATA = ("_terapi_metadata", "_nango_metadata")
WORDS = {"records", "connection", "connections", "integrations", "sync", "syncs", "action", "metadata", "prune", "trigger", "start", "pause",
         "status", "update-connection-frequency", "variant", "environment-variables", "providers"}
# What a request says, each of which a server may get wrong alone.
CONDITIONS = ("cursor", "modified_after", "filter", "variant", "ids", "limit")
TIMESTAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?")
OTHER = {"INITIAL": "INCREMENTAL", "INCREMENTAL": "INITIAL"}  # more of a mistake than what is none of them
HEADERS = ("content-type", "retry-after", "allow", "etag", "cache-control", "www-authenticate")


@dataclasses.dataclass(frozen=True)
class Place:
    """Where in an answer: of which requests, which status, and the way through the body; () is the body itself. In a webhook the same, without a status."""
    route: str      # "GET /records"; of all that is refused with one status the same; "webhook sync"
    status: Optional[int]
    path: tuple     # keys; "[]" for each item, "*" for each member of a payload
    kind: str       # what was there: a type of JSON, "timestamp", or "header", "status"

    def __str__(self):
        of = self.route if self.status is None else f"{self.route} {self.status}"
        return f"{of} {'.'.join(self.path) or self.kind}"


@dataclasses.dataclass(frozen=True)
class Mutant:
    place: Place
    operator: str
    condition: str = ""  # only where the request's query has it

    @property
    def id(self):
        text = f"{self.place}:{self.place.kind}:{self.operator}:{self.condition}"
        name = (self.place.path[-1] if self.place.path else self.place.kind).strip("[]*_") or "each"
        return f"{name}:{self.operator}:{hashlib.sha256(text.encode()).hexdigest()[:6]}"

    def __str__(self):
        return f"{self.place}: {self.operator}" + (f", where it asks with {self.condition}" if self.condition else "")


def fits(glob, text):
    """`*` stands for anything and `?` for one character; brackets for themselves, for there are many in places."""
    return re.fullmatch(re.escape(glob).replace(r"\*", ".*").replace(r"\?", "."), text, re.DOTALL) is not None


def route_of(method, path, status):
    if status >= 400:
        return "refused"
    parts = path.strip("/").split("/")
    return f"{method} /" + "/".join(part if part in WORDS else "{}" for part in parts)


def _kind(value):
    if isinstance(value, str):
        return "timestamp" if TIMESTAMP.match(value) else "string"
    return {bool: "boolean", int: "integer", float: "number", type(None): "null", list: "array", dict: "object"}[type(value)]


def ways(value, way=(), payload=False):
    """(way, kind) of all that there is in a JSON value."""
    yield way, _kind(value)
    if isinstance(value, list):
        for item in value:
            yield from ways(item, way + ("[]",), bool(way) and way[-1] == "records")
    elif isinstance(value, dict):
        for key, member in value.items():
            own = payload and key != "id" and key not in METADATA
            yield from [(way + ("*",), _kind(member))] if own else ways(member, way + (key,))


ENOUGH = 20  # answers of a place, in which a change has to show

OPERATORS = {
    "object": ("left-out", "null", "emptied"),
    "array": ("left-out", "null", "emptied", "without-the-first", "without-the-last", "reversed", "last-doubled"),
    "string": ("left-out", "null", "a-letter-more", "emptied", "upper-case", "another"),
    "timestamp": ("left-out", "null", "a-microsecond-more", "cut-to-milliseconds", "another-zone", "another"),
    "integer": ("left-out", "null", "one-more", "one-less", "as-text"),
    "number": ("left-out", "null", "one-more", "as-text"),
    "boolean": ("left-out", "null", "negated", "as-text"),
    "null": ("left-out", "as-text"),
    "header": ("left-out", "another"),
    "status": ("success", "bad-request", "server-error"),
}


def find(recorded):
    """The mutants of what was recorded: a list of (route, queries, status, names of headers, body)."""
    places = collections.OrderedDict()  # and the answers that have each, some of them
    conditions = collections.defaultdict(set)
    for route, query, status, headers, body in recorded:
        known = [Place(route, status, (), "status")]
        known += [Place(route, status, (name,), "header") for name in HEADERS if name in headers]
        try:
            known += [Place(route, status, *each) for each in ways(json.loads(body))]
        except ValueError:
            pass
        for place in known:
            those = places.setdefault(place, [])
            if len(those) < ENOUGH:
                those.append((route, query, status, [(name, "") for name in headers], body))
            conditions[place] |= {name for name in CONDITIONS if name in query}
    found = []
    for place, those in places.items():
        for operator in OPERATORS[place.kind]:
            if all(_same(change(Mutant(place, operator), *answer), answer[2:]) for answer in those):
                continue
            found.append(Mutant(place, operator))
            if place.route == "GET /records" and place.status == 200 and place.kind not in ("header", "status"):
                found += [Mutant(place, operator, condition) for condition in CONDITIONS if condition in conditions[place]]
    return found


def _same(one, other):
    if one[:2] != other[:2]:
        return False
    try:
        return json.loads(one[2]) == json.loads(other[2])
    except ValueError:
        return one[2] == other[2]


def change(mutant, route, query, status, headers, body):
    """The answer (status, headers, body) with the change; headers are a list of pairs."""
    place = mutant.place
    names = {name.lower() for name, _ in headers}
    if route != place.route or status != place.status or (mutant.condition and mutant.condition not in query):
        return status, headers, body
    if place.kind == "status":
        return {"success": 200 if status != 200 else 201, "bad-request": 400 if status != 400 else 422, "server-error": 500}[mutant.operator], headers, body
    if place.kind == "header" and place.path[0] in names:
        kept = [pair for pair in headers if pair[0].lower() != place.path[0]]
        return status, kept if mutant.operator == "left-out" else [*kept, (place.path[0], "text/x-other" if place.path[0] == "content-type" else "7")], body
    try:
        value = json.loads(body)
    except ValueError:
        return status, headers, body
    return status, headers, dumped(changed(value, mutant))


def changed(value, mutant):
    """A JSON value with the change; it may be changed in place."""
    if not mutant.place.path:
        return _changed(value, mutant)
    _change_within(value, mutant.place.path, mutant)
    return value


def dumped(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


GONE = object()


def _change_within(value, way, mutant):
    key, rest = way[0], way[1:]
    if isinstance(value, list) and key == "[]":
        keys = range(len(value) - 1, -1, -1)
    elif isinstance(value, dict) and key == "*":
        keys = [name for name in value if name != "id" and name not in METADATA]
    elif isinstance(value, dict) and key in value:
        keys = [key]
    else:
        return
    for each in keys:
        if rest:
            _change_within(value[each], rest, mutant)
        elif _kind(value[each]) == mutant.place.kind:
            new = _changed(value[each], mutant)
            if new is GONE:
                del value[each]
            else:
                value[each] = new


def _changed(value, mutant):
    operator = mutant.operator
    if operator == "left-out":
        return GONE if mutant.place.path else None
    if operator == "null":
        return None
    if operator == "as-text":
        return json.dumps(value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value - 1 if operator == "one-less" else value + 1
    if isinstance(value, list):
        return {"emptied": [], "without-the-first": value[1:], "without-the-last": value[:-1], "reversed": value[::-1], "last-doubled": value + value[-1:]}[operator]
    if isinstance(value, dict):
        return {}
    return _changed_text(value, operator)


def _changed_text(text, operator):
    if operator == "a-letter-more":
        return text + "x"
    if operator == "upper-case":
        return text.upper()
    if operator == "another":
        return "2019-01-01T00:00:00.000000+00:00" if TIMESTAMP.match(text) else OTHER.get(text, "another")
    if operator == "cut-to-milliseconds":
        return re.sub(r"(\.\d{3})\d+", r"\1", text)
    if operator == "another-zone":
        return re.sub(r"(Z|[+-]\d\d:\d\d)$", "+01:00", text)
    if operator == "a-microsecond-more":
        return re.sub(r"\.(\d{6})", lambda found: f".{(int(found.group(1)) + 1) % 1000000:06d}", text)
    return ""
