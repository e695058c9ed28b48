#!/usr/bin/env python3
"""A Terapi sync client in one file: Python 3.9+, standard library only. Its settings: ../README.md

    client.py         mirrors the streams of TERAPI_STREAMS into TERAPI_STATE_DIR, for ever
    client.py dump    prints what it holds, one line of JSON a record

One thread for each stream reads a page, stores it in one transaction, and goes on to the next; webhooks only
wake that thread. A line that safety or liveness hangs on names its clause of docs/contract.md.
"""
import contextlib
import email.utils
import hmac
import http.client
import http.server
import json
import os
import random
import re
import secrets
import sqlite3
import sys
import threading
import time
from datetime import datetime
from urllib.parse import quote, unquote, urlencode, urlsplit

BASE = urlsplit(os.environ.get("TERAPI_BASE_URL", "http://127.0.0.1:3003"))
DIALECT = os.environ.get("TERAPI_DIALECT", "terapi")
KEY = os.environ.get("TERAPI_SECRET_KEY", "")
SIGNING_KEY = os.environ.get("TERAPI_SIGNING_KEY") or KEY
STATE_DIR = os.environ.get("TERAPI_STATE_DIR", ".")
WEBHOOK_PORT = os.environ.get("TERAPI_WEBHOOK_PORT")
POLL = int(os.environ.get("TERAPI_POLL_MS", "30000")) / 1000
LIMIT = os.environ.get("TERAPI_LIMIT", "1000")

MAX_PAGE = 128 << 20  # bytes
MAX_WEBHOOK = 1 << 20


class Stop(Exception):
    """Only a person can help."""


class Retry(Exception):
    """It passes by itself, but not sooner than after so many seconds."""

    def __init__(self, why, after=0):
        super().__init__(why)
        self.after = after


class BadCursor(Retry):
    pass


def say(text):
    if KEY:
        text = text.replace(KEY, "(key)")  # AUTH-5: a server may repeat the key
    print(text, file=sys.stderr, flush=True)


# ---- A page ----

MARK = secrets.token_hex(16)  # nobody's text has it


class Number(str):
    """A number as the text that came, between marks, since 0.10 and 1e400 are none of Python's."""

    def __new__(cls, text):
        return super().__new__(cls, MARK + text + MARK)  # REC-10: its digits are kept


def as_it_came(value):
    return re.sub(f'"{MARK}(.*?){MARK}"', r"\1", json.dumps(value))


def micros(stamp):
    """'2024-01-01T00:00:00.123456+02:00' in microseconds since 1970."""
    day, fraction, zone = re.fullmatch(r"([^.]{19})(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", stamp).groups()
    seconds = int(datetime.fromisoformat(day + ("+00:00" if zone == "Z" else zone)).timestamp())
    # CLIENT-8: to the microsecond, since two versions may lie within a millisecond.
    return seconds * 10**6 + int((fraction or "").ljust(6, "0")[:6])


def read_record(record):
    meta = record.pop(f"_{DIALECT}_metadata")
    if type(record["id"]) is not str:
        raise ValueError("no id")
    if type(meta["cursor"]) is not str:
        raise ValueError("no cursor")
    return {
        "id": json.dumps(record["id"]),
        "deleted": meta["last_action"] == "DELETED",  # CLIENT-8: a tombstone
        "pruned": bool(meta.get("pruned_at")),
        "modified": micros(meta["last_modified_at"]),
        "stamp": meta["last_modified_at"],
        "cursor": meta["cursor"],
        "payload": as_it_came(record),
    }


def read_page(text):
    """The records before the first that cannot be stored, what is wrong with that one, next_cursor."""
    page = json.loads(text, parse_int=Number, parse_float=Number)
    rows = []
    for record in page["records"]:
        try:
            rows.append(read_record(record))
        except (ValueError, TypeError, KeyError, AttributeError) as why:
            poison = f"{why!r} in record {as_it_came(record)[:300]}"
            return rows, poison, None  # CLIENT-11: told, and not passed over
    return rows, None, page["next_cursor"]


# ---- The store ----

TABLES = """
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS cursors (stream TEXT PRIMARY KEY, cursor TEXT);
    CREATE TABLE IF NOT EXISTS records (
        seq INTEGER PRIMARY KEY, stream TEXT, id TEXT, deleted INTEGER, payload TEXT,
        modified INTEGER, stamp TEXT, cursor TEXT, UNIQUE (stream, id));
"""
HELD = "SELECT modified, payload FROM records WHERE stream = ? AND id = ?"
UPSERT = """
    INSERT OR REPLACE INTO records (stream, id, deleted, payload, modified, stamp, cursor)
    VALUES (:stream, :id, :deleted, :payload, :modified, :stamp, :cursor)
"""


