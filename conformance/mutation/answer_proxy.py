"""AnswerProxy: stands before a server, notes its answers, and changes each as a mutant says."""
import http.client
import http.server
import threading
import urllib.parse

import answers

MOST = 64 << 20  # bytes of a request
OF_ONE_CONNECTION = {"connection", "transfer-encoding", "keep-alive", "content-length"}


class AnswerProxy:
    """Serves on a free port of 127.0.0.1 for as long as it is used as a context. `mutant` may be None, and be changed between runs."""

    def __init__(self, host, port):
        self.mutant = None
        self.notes = None  # a list that answers are added to: see answers.find
        proxy = self

        class Handler(_Handler):
            upstream = (host, port)
            owner = proxy

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # whoever asked has hung up


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def setup(self):
        super().setup()
        self.connection_on = http.client.HTTPConnection(*self.upstream, timeout=60)

    def finish(self):
        self.connection_on.close()
        super().finish()

    def pass_on(self):
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > MOST:
            self.close_connection = True
            return self.send_error(413)
        body = self.rfile.read(int(length))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in OF_ONE_CONNECTION}
        self.connection_on.request(self.command, self.path, body or None, headers)
        answer = self.connection_on.getresponse()
        said = answer.read()
        split = urllib.parse.urlsplit(self.path)
        about = (self.command, split.path, urllib.parse.parse_qs(split.query, keep_blank_values=True))
        listed = [(name, value) for name, value in answer.getheaders() if name.lower() not in OF_ONE_CONNECTION]
        if self.owner.notes is not None:
            self.owner.notes.append((*about, answer.status, {name.lower() for name, _ in listed}, said))
        status = answer.status
        if self.owner.mutant is not None:
            status, listed, said = answers.change(self.owner.mutant, *about, status, listed, said)
        self.send_response_only(status, answer.reason if status == answer.status else None)
        for name, value in listed:
            self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(said))
        if length is not None and status not in (204, 304):
            self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.pass_on
        raise AttributeError(name)
