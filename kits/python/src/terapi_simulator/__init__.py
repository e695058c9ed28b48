"""A local Terapi for tests.

    from terapi_simulator import start_simulator

    with start_simulator(webhook_url="http://127.0.0.1:8080/webhooks") as terapi:
        terapi.lose_webhooks(times=1)
        terapi.save("github/demo/Issue", {"id": "1", "title": "nobody hears of it"})
        terapi.until_idle()

With pytest there is a fixture, `terapi`. Everything that is thrown is a SimulatorError. Answers are the control API's own
(docs/control-api.md), as dicts; `terapi_simulator.types` says what is in them.
"""

from .faults import Fault, Faults
from .program import find_program
from .simulator import Simulator, start_simulator
from .simulator_error import SimulatorError
from .stream import Stream
from .version import __version__

__all__ = ["Fault", "Faults", "Simulator", "SimulatorError", "Stream", "__version__", "find_program", "start_simulator"]