def open_store():
    os.makedirs(STATE_DIR, exist_ok=True)
    db = sqlite3.connect(os.path.join(STATE_DIR, "sync.db"), timeout=20, isolation_level=None)
    db.executescript(TABLES)
    return db


def load_cursor(db, stream):
    row = db.execute("SELECT cursor FROM cursors WHERE stream = ?", [stream]).fetchone()
    return row[0] if row else None


def store(db, stream, old_cursor, rows):
    with db:  # COMMIT, or ROLLBACK when something goes wrong
        db.execute("BEGIN IMMEDIATE")  # CLIENT-2: the records and the cursor, in one transaction
        if load_cursor(db, stream) != old_cursor:
            raise Retry("another worker was faster")  # CLIENT-12
        # CLIENT-1: the cursor of the last record that is stored with it.
        db.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?)", [stream, rows[-1]["cursor"]])
        for row in rows:
            store_record(db, stream, row)


def store_record(db, stream, row):
    held = db.execute(HELD, [stream, row["id"]]).fetchone()
    if held:
        held_modified, held_payload = held
        if held_modified > row["modified"]:
            return  # CLIENT-8: the older version never wins
        if row["pruned"]:
            row["payload"] = held_payload  # CLIENT-8: pruned is not emptied
    # CLIENT-8: ADDED, UPDATED and DELETED alike, whether its id is known or not.
    db.execute(UPSERT, {**row, "stream": stream})


def dump():
    rows = open_store().execute(
        "SELECT stream, id, deleted, payload, stamp, cursor FROM records ORDER BY stream, modified, seq")
    for stream, id_, deleted, payload, stamp, cursor in rows:
        integration, connection, model = map(unquote, stream.split("/"))
        line = {
            "integration": integration,
            "connection": connection,
            "model": model,
            "variant": "base",
            "deleted": bool(deleted),
            "last_modified_at": stamp,
            "cursor": cursor,
        }
        print(f'{json.dumps(line)[:-1]}, "id": {id_}, "payload": {payload}}}')


# ---- A fetch ----

def fetch(keys, asked):
    integration, connection, model = keys
    query = {"model": model, "limit": LIMIT}
    if asked:
        query["cursor"] = asked
    # CUR-6: a cursor may hold + / = & %
    path = BASE.path.rstrip("/") + "/records?" + urlencode(query, quote_via=quote, safe="")
    headers = {
        "Authorization": f"Bearer {KEY}",
        "User-Agent": "terapi-example-client",  # some answer 403 without
        "Provider-Config-Key": integration.encode(),
        "Connection-Id": connection.encode(),
    }
    connect = http.client.HTTPSConnection if BASE.scheme == "https" else http.client.HTTPConnection
    api = connect(BASE.hostname, BASE.port, timeout=10)  # CLIENT-9: of silence
    with contextlib.closing(api):
        api.request("GET", path, headers=headers)  # AUTH-5: which follows no redirect
        answer = api.getresponse()
        body = read_body(answer)
    if answer.status == 200:
        return read_page(body.decode())
    raise refusal(answer, body[:300].decode("utf-8", "replace"), asked)


def read_body(answer):
    body = bytearray()
    deadline = time.monotonic() + 30
    while chunk := answer.read1(1 << 16):
        body += chunk
        if len(body) > MAX_PAGE or time.monotonic() > deadline:
            raise Retry("the page is too large or too slow")
    if answer.length:
        raise Retry("the body is cut short")  # CLIENT-9
    return body


def refusal(answer, text, asked):
    status = answer.status
    why = f"the server answered {status}: {text}"
    if status == 400 and asked and '"invalid_cursor"' in text:
        return BadCursor(why)  # CLIENT-9: this heals itself
    if 400 <= status < 500 and status not in (408, 425, 429):
        return Stop(why)  # CLIENT-9: asking again is no use
    return Retry(why, after=retry_after(answer.headers))  # CLIENT-9: and not sooner


def retry_after(headers):
    """The seconds that it asks for; 0 if it is garbage, or none."""
    value = headers["Retry-After"] or ""
    if re.fullmatch("[0-9]{1,9}", value):
        return int(value)  # CLIENT-9: seconds
    try:
        until = email.utils.parsedate_to_datetime(value)
        now = email.utils.parsedate_to_datetime(headers["Date"])
        return (until - now).total_seconds()  # CLIENT-9: or a date
    except (TypeError, ValueError):
        return 0


