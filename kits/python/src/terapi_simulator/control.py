"""The control API, over connections that are kept. Threads may call it at once."""

from __future__ import annotations

import http.client
import json
import os
import urllib.parse
import weakref
from collections import deque
from typing import Any, Deque, Mapping, Optional, Tuple

from .child import Child
from .simulator_error import SimulatorError, invalid_options


class Control:
    def __init__(self, url: str, child: Child) -> None:
        self._address = urllib.parse.urlsplit(url).netloc
        self._child = child
        self._owner = os.getpid()
        self._idle: Deque[http.client.HTTPConnection] = deque()
        self._finalizer = weakref.finalize(self, _close_all, self._idle)

    def call(self, method: str, where: str, body: Any = None) -> Any:
        """What is answered: parsed if it is JSON, else text; None if it is empty. A body is JSON, unless it is a str."""
        if not where.startswith("/"):
            raise invalid_options(f"{method} {where}: expected a path that begins with /, as in /faults")
        gone = self._child.gone()
        if gone:
            raise gone
        status, kind, text = self._ask(method, where, body)
        value = _parsed(text) if kind.startswith("application/json") else text
        if status < 400:
            return None if value == "" else value
        raise _refusal(f"{method} /_simulator{where}", status, value)

    def _ask(self, method: str, where: str, body: Any) -> Tuple[int, str, str]:
        if os.getpid() != self._owner:  # forked: those are the other process's
            self._owner = os.getpid()
            _close_all(self._idle)
        connection = self._connection()
        while True:
            kept = connection is not None
            connection = connection or http.client.HTTPConnection(self._address)
            try:
                return self._send(connection, method, where, body)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                connection = None
                # Closed while nobody used it: the request never arrived.
                if kept and isinstance(error, ConnectionError):
                    continue
                gone = self._child.gone_soon()
                if gone:
                    raise gone from error
                raise SimulatorError(f"{method} /_simulator{where}: {error or type(error).__name__}", code="network_error") from error

    def _connection(self) -> Optional[http.client.HTTPConnection]:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _send(self, connection: http.client.HTTPConnection, method: str, where: str, body: Any) -> Tuple[int, str, str]:
        headers = {}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/x-ndjson" if isinstance(body, str) else "application/json"
            data = (body if isinstance(body, str) else _written(body)).encode()
        connection.request(method, f"/_simulator{where}", data, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        if not answer.will_close:
            self._idle.append(connection)
        return answer.status, answer.headers.get("Content-Type", ""), text

    def close(self) -> None:
        self._finalizer()


def _close_all(connections: Deque[http.client.HTTPConnection]) -> None:
    while connections:
        connections.pop().close()


def _written(body: Any) -> str:
    try:
        return json.dumps(body)
    except (TypeError, ValueError) as error:
        raise invalid_options(f"what is sent has to be JSON: {error}") from error


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _refusal(what: str, status: int, value: Any) -> SimulatorError:
    error = value.get("error", {}) if isinstance(value, dict) else {}
    code, errors = error.get("code", "http_error"), error.get("errors", [])
    why = "; ".join(issue["message"] for issue in errors) or error.get("message") or str(value)
    return SimulatorError(f"{what}: {status} {code}: {why}", code=code, status=status, errors=errors)


def query_of(parameters: Mapping[str, Any]) -> str:
    """ "?state=failed&limit=3", without what is None; "" if all is."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"?{urllib.parse.urlencode(given)}" if given else ""


def path_of(*parts: str) -> str:
    """ "/faults/a%2Fb" of "faults" and "a/b"."""
    return "".join(f"/{urllib.parse.quote(part, safe='')}" for part in parts)
