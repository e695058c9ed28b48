"""The pytest fixture `terapi`: a simulator for the session, with a fresh world for each test.

    def test_something(terapi):
        terapi.save("github/demo/Issue", {"id": "1", "title": "new"})

What it is started with, say so in conftest.py (the arguments of start_simulator):

    @pytest.fixture(scope="session")
    def terapi_options():
        return {"world": "tests/world.json"}

Each worker of pytest-xdist has its own.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator

import pytest

from .simulator import Simulator, start_simulator


@pytest.fixture(scope="session")
def terapi_options() -> Dict[str, Any]:
    """What the simulator of the session is started with: the arguments of start_simulator()."""
    return {}


@pytest.fixture(scope="session")
def terapi_simulator(terapi_options: Dict[str, Any]) -> Iterator[Simulator]:
    """The simulator of the session, as the tests before have left it."""
    with start_simulator(**terapi_options) as simulator:
        yield simulator


@pytest.fixture
def terapi(terapi_simulator: Simulator) -> Simulator:
    """The simulator of the session, with a fresh world."""
    terapi_simulator.reset()
    return terapi_simulator
