#!/usr/bin/env python3
"""A Terapi sync client in one file: Python 3.9+, standard library only. Settings come from the environment (../README.md).

    client.py         mirrors the streams of TERAPI_STREAMS into TERAPI_STATE_DIR, by polling and by webhooks, for ever
    client.py dump    prints what it holds, one line of JSON a record

Three parts: a page is read, stored in one transaction, and walked to by one thread for each stream; webhooks only wake that
thread. Lines that safety or liveness hangs on name their clause of docs/contract.md.
"""
import contextlib, email.utils, hashlib, hmac, http.client, http.server, json, os, random, re, signal, socket, sqlite3
import sys, threading, time, zlib
from datetime import datetime, timedelta, timezone
from urllib.parse import quote, unquote, urlencode, urlsplit

ENV = os.environ.get
BASE, KEY, DIALECT = urlsplit(ENV("TERAPI_BASE_URL", "http://127.0.0.1:3003")), ENV("TERAPI_SECRET_KEY", ""), ENV("TERAPI_DIALECT", "terapi")
SIGNING_KEY, STATE_DIR = ENV("TERAPI_SIGNING_KEY") or KEY, ENV("TERAPI_STATE_DIR", ".")
POLL, LIMIT, METADATA = int(ENV("TERAPI_POLL_MS", "30000")) / 1000, ENV("TERAPI_LIMIT", "1000"), f"_{DIALECT}_metadata"
SILENCE, DEADLINE, DAY, MAX_PAGE, MAX_WEBHOOK = 10, 30, 86400, 128 << 20, 1 << 20  # seconds, seconds, seconds, bytes, bytes

class BadCursor(Exception): pass
class Stop(Exception): pass  # only a person can help
class Retry(Exception): after = 0  # it passes by itself; `after` so many seconds at least

def say(text):
    print(text.replace(KEY or "\0", "(key)"), file=sys.stderr, flush=True)  # a server may echo the key

# ---- A page: the values of ids and metadata, and the payloads as the very text that came (REC-10: 2^63, 1e400, 0.10) ----

def refuse(constant): raise ValueError(f"{constant} is not JSON")
JSON, GAP = json.JSONDecoder(parse_int=float, parse_constant=refuse), re.compile(r"[ \t\r\n,:]*")
STAMP = re.compile(r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)")

def members(text, at):
    """(key, where it begins, where its value begins, where that ends) of each member of the valid object or array at `at`."""
    keyed, key, at = text[at] == "{", None, GAP.match(text, at + 1).end()
    while text[at] not in "]}":
        begin = at
        if keyed:
            key, at = JSON.raw_decode(text, at)
            at = GAP.match(text, at).end()
        end = JSON.raw_decode(text, at)[1]
        yield key, begin, at, end
        at = GAP.match(text, end).end()

def micros(stamp):
    day, fraction, zone = STAMP.fullmatch(stamp).groups()
    fraction = (fraction or "").ljust(6, "0")[:6]  # CLIENT-8: versions differ by microseconds; some servers trim zeros
    moment = datetime.fromisoformat(f"{day}.{fraction}{'+00:00' if zone in 'Zz' else zone}")
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)

def read_record(record, text, at):
    if not isinstance(record, dict) or not isinstance(record.get("id"), str) or not record["id"]: raise ValueError("it has no id")
    meta = record.get(METADATA)
    if not isinstance(meta, dict) or not isinstance(meta.get("cursor"), str) or not meta["cursor"].encode(): raise ValueError("it has no cursor")
    action = meta.get("last_action") or ("DELETED" if meta.get("deleted_at") else "ADDED")
    if action not in ("ADDED", "UPDATED", "DELETED"): raise ValueError(f"its last_action is {action!r}")
    payload = ",".join(text[begin:end] for key, begin, _, end in members(text, at) if key != METADATA)
    return {"id": json.dumps(record["id"]), "payload": "{" + payload.replace("\n", " ").replace("\r", " ") + "}",
            "deleted": action == "DELETED", "pruned": meta.get("pruned_at") is not None, "cursor": meta["cursor"],
            "stamp": meta["last_modified_at"], "modified": micros(meta["last_modified_at"])}

