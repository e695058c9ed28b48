"""RawConnection: one keep-alive connection on a plain socket, so that only what the kernel and the server do is timed."""
from __future__ import annotations

import socket
import time

BUFFER_BYTES = 1 << 16


class RawConnection:
    def __init__(self, port: int, no_delay: bool = False):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        # Off by default: most clients leave it off, and it is with them that a server's mistakes cost 40 ms.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, int(no_delay))
        self.buffer = bytearray(BUFFER_BYTES)

    def __enter__(self) -> "RawConnection":
        return self

    def __exit__(self, *raised) -> None:
        self.socket.close()

    def ask(self, *pieces: bytes) -> tuple[int, float]:
        """Sends a request, each piece by a call of its own; its status, and the seconds until the answer's last byte."""
        began = time.perf_counter()
        for piece in pieces:
            self.socket.sendall(piece)
        status = self._read_answer()
        return status, time.perf_counter() - began

    def _read_answer(self) -> int:
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._receive()
        head, _, body = head.partition(b"\r\n\r\n")
        length = _content_length(head)
        got = len(body)
        while got < length:
            got += len(self._receive())
        return int(head.split(b" ", 2)[1])

    def _receive(self) -> memoryview:
        count = self.socket.recv_into(self.buffer)
        if count == 0:
            raise ConnectionError("the server closed a keep-alive connection")
        return memoryview(self.buffer)[:count]


def request_bytes(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[bytes, bytes]:
    """Head and body of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode(), body


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    raise ValueError(f"an answer without Content-Length: {head!r}")
