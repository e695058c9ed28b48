#!/usr/bin/env python3
"""A Terapi sync client in one file: Python 3.9+, standard library only. Its settings: ../README.md

    client.py         mirrors the streams of TERAPI_STREAMS into TERAPI_STATE_DIR, for ever
    client.py dump    prints what it holds, one line of JSON a record

One thread for each stream reads a page, stores it in one transaction, and goes on to the next; webhooks only
wake that thread. A line that safety or liveness hangs on names its clause of docs/contract.md.
"""
import contextlib, email.utils, hmac, http.client, http.server, json, os, random, re, secrets, sqlite3
import sys, threading, time
from datetime import datetime
from urllib.parse import quote, unquote, urlencode, urlsplit

ENV = os.environ.get
BASE, DIALECT = urlsplit(ENV("TERAPI_BASE_URL", "http://127.0.0.1:3003")), ENV("TERAPI_DIALECT", "terapi")
KEY, STATE_DIR, PORT = ENV("TERAPI_SECRET_KEY", ""), ENV("TERAPI_STATE_DIR", "."), ENV("TERAPI_WEBHOOK_PORT")
SIGNING_KEY = ENV("TERAPI_SIGNING_KEY") or KEY
POLL, LIMIT = int(ENV("TERAPI_POLL_MS", "30000")) / 1000, ENV("TERAPI_LIMIT", "1000")
MAX_PAGE, MAX_WEBHOOK = 128 << 20, 1 << 20  # bytes

class Stop(Exception): pass  # only a person can help
class Retry(Exception): after = 0  # it passes by itself, not sooner than after so many seconds
class BadCursor(Retry): pass

def say(text):
    text = text.replace(KEY or "\0", "(key)")  # AUTH-5: a server may repeat the key
    print(text, file=sys.stderr, flush=True)

# ---- A page. Numbers stay the text that came, since 0.10 and 1e400 are none of Python's ----
MARK = secrets.token_hex(16)  # nobody's text has it
class Number(str):
    def __new__(cls, text): return super().__new__(cls, MARK + text + MARK)  # REC-10: its digits are kept

def as_it_came(value): return re.sub(f'"{MARK}(.*?){MARK}"', r"\1", json.dumps(value))

def micros(stamp):
    day, fraction, zone = re.fullmatch(r"([^.]{19})(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", stamp).groups()
    seconds = int(datetime.fromisoformat(day + ("+00:00" if zone == "Z" else zone)).timestamp())
    return seconds * 10**6 + int((fraction or "").ljust(6, "0")[:6])  # CLIENT-8: to the microsecond

def read_record(record):
    meta = record.pop(f"_{DIALECT}_metadata")
    if [type(record["id"]), type(meta["cursor"])] != [str, str]: raise ValueError("no id, or no cursor")
    return {"id": json.dumps(record["id"]), "deleted": meta["last_action"] == "DELETED",  # CLIENT-8
            "pruned": bool(meta.get("pruned_at")), "modified": micros(meta["last_modified_at"]),
            "stamp": meta["last_modified_at"], "cursor": meta["cursor"], "payload": as_it_came(record)}

def read_page(text):
    """The records before the first that cannot be stored, what is wrong with that one, next_cursor."""
    page, rows = json.loads(text, parse_int=Number, parse_float=Number), []
    for record in page["records"]:
        try: rows.append(read_record(record))
        except (ValueError, TypeError, KeyError, AttributeError) as why:
            return rows, f"{why!r} in record {as_it_came(record)[:300]}", None  # CLIENT-11: not passed over
    return rows, None, page["next_cursor"]

# ---- The store ----
TABLES = """PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS cursors (stream TEXT PRIMARY KEY, cursor TEXT);
    CREATE TABLE IF NOT EXISTS records (seq INTEGER PRIMARY KEY, stream TEXT, id TEXT, deleted INTEGER,
        payload TEXT, modified INTEGER, stamp TEXT, cursor TEXT, UNIQUE (stream, id))"""
