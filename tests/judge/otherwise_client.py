#!/usr/bin/env python3
"""A right client that chooses otherwise: the Python example client, with everything that the contract leaves open
drawn from the seed in CLIENT_SEED. What it draws, and what leaves that open: docs/conformance.md.

    CLIENT_SEED=17 otherwise_client.py            as conformance/examples/python/client.py
    CLIENT_SEED=17 otherwise_client.py dump
    CLIENT_SEED=17 otherwise_client.py choices    says what the seed has drawn, and ends
"""
import contextlib
import http.client
import importlib.util
import json
import math
import os
import pathlib
import random
import sys
import threading
import time
import zlib
from urllib.parse import quote

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "conformance" / "examples" / "python" / "client.py"
FEWEST_OF_TOLD = 20  # a page is never smaller than this part of the size that it was told: a backlog has an end
USUAL = 100  # what a scenario without a limit of its own tells


def load_example():
    named = importlib.util.spec_from_file_location("client", EXAMPLE)
    module = importlib.util.module_from_spec(named)
    named.loader.exec_module(module)
    return module


client = load_example()
SEED = os.environ.get("CLIENT_SEED", "1")
chance = random.Random(f"{SEED} {os.getpid()} {time.time_ns()}")  # of single requests: never twice the same


def drawn(what):
    """Of each choice its own, so that one more choice changes none of the others."""
    return random.Random(f"{SEED} {what}")