def read_page(text):
    """(the records before the first that cannot be stored, what is wrong with that one, next_cursor)"""
    page = json.loads(text, parse_int=float, parse_constant=refuse)
    if not isinstance(page["records"], list) or not isinstance(page["next_cursor"], (str, type(None))): raise ValueError("no page of records")
    array = [at for key, _, at, _ in members(text, text.index("{")) if key == "records"][-1]
    rows = []
    for record, (_, _, at, end) in zip(page["records"], members(text, array)):
        try:
            rows.append(read_record(record, text, at))
        except (ValueError, TypeError, KeyError, AttributeError) as why:  # CLIENT-11: the first bad one ends it, by name
            return rows, f"record {(record.get('id') if isinstance(record, dict) else record)!r}: {why!r} in {text[at:end][:300]}", None
    return rows, None, page["next_cursor"]

# ---- The store: SQLite, in the state directory ----

def open_store():
    os.makedirs(STATE_DIR, exist_ok=True)
    db = sqlite3.connect(os.path.join(STATE_DIR, "sync.db"), timeout=20, isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "CREATE TABLE IF NOT EXISTS cursors (stream TEXT PRIMARY KEY, cursor TEXT NOT NULL)",
                      "CREATE TABLE IF NOT EXISTS records (seq INTEGER PRIMARY KEY, stream TEXT, id TEXT, deleted INTEGER, "
                      "payload TEXT, modified INTEGER, stamp TEXT, cursor TEXT, UNIQUE (stream, id))",
                      "CREATE INDEX IF NOT EXISTS in_order ON records (stream, modified, seq)"):
        db.execute(statement)
    return db

def load_cursor(db, stream):
    return (db.execute("SELECT cursor FROM cursors WHERE stream = ?", [stream]).fetchone() or [None])[0]

def store(db, stream, old_cursor, rows):
    """Stores a page, or nothing of it. Returns the time of the newest modification that was not held before, or None."""
    newest = None
    with db:  # COMMIT, or ROLLBACK when something goes wrong
        db.execute("BEGIN IMMEDIATE")  # CLIENT-2: the records and the cursor, in one transaction
        if load_cursor(db, stream) != old_cursor: raise Retry("another worker moved the cursor")  # CLIENT-12: only forward
        for row in rows:
            held = db.execute("SELECT modified, payload FROM records WHERE stream = ? AND id = ?", [stream, row["id"]]).fetchone()
            if held and held[0] > row["modified"]: continue  # CLIENT-8: an older version never overwrites a newer one
            if held and row["pruned"]: row["payload"] = held[1]  # CLIENT-8: a pruned record never wipes a stored payload
            db.execute("INSERT OR REPLACE INTO records (stream, id, deleted, payload, modified, stamp, cursor) VALUES (:stream, "
                       ":id, :deleted, :payload, :modified, :stamp, :cursor)", {**row, "stream": stream})  # CLIENT-8: known or not
            if not held or held[0] < row["modified"]: newest = max(newest or 0, row["modified"])
        db.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?)", [stream, rows[-1]["cursor"]])  # CLIENT-1: the last record's
    return newest

def dump():
    with contextlib.closing(open_store()) as db:
        for stream, name, deleted, payload, stamp, cursor in db.execute(
                "SELECT stream, id, deleted, payload, stamp, cursor FROM records ORDER BY stream, modified, seq"):
            names = [json.dumps(unquote(part)) for part in stream.split("/")] + [name, json.dumps(bool(deleted))]
            line = '{"integration":%s,"connection":%s,"model":%s,"variant":"base","id":%s,"deleted":%s,' % tuple(names)
            line += f'"payload":{payload},"last_modified_at":{json.dumps(stamp)},"cursor":{json.dumps(cursor)}}}\n'
            sys.stdout.buffer.write(line.encode())

