from __future__ import annotations

from typing import Any, Dict, List, Optional


class SimulatorError(Exception):
    """The only kind of error that this package throws. Its message says what to do.

    `code` is what a program decides by. The control API's own, such as `invalid_body`, `not_found`, `not_virtual`,
    `delivery_in_progress`; or one of these:

    - `program_not_found`: the program is nowhere
    - `start_failed`: it ended before it served, or cannot be run; the message has what it said
    - `not_ready`: it did not serve within `ready_within` seconds
    - `closed`: close() was called
    - `ended`: it ended by itself
    - `network_error`: no whole answer came, though it runs
    - `http_error`: an answer without a code
    - `invalid_options`: nothing was sent, since the arguments cannot be right

    `status` is the status over HTTP, None when there is no answer. `errors` is all that is wrong with what was sent, one by one, each with
    its `code`, `message` and `path`.
    """

    def __init__(self, message: str, *, code: str, status: Optional[int] = None, errors: Optional[List[Dict[str, Any]]] = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.errors = errors or []


def invalid_options(message: str) -> SimulatorError:
    return SimulatorError(message, code="invalid_options")