HELD = "SELECT modified, payload FROM records WHERE stream = ? AND id = ?"
UPSERT = """INSERT OR REPLACE INTO records (stream, id, deleted, payload, modified, stamp, cursor)
    VALUES (:stream, :id, :deleted, :payload, :modified, :stamp, :cursor)"""

def open_store():
    os.makedirs(STATE_DIR, exist_ok=True)
    db = sqlite3.connect(os.path.join(STATE_DIR, "sync.db"), timeout=20, isolation_level=None)
    db.executescript(TABLES)
    return db

def load_cursor(db, stream):
    return (db.execute("SELECT cursor FROM cursors WHERE stream = ?", [stream]).fetchone() or [None])[0]

def store(db, stream, old_cursor, rows):
    with db:  # COMMIT, or ROLLBACK when something goes wrong
        db.execute("BEGIN IMMEDIATE")  # CLIENT-2: the records and the cursor, in one transaction
        if load_cursor(db, stream) != old_cursor: raise Retry("another worker did it")  # CLIENT-12
        db.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?)", [stream, rows[-1]["cursor"]])  # CLIENT-1
        for row in rows:
            held = db.execute(HELD, [stream, row["id"]]).fetchone()
            if held and held[0] > row["modified"]: continue  # CLIENT-8: the older version never wins
            if held and row["pruned"]: row["payload"] = held[1]  # CLIENT-8: pruned is not emptied
            db.execute(UPSERT, {**row, "stream": stream})  # CLIENT-8: ADDED, UPDATED, DELETED; known or not

def dump():
    for stream, id_, deleted, payload, stamp, cursor in open_store().execute(
            "SELECT stream, id, deleted, payload, stamp, cursor FROM records ORDER BY stream, modified, seq"):
        line = dict(zip(("integration", "connection", "model"), map(unquote, stream.split("/"))),
                    variant="base", deleted=bool(deleted), last_modified_at=stamp, cursor=cursor)
        print(f'{json.dumps(line)[:-1]}, "id": {id_}, "payload": {payload}}}')

# ---- A stream: its thread walks from the stored cursor to the end, rests, and walks again ----
class Stream(threading.Thread):
    def __init__(self, name):
        super().__init__()
        self.stream, self.keys = name, [unquote(part) for part in name.split("/")]
        self.failures, self.full_read, self.hinted, self.looks = 0, False, threading.Event(), []

    def run(self):  # CLIENT-4: one thread, so one fetch at a time
        while True:
            try:
                self.catch_up()
                self.failures = 0
                self.rest()
            except (Stop, RecursionError) as why:
                return say(f"{self.stream}: STOPPED: {why}")  # CLIENT-9, CLIENT-11: aloud; the others go on
            except Exception as why:  # CLIENT-9: reset, time-out, cut short, disk full
                say(f"{self.stream}: trying again: {why!r}")
                if isinstance(why, BadCursor): self.full_read = True  # CLIENT-9: and what is held stays
                self.failures += 1
                self.back_off(getattr(why, "after", 0))

    def back_off(self, at_least):
        delay = min(5, 0.1 * 2 ** min(self.failures, 9)) * random.uniform(0.5, 1)  # CLIENT-9: with jitter
        time.sleep(min(86400, max(at_least, delay)))  # no webhook cuts it short

    def rest(self):
        look = self.looks.pop(0) if self.looks else POLL
        if self.hinted.wait(min(look, POLL)):  # CLIENT-3: polls, webhook or not
            time.sleep(0.1)  # a burst gathers
            self.hinted.clear()  # CLIENT-4: all that comes from here on leads to one more walk
            self.looks = [1, 3, 10]  # a webhook may come before its data

    def catch_up(self):
        with contextlib.closing(open_store()) as db:
            stored = load_cursor(db, self.stream)
            asked = None if self.full_read else stored  # CLIENT-1: from the last record stored
            while True:
                rows, poison, following = fetch(self.keys, asked)  # CLIENT-10: a page at a time
                if rows:
                    store(db, self.stream, stored, rows)
                    stored, self.full_read, self.looks = rows[-1]["cursor"], False, []
                if poison: raise Stop(poison)  # CLIENT-11: what stands before it is stored, nothing after it
                if following is None: return  # CLIENT-7: neither a short page nor an empty one is the end
                if following == asked: raise Retry("the next page is this one")
                asked = following

