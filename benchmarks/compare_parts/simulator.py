"""The simulator under measurement: started on a world, and its pages."""
from __future__ import annotations

import http.client
import json
import subprocess
import urllib.parse

from .bench import Bench, pinned, tool
from .server_process import ServerProcess, free_port
from .wrk import Target

KEY = "7f3d2a10-5c4e-4b8a-9d61-2e8f0c9b7a54"
INTEGRATION, CONNECTION, MODEL = "github", "demo", "Issue"
PAYLOAD_BYTES = 300
HEADERS = {"Authorization": f"Bearer {KEY}", "Provider-Config-Key": INTEGRATION, "Connection-Id": CONNECTION}
LARGEST_PAGE = 10_000


class Simulator:
    """Holds `generated` made-up records; started through `bench`, on its first core unless `pin` is false."""

    def __init__(self, bench: Bench, generated: int = 0, dialect: str = "terapi", pin: bool = True):
        self.dialect = dialect
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        world = bench.folder / f"world-{self.port}.json"
        world.write_text(json.dumps(_world(generated)))
        command = [bench.program("terapi-simulator"), "serve", "--port", str(self.port), "--world", str(world),
                   "--dialect", dialect, "--log-level", "warning", "--secret-key", KEY]
        log = bench.folder / f"simulator-{self.port}.log"
        self.server = bench.keep(ServerProcess(pinned(command, core=0) if pin else command, self.port, log))
        # The port listens before the world is loaded; the first answer comes when it is.
        self.page(limit=1)

    @property
    def metadata_key(self) -> str:
        return f"_{self.dialect}_metadata"

    def page_path(self, limit: int, cursor: str | None = None) -> str:
        query = {"model": MODEL, "limit": limit, **({"cursor": cursor} if cursor else {})}
        return f"/records?{urllib.parse.urlencode(query)}"

    def target(self, limit: int, cursor: str | None = None) -> Target:
        return Target(self.server, self.url + self.page_path(limit, cursor), HEADERS)

    def page(self, limit: int, cursor: str | None = None) -> dict:
        status, body = self.ask("GET", self.page_path(limit, cursor))
        if status != 200:
            raise RuntimeError(f"a page was answered with {status}: {body[:500]!r}")
        return json.loads(body)

    def page_bytes(self, limit: int) -> bytes:
        """The bytes of a page as curl gets them."""
        headers = [part for name, value in HEADERS.items() for part in ("-H", f"{name}: {value}")]
        return subprocess.run([tool("curl"), "-sS", "--fail", *headers, self.url + self.page_path(limit)],
                              stdout=subprocess.PIPE, timeout=60, check=True).stdout

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, body=text, headers={**HEADERS, "Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def cursor_before_last(self, count: int) -> str:
        """The cursor behind which just `count` records are left, at most LARGEST_PAGE of them."""
        cursors: list[str] = []
        cursor = None
        while True:
            page = self.page(LARGEST_PAGE, cursor)
            cursors += [record[self.metadata_key]["cursor"] for record in page["records"]]
            cursors = cursors[-2 * LARGEST_PAGE:]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        if len(cursors) <= count:
            raise RuntimeError(f"there are {len(cursors)} records, and so none before the last {count}")
        return cursors[-count - 1]


def _world(generated: int) -> dict:
    stream = {"connection": CONNECTION, "integration": INTEGRATION, "model": MODEL}
    fill = {**stream, "generate": {"count": generated, "bytes": PAYLOAD_BYTES}}
    return {"integrations": [{"id": INTEGRATION, "syncs": [{"name": "issues", "models": [MODEL]}]}],
            "connections": [{"id": CONNECTION, "integration": INTEGRATION}],
            "records": [fill] if generated else []}
