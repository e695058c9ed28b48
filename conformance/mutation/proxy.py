"""Proxy: stands between two programs on this machine and passes on what one asks the other; what is noted or changed on the way is its kind's affair."""
import dataclasses
import http.client
import http.server
import threading
from typing import Optional

MOST = 64 << 20  # bytes of a request
OF_ONE_CONNECTION = {"connection", "transfer-encoding", "keep-alive", "content-length"}


@dataclasses.dataclass(frozen=True)
class Request:
    method: str
    path: str        # with its query
    headers: list    # pairs
    body: bytes


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    headers: list    # pairs
    body: bytes
    reason: Optional[str] = None
    length: Optional[str] = None  # what a HEAD is told


class Proxy:
    """Serves on a free port of 127.0.0.1 for as long as it is used as a context. A kind of its own answers a Request in `exchange`."""

    def __init__(self):
        proxy = self

        class Handler(_Handler):
            owner = proxy

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def exchange(self, request, onward):
        """The Answer to it. `onward(host, port, request)` is the other side's."""
        raise NotImplementedError


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # either side has hung up, and so does this one


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def setup(self):
        super().setup()
        self.connections = {}

    def finish(self):
        for each in self.connections.values():
            each.close()
        super().finish()

    def onward(self, host, port, request):
        at = self.connections.setdefault((host, port), http.client.HTTPConnection(host, port, timeout=60))
        at.request(request.method, request.path, request.body or None, dict(request.headers))
        answer = at.getresponse()
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in OF_ONE_CONNECTION]
        return Answer(answer.status, headers, answer.read(), answer.reason, answer.getheader("Content-Length"))

    def pass_on(self):
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > MOST:
            self.close_connection = True
            return self.send_error(413)
        body = self.rfile.read(int(length))
        headers = [(name, value) for name, value in self.headers.items() if name.lower() not in OF_ONE_CONNECTION]
        answer = self.owner.exchange(Request(self.command, self.path, headers, body), self.onward)
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.headers:
            self.send_header(name, value)
        length = answer.length if self.command == "HEAD" else str(len(answer.body))
        if length is not None and answer.status not in (204, 304):
            self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.pass_on
        raise AttributeError(name)