def fetch(keys, asked):
    query = {"model": keys[2], "limit": LIMIT, **({"cursor": asked} if asked else {})}
    path = BASE.path.rstrip("/") + "/records?" + urlencode(query, quote_via=quote, safe="")  # CUR-6: +/=&%
    headers = {"Authorization": f"Bearer {KEY}", "Provider-Config-Key": keys[0].encode(),
               "Connection-Id": keys[1].encode()}
    connect = http.client.HTTPSConnection if BASE.scheme == "https" else http.client.HTTPConnection
    with contextlib.closing(connect(BASE.hostname, BASE.port, timeout=10)) as http_:  # CLIENT-9: of silence
        http_.request("GET", path, headers=headers)  # which follows no redirect
        answer, body, deadline = http_.getresponse(), bytearray(), time.monotonic() + 30
        while chunk := answer.read1(1 << 16):
            body += chunk
            if len(body) > MAX_PAGE or time.monotonic() > deadline: raise Retry("too large or too slow")
    if answer.length: raise Retry("the body is cut short")  # CLIENT-9
    if answer.status == 200: return read_page(body.decode())
    raise refusal(answer, body[:300].decode("utf-8", "replace"), asked)

def refusal(answer, text, asked):
    why, status, passing = f"the server answered {answer.status}: {text}", answer.status, (408, 425, 429)
    if status == 400 and asked and '"invalid_cursor"' in text: return BadCursor(why)  # CLIENT-9: heals itself
    if 400 <= status < 500 and status not in passing: return Stop(why)  # CLIENT-9: asking again is no use
    problem = Retry(why)
    problem.after = retry_after(answer.headers)  # CLIENT-9: back_off has the floor
    return problem

def retry_after(headers):
    value, date = headers["Retry-After"] or "", email.utils.parsedate_to_datetime
    if re.fullmatch("[0-9]{1,9}", value): return int(value)  # CLIENT-9: seconds
    try: return (date(value) - date(headers["Date"])).total_seconds()  # CLIENT-9: or a date
    except (TypeError, ValueError): return 0  # garbage, or none

# ---- Webhooks ----
def verified(body, header):
    expected = hmac.new(SIGNING_KEY.encode(), body, "sha256").hexdigest().encode()  # CLIENT-5: raw bytes
    return any(hmac.compare_digest(given.strip().encode(), expected)  # in constant time
               for given in header.split(","))  # HOOK-9: a list while keys are rotated

class Webhooks(http.server.BaseHTTPRequestHandler):
    timeout = 10  # of silence
    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_WEBHOOK: return self.send_error(413)  # bounded
        body = self.rfile.read(int(length))
        header = self.headers.get(f"X-{DIALECT}-Hmac-Sha256", "")
        if not verified(body, header): return self.send_error(401)  # CLIENT-5: and nothing happens
        self.send_response(200)
        self.end_headers()  # CLIENT-6: answered before anything is fetched
        with contextlib.suppress(ValueError, AttributeError, RecursionError):  # whatever it is, it is no hint
            event = json.loads(body)
            keys = [event.get("providerConfigKey"), event.get("connectionId"), event.get("model")]
            for stream in STREAMS:  # CLIENT-4: it says where to look, and nothing else of it is believed
                if keys == stream.keys: stream.hinted.set()

    def log_message(self, *_): pass

if __name__ == "__main__":
    if sys.argv[1:] == ["dump"]: sys.exit(dump())
    STREAMS = [Stream(name) for name in ENV("TERAPI_STREAMS", "").split()]
    for stream in STREAMS: stream.start()
    http.server.ThreadingHTTPServer.request_queue_size = 256  # a burst waits in line
    if PORT: http.server.ThreadingHTTPServer(("127.0.0.1", int(PORT)), Webhooks).serve_forever()