# ---- A stream: its thread walks from the stored cursor to the end, rests, and walks again ----

@contextlib.contextmanager
def deadline(sock):  # a peer that drips byte after byte is never silent
    watchdog = threading.Timer(DEADLINE, sock.shutdown, [socket.SHUT_RDWR])
    watchdog.daemon = True
    watchdog.start()
    try: yield
    finally: watchdog.cancel()

def retry_after(headers):
    value = (headers["Retry-After"] or "").strip()
    if re.fullmatch("[0-9]+", value): return float(value)
    try: return (email.utils.parsedate_to_datetime(value) - email.utils.parsedate_to_datetime(headers["Date"])).total_seconds()
    except (TypeError, ValueError, IndexError): return 0  # garbage, or none

class Stream(threading.Thread):
    def __init__(self, name):
        super().__init__(daemon=True)
        self.stream, self.keys = name, [unquote(part) for part in name.split("/")]
        self.failures, self.full_read, self.hinted, self.awaited, self.looks = 0, False, threading.Event(), None, []

    def run(self):  # CLIENT-4: one thread, so one fetch at a time
        while True:
            self.hinted.clear()
            try:
                self.catch_up()
                self.failures = 0
                self.rest()
            except Stop as why:  # CLIENT-9, CLIENT-11: this stream ends and says why; the others go on
                return say(f"{self.stream}: STOPPED: {why}")
            except BadCursor as why:  # CLIENT-9: reads everything again, keeping what is held; at once, but not twice in a row
                say(f"{self.stream}: reading everything again: {why}")
                if self.failures: self.back_off(0)
                self.full_read, self.failures = True, self.failures + 1
            except Exception as why:  # CLIENT-9: reset, time-out, cut short, disk full…: again, from the stored cursor
                say(f"{self.stream}: trying again: {why!r}")
                self.failures += 1
                self.back_off(min(DAY, getattr(why, "after", 0)))

    def back_off(self, at_least):  # CLIENT-9: exponential, with jitter; no webhook cuts it short
        time.sleep(max(at_least, min(5, 0.1 * 2 ** min(self.failures, 9)) * random.uniform(0.5, 1)))

    def rest(self):
        look = self.looks.pop(0) if self.awaited is not None and self.looks else POLL  # a webhook may come before its data
        if self.hinted.wait(min(look, POLL)):  # CLIENT-3: polls, webhook or not
            time.sleep(0.05)  # CLIENT-4: a burst gathers

    def hint(self, modified_after):  # of a webhook; CLIENT-4: while a walk runs, any number of them lead to one more
        self.awaited, self.looks = self.awaited or 0, [1, 3, 10]
        self.hinted.set()
        self.awaited = max(self.awaited or 0, micros(modified_after))

    def catch_up(self):
        with contextlib.closing(open_store()) as db:
            stored = load_cursor(db, self.stream)
            asked = None if self.full_read else stored  # CLIENT-1: resumes from the last record stored
            while True:
                rows, poison, next_cursor = self.fetch(asked)  # CLIENT-10: one page at a time
                if rows:
                    newest = store(db, self.stream, stored, rows)
                    stored, self.full_read = rows[-1]["cursor"], False
                    if newest: self.failures = 0
                    if newest and newest >= (self.awaited or 0): self.awaited = None  # it has come
                if poison: raise Stop(poison)  # CLIENT-11: what stands before it is stored, nothing after it
                if next_cursor is None: break  # CLIENT-7: only null is the end, not a short or empty page
                if next_cursor == asked: raise Retry("next_cursor is the cursor that was asked for")
                asked = next_cursor
            self.full_read = False

    def fetch(self, asked):
        query = {"model": self.keys[2], "limit": LIMIT, **({} if asked is None else {"cursor": asked})}
        target = f"{BASE.path.rstrip('/')}/records?{urlencode(query, quote_via=quote, safe='')}"  # CUR-6: it may hold +/=&%
        headers = {"Authorization": f"Bearer {KEY}", "Provider-Config-Key": self.keys[0].encode(), "Connection-Id": self.keys[1].encode(),
                   "Accept-Encoding": "gzip", "Connection": "close"}
        connect = http.client.HTTPSConnection if BASE.scheme == "https" else http.client.HTTPConnection  # follow no redirect
        with contextlib.closing(connect(BASE.hostname, BASE.port, timeout=SILENCE)) as http_:  # CLIENT-9: time-out
            http_.connect()
            with deadline(http_.sock):  # CLIENT-9: time-out of the whole
                http_.request("GET", target, headers=headers)
                answer = http_.getresponse()
                body = answer.read(MAX_PAGE)
        if answer.length: raise Retry(f"{answer.length} bytes of the body are missing")  # CLIENT-9: cut short; CLIENT-10
        if answer.headers["Content-Encoding"] == "gzip":
            gzip = zlib.decompressobj(31)
            body = gzip.decompress(body, MAX_PAGE)
            if not gzip.eof: raise Retry("the gzip is cut short")  # CLIENT-9: cut short; CLIENT-10
        if answer.status == 200: return read_page(body.decode())
        self.refused(answer, body[:300].decode("utf-8", "replace"), asked)

    def refused(self, answer, text, asked):
        why = f"the server answered {answer.status}: {text}"
        if answer.status == 400 and asked and re.search(r'"code"\s*:\s*"invalid_cursor"', text): raise BadCursor(why)
        if 400 <= answer.status < 500 and answer.status not in (408, 425, 429): raise Stop(why)  # CLIENT-9: asking again is no use
        problem = Retry(why)
        problem.after = max(retry_after(answer.headers), 1 if answer.status == 429 else 0)  # CLIENT-9: Retry-After, with a floor
        raise problem