def page_size():
    told = int(client.LIMIT)
    any_size = int(math.exp(drawn("size").uniform(0, math.log(1000))))
    size = drawn("page size").choice([told, None, 1000, any_size, any_size, told + 1, max(1, told - 1), 1])
    return size and max(1, size, told // FEWEST_OF_TOLD if told > USUAL else 1)


class Choices:
    """One for a process, and the same after each restart."""

    def __init__(self):
        # Requests
        self.limit = page_size()
        self.heads = drawn("HEAD").choice([0, 0, 0.3, 1])  # how often a page is looked at by HEAD before GET
        self.connections = drawn("connections").choice(["each request its own", "one a stream", "one for all"])
        self.asks_again_at_once = drawn("reused").random() < 0.5  # when a kept connection turns out to be closed
        self.scheme = drawn("scheme").choice(["Bearer", "bearer", "BEARER", "bEaReR"])
        self.path = drawn("path").choice(["/records", "/records", "/records/"])
        self.names_variant = drawn("variant").random() < 0.5
        self.spells_out = drawn("escapes").choice([0, 0, 0.3, 1])  # how many characters are escaped needlessly
        self.case = drawn("case").choice([str, str.lower, str.upper, str.title])
        self.takes_gzip = drawn("gzip").random() < 0.4
        self.agent = drawn("agent").choice(["terapi-example-client", "curl/8.4.0", "Mozilla/5.0 (X11)", "x"])
        self.silence = drawn("silence").choice([1.2, 3, 10, 30, 60])  # seconds until an answer is given up
        # Walks
        self.asks_after_the_last_record = drawn("next").random() < 0.5  # CUR-4: next_cursor is that cursor
        self.rows_of_a_transaction = drawn("transaction").choice([None, None, 1, 7])
        self.poll = drawn("poll").choice([(1, 1), (0.5, 1), (0.1, 0.9)])  # parts of the interval; CLIENT-3: at most one
        self.first_look = drawn("first look").choice([0, 0, drawn("first").uniform(0, 2)])
        self.looks = drawn("looks").choice([[], [1, 3, 10], [0.2, 0.5, 1, 2, 4, 8], [2]])  # after a webhook
        self.gathers = drawn("gathers").choice([0, 0.1, 0.4])
        # Trouble
        self.floor = drawn("floor").uniform(0.1, 0.5)
        self.factor = drawn("factor").uniform(1.5, 3)
        self.longest = drawn("longest").uniform(2, 6)
        self.jitter = drawn("jitter").choice([(0.5, 1), (0.9, 1.1), (0, 1)])
        self.exits = drawn("exits").choice([None, 1, 2, 78])  # with that status, or stays there doing nothing
        # Webhooks
        self.accepts = drawn("accepts").choice([200, 201, 202, 204])
        self.says = drawn("says").choice([b"", b"ok", b'{"received":true}', b"<p>thanks</p>" * 500])
        self.protocol = drawn("protocol").choice(["HTTP/1.0", "HTTP/1.1"])
        self.thinks = drawn("thinks").choice([0, 0, 0.2])  # seconds before a webhook is answered
        self.queue = drawn("queue").choice([5, 256])  # connections that wait to be accepted
        self.listens_after = drawn("listens").choice([0, 0, 0.5])
        # The dump
        self.tells_deleted = drawn("deleted").random() < 0.5
        self.adds_members = drawn("members").random() < 0.5
        self.order_of_lines = drawn("lines").choice(["as stored", "backwards", "any"])


choose = Choices()


# ---- A fetch ----

class Line:
    """A connection, or none yet."""

    def __init__(self):
        self.lock = threading.Lock()
        self.api = None

    def close(self):
        if self.api:
            self.api.close()
        self.api = None

    def ask(self, method, path, headers):
        reused = self.api is not None
        try:
            return self.ask_once(method, path, headers)
        except (ConnectionError, http.client.RemoteDisconnected):
            # RFC 9110, 9.2.2: the server may have closed a kept connection at any moment, and GET may be sent again.
            if not reused or not choose.asks_again_at_once:
                raise
            return self.ask_once(method, path, headers)

    def ask_once(self, method, path, headers):
        try:
            if self.api is None:
                connect = (http.client.HTTPSConnection if client.BASE.scheme == "https"
                           else http.client.HTTPConnection)
                self.api = connect(client.BASE.hostname, client.BASE.port, timeout=choose.silence)
            self.api.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers:
                self.api.putheader(name, value)
            self.api.endheaders()
            answer = self.api.getresponse()
            body = client.read_body(answer)
            answer.read()  # nothing more: http.client takes an answer for read only when it was asked past its end
        except BaseException:
            self.close()
            raise
        if answer.will_close or choose.connections == "each request its own":
            self.close()
        return answer, body


lines = {}
lines_lock = threading.Lock()


def line_of(keys):
    name = {"one a stream": tuple(keys), "one for all": ""}.get(choose.connections, threading.get_ident())
    with lines_lock:
        return lines.setdefault(name, Line())


def escaped(text):
    return "".join(f"%{ord(c):02x}" if c.isascii() and chance.random() < choose.spells_out else quote(c, safe="")
                   for c in text)


def target(model, asked):
    query = [("model", model)]
    if choose.limit:
        query.append(("limit", str(choose.limit)))
    if asked:
        query.append(("cursor", asked))
    if choose.names_variant:
        query.append(("variant", "base"))
    chance.shuffle(query)
    path = client.BASE.path.rstrip("/") + choose.path
    return path + "?" + "&".join(f"{name}={escaped(value)}" for name, value in query)


def headers_for(integration, connection):
    headers = [
        ("Host", client.BASE.netloc),
        ("Authorization", f"{choose.scheme} {client.KEY}"),
        ("User-Agent", choose.agent),
        ("Provider-Config-Key", integration.encode()),
        ("Connection-Id", connection.encode()),
        ("Accept-Encoding", "gzip" if choose.takes_gzip else "identity"),
        ("Accept", "application/json"),
    ]
    chance.shuffle(headers)
    return [(choose.case(name), value) for name, value in headers]


def unpacked(answer, body):
    if answer.headers.get("Content-Encoding", "identity").lower() != "gzip" or not choose.takes_gzip:
        return bytes(body)
    gzip = zlib.decompressobj(31)
    try:
        text = gzip.decompress(bytes(body), client.MAX_PAGE)
    except zlib.error as why:
        raise client.Retry(f"the body is no gzip: {why}") from why
    if not gzip.eof:
        raise client.Retry("the body is cut short, or too large")
    return text


def fetch(keys, asked):
    integration, connection, model = keys
    line = line_of(keys)
    with line.lock:
        if chance.random() < choose.heads:
            answer, _ = line.ask("HEAD", target(model, asked), headers_for(integration, connection))
            if answer.status not in (200, 400):  # of a 400 the body says whether it heals
                raise client.refusal(answer, "(HEAD)", asked)
        answer, body = line.ask("GET", target(model, asked), headers_for(integration, connection))
    if answer.status == 200:
        return client.read_page(unpacked(answer, body).decode())
    raise client.refusal(answer, body[:300].decode("utf-8", "replace"), asked)


def read_page(text):
    rows, poison, following = read_page_as_the_example(text)
    if choose.asks_after_the_last_record and rows and following is not None:
        following = rows[-1]["cursor"]
    return rows, poison, following


def store(db, stream, old_cursor, rows):
    """A page, or some of its records at a time, each time with the cursor of the last of them (CLIENT-1)."""
    step = choose.rows_of_a_transaction or len(rows)
    for first in range(0, len(rows), step):
        some = rows[first:first + step]
        store_as_the_example(db, stream, old_cursor, some)
        old_cursor = some[-1]["cursor"]


read_page_as_the_example, store_as_the_example = client.read_page, client.store
client.fetch, client.read_page, client.store = fetch, read_page, store


# ---- A stream ----

class Stream(client.Stream):
    stopped = 0

    def run(self):
        time.sleep(min(choose.first_look, client.POLL))
        super().run()
        with lines_lock:
            Stream.stopped += 1
            none_left = Stream.stopped == len(client.STREAMS)
        if choose.exits and (none_left or self.refused):
            os._exit(choose.exits)

    refused = False  # the key: that concerns all streams

    def catch_up(self):
        try:
            super().catch_up()
        except client.Stop as why:
            self.refused = "answered 401" in str(why)
            raise

    def back_off(self, at_least):
        self.failures = min(self.failures + 1, 20)
        delay = min(choose.longest, choose.floor * choose.factor**self.failures) * chance.uniform(*choose.jitter)
        time.sleep(min(86400, max(at_least, choose.floor, delay)))

    def rest(self):
        interval = client.POLL * chance.uniform(*choose.poll)
        look = min(self.looks.pop(0), interval) if self.looks else interval
        if self.hinted.wait(look):
            time.sleep(choose.gathers)
            self.hinted.clear()
            self.looks = list(choose.looks)


# ---- Webhooks ----

class Webhooks(client.Webhooks):
    protocol_version = choose.protocol
    accepted = False

    def send_response(self, code, message=None):
        if code != 200:
            return super().send_response(code, message)
        time.sleep(choose.thinks)
        super().send_response(choose.accepts, message)
        self.accepted = True
        return None

    def end_headers(self):
        if not self.accepted:
            return super().end_headers()
        self.accepted = False
        says = b"" if choose.accepts == 204 else choose.says
        if choose.accepts != 204:
            self.send_header(choose.case("Content-Length"), str(len(says)))
        super().end_headers()
        self.wfile.write(says)
        return None


# ---- The dump ----

def dump():
    lines_dumped = []

    class Kept:
        @staticmethod
        def write(text):
            lines_dumped.extend(line for line in text.split("\n") if line)

        @staticmethod
        def flush():
            pass

    with contextlib.redirect_stdout(Kept()):
        client.dump()
    if choose.order_of_lines == "backwards":
        lines_dumped.reverse()
    elif choose.order_of_lines == "any":
        chance.shuffle(lines_dumped)
    for line in lines_dumped:
        if not choose.tells_deleted and json.loads(line)["deleted"]:
            continue
        print('{"stored_at": null, "tags": [], ' + line[1:] if choose.adds_members else line)


def main():
    if sys.argv[1:] == ["choices"]:
        for name, value in vars(choose).items():
            print(f"{name}: {getattr(value, '__name__', repr(value))[:80]}")
        return
    if sys.argv[1:] == ["dump"]:
        dump()
        return
    client.STREAMS = [Stream(name) for name in os.environ.get("TERAPI_STREAMS", "").split()]
    for each in client.STREAMS:
        each.start()
    if client.WEBHOOK_PORT:
        time.sleep(choose.listens_after)
        client.WebhookServer.request_queue_size = choose.queue
        client.WebhookServer(("127.0.0.1", int(client.WEBHOOK_PORT)), Webhooks).serve_forever()


if __name__ == "__main__":
    main()
