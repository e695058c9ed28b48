"""terapi-sync while its PostgreSQL server crashes and starts again, and while a standby takes over: python3 postgres_outages_test.py BIN

What was committed is there or is fetched again: in the end the dump equals the truth. Skipped (77) where PostgreSQL is not installed.
"""
import contextlib, ctypes, json, os, pathlib, pwd, shutil, signal, subprocess, sys, tempfile, urllib.request

BIN = pathlib.Path(sys.argv[1])
RECORDS = 6000
LIMIT = 50  # records of a page, so that there are many commits to come between
KEY = "11111111-2222-4333-8444-555555555555"
DIFF = "/_simulator/truth/diff?integration=github&connection=demo&model=Issue"
LIBC = ctypes.CDLL(None)


def programs():
    folders = [pathlib.Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)]
    folders += sorted((version / "bin" for version in pathlib.Path("/usr/lib/postgresql").glob("*")), reverse=True)
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "postgres", "pg_ctl", "pg_basebackup")):
            return folder
    return None


def die_with_parent():
    LIBC.prctl(1, signal.SIGKILL)


class Servers:
    """Servers of PostgreSQL, each with its data in a folder of its own, and its socket in another one."""

    def __init__(self, folder, stack):
        self.folder, self.stack, self.processes = pathlib.Path(folder), stack, {}
        self.user = None
        if os.geteuid() == 0:  # as root it does not run
            names = {user.pw_name for user in pwd.getpwall()}
            self.user = "postgres" if "postgres" in names else "nobody"
            shutil.chown(folder, self.user)

    def run(self, name, *words):
        done = subprocess.run([PROGRAMS / name, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              user=self.user, cwd=self.folder, check=False, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stdout}")
        return done.stdout

    def place(self, name):
        return self.folder / name

    def socket(self, name):
        """Its folder; not the one of the data, of which a standby begins as a copy."""
        folder = self.folder / f"{name}-socket"
        if not folder.exists():
            folder.mkdir()
            if self.user:
                shutil.chown(folder, self.user)
        return folder

    def start(self, name):
        """Until it answers. It dies with this process."""
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                [PROGRAMS / "postgres", "-D", self.place(name), "-k", self.socket(name), "-c", "listen_addresses=",
                 "-c", "max_wal_senders=4", "-c", "hot_standby=on"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=self.user, cwd=self.folder, preexec_fn=die_with_parent)
        self.processes[name] = process
        self.stack.callback(self.kill, name)
        while self.ask(name, "SELECT 1") is None:
            if process.poll() is not None:
                raise RuntimeError((self.folder / f"{name}.log").read_text()[-2000:])

    def kill(self, name):
        """As a crash: what is not on disk is lost."""
        process = self.processes[name]
        if process.poll() is None:
            process.send_signal(signal.SIGQUIT)
        process.wait(60)

    def ask(self, name, sql):
        """The first column of the first row; None when there is no answer."""
        done = subprocess.run([PROGRAMS / "psql", "-h", self.socket(name), "-U", "terapi", "-qtAX", "-c", sql, "postgres"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False, timeout=60)
        return done.stdout.strip() if done.returncode == 0 else None

    def url(self, *names, more=""):
        hosts = ",".join(str(self.socket(name)) for name in names)
        return f"postgresql:///postgres?host={hosts}&user=terapi&connect_timeout=5{more}"

    def wait_for(self, name, count, sync):
        """Until so many records are stored, of a sync that goes on."""
        while int(self.ask(name, "SELECT coalesce(sum(records), 0) FROM cursors") or 0) < count:
            if sync.poll() is not None:
                raise RuntimeError(f"the sync has ended with {sync.returncode}")


def simulator(folder, stack):
    records = pathlib.Path(folder, "records.ndjson")
    records.write_text("".join(json.dumps({"id": str(i), "text": "x" * 200}) + "\n" for i in range(RECORDS)))
    world = pathlib.Path(folder, "world.json")
    world.write_text(json.dumps({"integrations": [{"id": "github", "syncs": [{"name": "issues", "models": ["Issue"]}]}],
                                 "connections": [{"id": "demo", "integration": "github"}]}))
    process = subprocess.Popen(
        [BIN / "terapi-simulator", "serve", "--port", "0", "--secret-key", KEY, "--log-level", "warning", "--world", world,
         "--load", f"connection=demo,integration=github,model=Issue,file={records}"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, preexec_fn=die_with_parent)
    stack.callback(process.wait)
    stack.callback(process.kill)
    url = next(word for word in process.stdout.readline().split() if word.startswith("base_url=")).partition("=")[2]
    # So that a sync takes a while, however fast the machine is.
    rule = {"on": "api", "match": {"path": "/records"}, "every": 1, "do": {"delay": "20ms"}}
    ask(url + "/_simulator/faults/slow", json.dumps(rule).encode(), "PUT")
    return url


def ask(url, body, method="POST"):
    request = urllib.request.Request(url, data=body, method=method, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def sync(stack, base_url, database):
    process = subprocess.Popen(
        [BIN / "terapi-sync", "run", "--once", "--base-url", base_url, "--database", database, "--limit", str(LIMIT), "--stream",
         "github/demo/Issue", "--progress", "never"], env={**os.environ, "TERAPI_SECRET_KEY": KEY}, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process


def check_end(process, base_url, database, what):
    said = process.communicate(timeout=150)[1]
    assert process.returncode == 0, f"{what}: exit code {process.returncode}: {said}"
    dump = subprocess.run([BIN / "terapi-sync", "dump", "--database", database], stdout=subprocess.PIPE, check=True, timeout=60)
    told = ask(base_url + DIFF, dump.stdout)
    assert told["equal"], f"{what}: {told['counts']}"
    status = subprocess.run([BIN / "terapi-sync", "status", "--json", "--database", database], stdout=subprocess.PIPE, check=True,
                            timeout=60, text=True).stdout
    assert f'"records":{RECORDS}' in status.replace(" ", ""), f"{what}: {status}"


def restarted(servers, base_url, stack):
    servers.run("initdb", "-D", servers.place("first"), "-U", "terapi", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    servers.start("first")
    process = sync(stack, base_url, servers.url("first"))
    for part in (RECORDS // 4, RECORDS // 2):
        servers.wait_for("first", part, process)
        servers.kill("first")
        servers.start("first")
    check_end(process, base_url, servers.url("first"), "a primary that crashed twice")


def failed_over(servers, base_url, stack):
    servers.run("pg_basebackup", "-h", servers.socket("first"), "-U", "terapi", "-D", servers.place("second"), "-R", "-c", "fast", "-N")
    servers.start("second")
    servers.ask("first", "TRUNCATE records, cursors")
    both = servers.url("first", "second", more="&target_session_attrs=read-write")
    process = sync(stack, base_url, both)
    servers.wait_for("first", RECORDS // 3, process)
    # A standby can be read meanwhile; nothing is written to it.
    subprocess.run([BIN / "terapi-sync", "status", "--database", servers.url("second")], stdout=subprocess.DEVNULL, check=True,
                   timeout=60)
    servers.kill("first")
    servers.run("pg_ctl", "promote", "-D", servers.place("second"))
    check_end(process, base_url, both, "a standby that took over")
    assert servers.ask("second", "SELECT pg_is_in_recovery()") == "f"


PROGRAMS = programs()
if PROGRAMS is None or not (PROGRAMS / "psql").exists():
    print("PostgreSQL is not installed: apt install postgresql")
    sys.exit(77)
# Not in TMPDIR: the path of a socket has 107 bytes at most.
with tempfile.TemporaryDirectory(prefix="terapi-pg-", dir="/tmp", ignore_cleanup_errors=True) as place, contextlib.ExitStack() as resources:
    world = simulator(place, resources)
    group = Servers(place, resources)
    restarted(group, world, resources)
    failed_over(group, world, resources)
print("PostgreSQL may crash, and a standby may take over: nothing is lost")