# ---- Webhooks ----

def verified(body, header):
    expected = hmac.new(SIGNING_KEY.encode(), body, hashlib.sha256).hexdigest().encode()  # CLIENT-5: over the raw bytes
    return any([hmac.compare_digest(given.strip().encode(), expected)  # CLIENT-5: in constant time
                for given in header.split(",")])  # HOOK-9: a list while keys are rotated

class Webhooks(http.server.BaseHTTPRequestHandler):
    timeout = SILENCE
    def handle(self):
        with deadline(self.connection): super().handle()

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if self.path.rstrip("/") != "/webhooks": return self.answer(404)
        if not re.fullmatch("[0-9]{1,15}", length): return self.answer(411)
        if int(length) > MAX_WEBHOOK: return self.answer(413)  # CLIENT-10
        body = self.rfile.read(int(length))
        if not verified(body, ",".join(self.headers.get_all(f"X-{DIALECT}-Hmac-Sha256", []))): return self.answer(401)  # CLIENT-5
        self.answer(200)  # CLIENT-6: before anything is fetched
        with contextlib.suppress(ValueError, TypeError, AttributeError, RecursionError):  # whatever it is, it is no hint
            event = json.loads(body)
            keys = [event.get("providerConfigKey"), event.get("connectionId"), event.get("model")]
            for stream in STREAMS:  # CLIENT-4: it says where to look, and nothing else of it is believed
                if event.get("type", "sync") == "sync" and keys == stream.keys: stream.hint(event.get("modifiedAfter"))

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_): pass

class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256
    def handle_error(self, *_): say(f"webhooks: {sys.exc_info()[1]!r}")

if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["dump"]): sys.exit(f"usage: {sys.argv[0]} [dump]")
    if sys.argv[1:]: sys.exit(dump())
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # at any moment: what is stored is whole (CLIENT-2)
    STREAMS = [Stream(name) for name in ENV("TERAPI_STREAMS", "").split()]
    for stream in STREAMS: stream.start()
    while True:
        try: Server(("127.0.0.1", int(ENV("TERAPI_WEBHOOK_PORT", ""))), Webhooks).serve_forever()
        except (OSError, ValueError) as why:  # CLIENT-3: polling goes on without it
            say(f"no webhooks: {why}")
            time.sleep(5)
