"""A backend for tests: answers webhooks, and keeps what came. It ends with its test."""

import json
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    def __init__(self, answer=lambda webhook: 204):
        self.webhooks = []
        webhooks = self.webhooks

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                webhook = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                webhooks.append(webhook)
                self.send_response(answer(webhook))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks"
        threading.Thread(target=self._server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01}).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    @classmethod
    def of(cls, case: unittest.TestCase, *arguments):
        receiver = cls(*arguments)
        case.addCleanup(receiver.close)
        return receiver
