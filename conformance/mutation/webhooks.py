"""Small changes to webhooks: which there are, found in those that were recorded, and how one is made.

What a webhook says is changed before it is signed, as by a server that is mistaken: a signature that does not fit would be all that is noticed.
"""
import base64
import collections
import dataclasses
import hashlib
import hmac
import json
import re

import answers
from answers import Mutant, Place

OPERATORS = {
    "delivery": ("lost", "doubled", "as-put", "elsewhere"),
    "bytes": ("members-reversed", "spaced", "spaced-when-signed"),
    "signature": ("left-out", "another", "a-letter-more", "upper-case", "prefixed", "in-base64", "without-a-key"),
    "delivery-id": ("left-out", "new-for-each-attempt", "always-the-same"),
    "attempt": ("left-out", "one-more", "one-less", "always-one"),
    "type": ("left-out", "another"),
}
HEADERS = {"content-type": "type", "webhook-signature": "signature", "webhook-timestamp": "type", "webhook-id": "delivery-id"}
OWN_HEADERS = {"hmac-sha256": "signature", "signature": "signature", "delivery": "delivery-id", "attempt": "attempt"}  # X-Terapi-, X-Nango-


def route_of(body):
    """'webhook sync', 'webhook failed sync', 'webhook auth'…"""
    try:
        event = json.loads(body)
        return f"webhook {'failed ' if event.get('success') is False else ''}{event.get('type', '')}"
    except (ValueError, AttributeError):
        return "webhook"


def _headers(request):
    """{name in lower case: kind} of those that may be changed."""
    found = {}
    for name in (name.lower() for name, _ in request.headers):
        own = name.removeprefix("x-terapi-").removeprefix("x-nango-")
        kind = HEADERS.get(name) or (OWN_HEADERS.get(own) if own != name else None)
        if kind:
            found[name] = kind
    return found


def find(recorded):
    """The mutants of the requests that were recorded."""
    places = collections.OrderedDict()
    for request in recorded:
        route = route_of(request.body)
        known = [Place(route, None, (), "delivery"), Place(route, None, (), "bytes")]
        known += [Place(route, None, (name,), kind) for name, kind in _headers(request).items()]
        try:
            known += [Place(route, None, *each) for each in answers.ways(json.loads(request.body))]
        except ValueError:
            pass
        for place in known:
            those = places.setdefault(place, [])
            if len(those) < answers.ENOUGH:
                those.append(request)
    found = [Mutant(place, operator) for place in places for operator in OPERATORS.get(place.kind) or answers.OPERATORS[place.kind]]
    return [mutant for mutant in found if mutant.place.kind == "bytes" or any(change(mutant, request, ()) != [request] for request in places[mutant.place])]


def change(mutant, request, keys):
    """The requests that come in its place; `keys` are those that a signature may be made with."""
    place, operator = mutant.place, mutant.operator
    if route_of(request.body) != place.route:
        return [request]
    if place.kind == "delivery":
        return {"lost": [], "doubled": [request, request], "as-put": [dataclasses.replace(request, method="PUT")],
                "elsewhere": [dataclasses.replace(request, path=request.path + "/elsewhere")]}[operator]
    if place.kind == "bytes":
        return [_with_bytes(operator, request, keys)]
    if place.kind in OPERATORS:
        return [_with_header(mutant, request)]
    value = json.loads(request.body)
    if any(way == place.path and kind == place.kind for way, kind in answers.ways(value)):
        return [_signed_anew(request, answers.dumped(answers.changed(value, mutant)), keys)]
    return [request]


def _with_bytes(operator, request, keys):
    value = json.loads(request.body)
    if operator == "members-reversed":
        return _signed_anew(request, answers.dumped(dict(reversed(value.items()))), keys)
    spaced = json.dumps(value, ensure_ascii=False).encode()
    if operator == "spaced":
        return _signed_anew(request, spaced, keys)
    return dataclasses.replace(_signed_anew(request, spaced, keys), body=request.body)


def _with_header(mutant, request):
    name = mutant.place.path[0]
    headers = []
    for each, value in request.headers:
        new = _header(mutant.operator, value, request) if each.lower() == name else value
        if new is not None:
            headers.append((each, new))
    return dataclasses.replace(request, headers=headers)


def _header(operator, value, request):
    """The header's new value; None: it is left out."""
    attempt = next((text for name, text in request.headers if name.lower().endswith("-attempt")), "1")
    return {
        "left-out": lambda: None,
        "another": lambda: "another",
        "a-letter-more": lambda: value + "0",
        "upper-case": value.upper,
        "prefixed": lambda: f"sha256={value}",
        "in-base64": lambda: base64.b64encode(bytes.fromhex(value)).decode() if len(value) == 64 else value,
        "without-a-key": lambda: hashlib.sha256(request.body).hexdigest(),
        "new-for-each-attempt": lambda: f"{value}-{attempt}",
        "always-the-same": lambda: "one-for-all",
        "one-more": lambda: str(int(value) + 1),
        "one-less": lambda: str(int(value) - 1),
        "always-one": lambda: "1",
    }[operator]()


def _signed_anew(request, body, keys):
    """With another body, and each signature that one of the keys made made again."""
    headers = [(name, _made_again(value, request, body, keys) if _headers(request).get(name.lower()) == "signature" else value)
               for name, value in request.headers]
    return dataclasses.replace(request, headers=headers, body=body)


def _made_again(value, request, body, keys):
    told = {name.lower(): text for name, text in request.headers}

    def again(found):
        for key in keys:
            for sign in (_hmac, _legacy, _standard):
                if sign(key, request.body, told) == found[0]:
                    return sign(key, body, told)
        return found[0]

    return re.sub("v1,[^ ]+|[0-9a-f]{64}", again, value)


def _hmac(key, body, _):
    return hmac.new(key.encode(), body, "sha256").hexdigest()


def _legacy(key, body, _):
    return hashlib.sha256(key.encode() + body).hexdigest()


def _standard(key, body, told):
    """Standard Webhooks: of the id, the time and the body."""
    try:
        secret = base64.b64decode(key.removeprefix("whsec_"), validate=True)
    except ValueError:
        return None
    signed = f"{told.get('webhook-id')}.{told.get('webhook-timestamp')}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, "sha256").digest()).decode()
