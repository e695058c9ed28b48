"""The machine's own package index as the collection of an external API, which changes for a virtual week, while terapi-sync
follows by webhooks alone: python3 real_input.py CHECKOUT BIN. In the end it holds what the simulator says is the truth, byte
for byte. Skipped (77), with a word, where there is no index."""
import contextlib, json, os, shutil, subprocess, sys, tempfile, time, urllib.request

CHECKOUT, BIN = (os.path.abspath(path) for path in sys.argv[1:3])
MOST, LEAST = 10_000, 100  # packages
PATIENCE = 20  # seconds, for the follower to come to the end
STREAM = "integration=debian&connection=demo&model=Package"


def index():
    """The command that prints the index, or None."""
    for command in ["apt-cache dumpavail", "cat /var/lib/dpkg/status"]:
        counted = subprocess.run(f"{command} 2>/dev/null | grep -c ^Package:", shell=True, stdout=subprocess.PIPE, text=True, check=False)
        if int(counted.stdout or 0) >= LEAST:
            return command
    return None


def packages(command):
    """One object a line, as their maintainers wrote them."""
    script = f"{command} | '{CHECKOUT}/examples/packages-to-ndjson' | head -n {MOST}"
    return subprocess.run(["sh", "-c", script], stdout=subprocess.PIPE, check=True).stdout


def world():
    fields = {"Package": {"text": "new-{sequence}"}, "Version": {"integer": [1, 9_000_000]},
              "Description": {"words": [3, 40]}, "Depends": {"list": [0, 5], "of": {"name": {"words": [1, 1]}}}}
    return {"environment": {"name": "dev"},
            "templates": [{"name": "debian-packages", "provider": "debian", "model": "Package", "collection": "packages", "id": "Package",
                           "type": "incremental", "frequency": "1h", "objects": 1, "fields": fields, "changes": ["Version", "Description"]}],
            "integrations": [{"id": "debian", "syncs": [{"name": "debian-packages", "enabled": True}]}],
            "connections": [{"id": "demo", "integration": "debian"}],
            "upstream": [{"connection": "demo", "collection": "packages", "file": "packages.ndjson", "id": "Package", "page_size": 1000,
                          "changes": {"every": "20m", "added": 3, "changed": 30, "deleted": 2}}]}


@contextlib.contextmanager
def running(folder, name, *arguments):
    """The program, once it is ready, as what its ready file says."""
    ready_file, log_file = (os.path.join(folder, f"{name}.{kind}") for kind in ("ready", "log"))
    with open(log_file, "w", encoding="utf-8") as log:
        process = subprocess.Popen([os.path.join(BIN, name), *arguments, "--ready-file", ready_file], stdout=log, stderr=log)
    try:
        until(f"{name} to be ready", lambda: os.path.exists(ready_file) or has_ended(process))
        if process.poll() is not None:
            with open(log_file, encoding="utf-8") as said:
                sys.exit(f"{name} ended with {process.returncode}: {said.read()}")
        with open(ready_file, encoding="utf-8") as ready:
            yield json.load(ready)
    finally:
        process.kill()
        process.wait()


def has_ended(process):
    """Looks for a moment, so that nobody asks in a hot loop."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=0.02)
    return process.poll() is not None


def until(what, condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"waited for {PATIENCE} s for {what}")


def control(base, method, path, body=None):
    request = urllib.request.Request(f"{base}/_simulator/{path}", method=method, data=json.dumps(body).encode() if body else None)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


def dump(database):
    return subprocess.run([os.path.join(BIN, "terapi-sync"), "dump", "--database", database], stdout=subprocess.PIPE, check=True).stdout


def follow_for_a_week(folder):
    database = os.path.join(folder, "sync.db")
    with running(folder, "terapi-simulator", "serve", "--port", "0", "--clock", "virtual", "--seed", "7", "--log-level", "warning",
                 "--world", os.path.join(folder, "world.json")) as simulator:
        base = simulator["base_url"]
        os.environ["TERAPI_SECRET_KEY"] = simulator["secret_key"]
        # It looks once when it starts, and then not for a day: whatever else it learns, a webhook has told it.
        with running(folder, "terapi-sync", "run", "--base-url", base, "--database", database, "--stream", "debian/demo/Package",
                     "--listen", "127.0.0.1:0", "--poll", "1d", "--progress", "never") as client:
            truth = until_held("the start", base, database)
            control(base, "PATCH", "environment", {"webhook_urls": [client["webhook_url"]]})
            for day in range(1, 8):
                for _ in range(4):
                    control(base, "POST", "clock/advance", {"by": "6h"})
                truth = until_held(f"day {day}", base, database)
            return [json.loads(line) for line in truth.splitlines()], json.loads(control(base, "GET", "deliveries?limit=1"))["total"]


def until_held(when, base, database):
    """The truth, once the follower holds it."""
    truth = control(base, "GET", f"truth?{STREAM}")
    held = [b""]

    def is_held():
        held[0] = dump(database)
        return held[0] == truth

    try:
        until(f"the follower to hold the truth of {when}", is_held)
    except SystemExit as late:
        known = len(set(held[0].splitlines()) & set(truth.splitlines()))
        sys.exit(f"{late}: of {len(truth.splitlines())} records it has {known} as they are")
    return truth


def main():
    command = index()
    if command is None or shutil.which("perl") is None:
        print("skipped: this machine has no package index, or no perl to read it with")
        return 77
    with tempfile.TemporaryDirectory(prefix="terapi-real-") as folder:
        lines = packages(command)
        for name, text in [("packages.ndjson", lines), ("world.json", json.dumps(world()).encode())]:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(text)
        records, webhooks = follow_for_a_week(folder)
    deleted = sum(record["deleted"] for record in records)
    added = sum(record["id"].startswith("new-") for record in records)
    # A week in which nothing happened would prove nothing.
    if min(len(records) - added, added, deleted, webhooks) < 50:
        sys.exit(f"too little happened: {len(records)} records, {added} added, {deleted} deleted, {webhooks} webhooks")
    print(f"{len(lines.splitlines())} packages of `{command}`; after a week {len(records)} records, {added} of them added, {deleted} "
          f"deleted, {webhooks} webhooks: the follower holds the truth, byte for byte")
    return 0


if __name__ == "__main__":
    sys.exit(main())