# ---- A stream: its thread walks from the stored cursor to the end, rests, and walks again ----

class Stream(threading.Thread):
    def __init__(self, name):
        super().__init__()
        self.stream = name
        self.keys = [unquote(part) for part in name.split("/")]
        self.failures = 0
        self.full_read = False
        self.hinted = threading.Event()
        self.looks = []  # when to look again, after a webhook

    def run(self):  # CLIENT-4: one thread, so one fetch at a time
        while True:
            try:
                self.catch_up()
                self.failures = 0
                self.rest()
            except (Stop, RecursionError) as why:
                say(f"{self.stream}: STOPPED: {why}")  # CLIENT-9, CLIENT-11: aloud; the others go on
                return
            except Exception as why:  # CLIENT-9: reset, time-out, cut short, disk full
                say(f"{self.stream}: trying again: {why!r}")
                if isinstance(why, BadCursor):
                    self.full_read = True  # CLIENT-9: and what is held stays
                self.back_off(getattr(why, "after", 0))

    def back_off(self, at_least):
        self.failures = min(self.failures + 1, 9)
        # CLIENT-9: longer and longer, and not all clients at once.
        delay = min(5, 0.1 * 2 ** self.failures) * random.uniform(0.5, 1)
        time.sleep(min(86400, max(at_least, delay)))  # no webhook cuts it short

    def rest(self):
        look = min(self.looks.pop(0), POLL) if self.looks else POLL
        if self.hinted.wait(look):  # CLIENT-3: it looks again, webhook or not
            time.sleep(0.1)  # a burst gathers
            self.hinted.clear()  # CLIENT-4: all that comes from here on leads to one more walk
            self.looks = [1, 3, 10]  # a webhook may come before its data

    def catch_up(self):
        with contextlib.closing(open_store()) as db:
            stored = load_cursor(db, self.stream)
            asked = None if self.full_read else stored  # CLIENT-1: from the last record stored
            followed = set()  # in this walk
            while True:
                rows, poison, following = fetch(self.keys, asked)  # CLIENT-10: a page at a time
                if rows:
                    store(db, self.stream, stored, rows)
                    stored = rows[-1]["cursor"]
                    self.full_read = False
                    self.looks = []
                if poison:
                    raise Stop(poison)  # CLIENT-11: what stands before it is stored, nothing after it
                if following is None:
                    return  # CLIENT-7: neither a short page nor an empty one is the end
                if following in followed:
                    raise Retry("the pages go round in a circle")  # CLIENT-9: no faster than other trouble
                followed.add(following)
                asked = following


# ---- Webhooks ----

def verified(body, header):
    expected = hmac.new(SIGNING_KEY.encode(), body, "sha256").hexdigest().encode()  # CLIENT-5: raw bytes
    signatures = header.split(",")  # HOOK-9: a list while keys are rotated
    return any(hmac.compare_digest(one.strip().encode(), expected)  # in constant time
               for one in signatures)


def hint(body):
    """CLIENT-4: it says where to look, and nothing else of it is believed."""
    try:
        event = json.loads(body)
        told = [event.get("providerConfigKey"), event.get("connectionId"), event.get("model")]
    except (ValueError, AttributeError, RecursionError):
        return  # whatever it is, it is no hint
    for stream in STREAMS:
        if told == stream.keys:
            stream.hinted.set()


class Webhooks(http.server.BaseHTTPRequestHandler):
    timeout = 10  # seconds of silence

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_WEBHOOK:
            self.send_error(413)
            return
        body = self.rfile.read(int(length))
        signatures = self.headers.get_all(f"X-{DIALECT}-Hmac-Sha256", [])  # perhaps on several lines
        if not verified(body, ",".join(signatures)):
            self.send_error(401)
            return  # CLIENT-5: and nothing happens
        self.send_response(200)
        self.end_headers()  # CLIENT-6: answered before anything is fetched
        hint(body)

    def log_message(self, *_):
        pass


class WebhookServer(http.server.ThreadingHTTPServer):
    request_queue_size = 256  # a burst waits in line


if __name__ == "__main__":
    if sys.argv[1:] == ["dump"]:
        sys.exit(dump())
    STREAMS = [Stream(name) for name in os.environ.get("TERAPI_STREAMS", "").split()]
    for each in STREAMS:
        each.start()
    if WEBHOOK_PORT:
        WebhookServer(("127.0.0.1", int(WEBHOOK_PORT)), Webhooks).serve_forever()
