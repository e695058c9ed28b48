"""What the programs do at their edges: lost output, pipes, terminals, ready files, addresses, clocks: python3 edges_test.py BIN"""
import json, os, pty, re, select, signal, socket, subprocess, sys, tempfile, textwrap, time

BIN = sys.argv[1]
SIMULATOR, JUDGE, SYNC = (os.path.join(BIN, name) for name in ("terapi-simulator", "terapi-conformance", "terapi-sync"))
problems = []


def check(holds, what):
    if not holds:
        problems.append(what)


def run(words, **options):
    try:
        return subprocess.run(words, stderr=subprocess.PIPE, timeout=60, check=False, **options)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, None, b"", b"it did not end")


# Asks the simulator that it runs under; prints how many records of STREAM there are.
COUNT = textwrap.dedent("""
    import json, os, sys, urllib.request
    integration, connection, model = sys.argv[1].split("/")
    request = urllib.request.Request(os.environ["TERAPI_BASE_URL"] + "/records?limit=10000&model=" + model, headers={
        "Authorization": "Bearer " + os.environ["TERAPI_SECRET_KEY"],
        "Provider-Config-Key": integration, "Connection-Id": connection})
    print(len(json.load(urllib.request.urlopen(request))["records"]))
    """)


def count_under(flags, stream, **options):
    done = run([SIMULATOR, "exec", *flags, "--", sys.executable, "-c", COUNT, stream], stdout=subprocess.PIPE, **options)
    return done.returncode, done.stdout.decode().strip(), done.stderr.decode()


def lost_output(folder):
    world = os.path.join(folder, "world.json")
    with open(world, "w", encoding="utf-8") as file:
        file.write("{}")
    for words in ([SIMULATOR, "--version"], [SIMULATOR, "--help"], [SIMULATOR, "validate", world], [SIMULATOR, "serve", "--port", "0"],
                  [JUDGE, "list"], [JUDGE, "list", "--clauses"], [JUDGE, "explain", "CUR-8"], [JUDGE, "--version"], [JUDGE, "list", "--help"], [JUDGE, "explain", "--help"], [JUDGE, "validate", "--help"],
                  [SIMULATOR, "ready", "--help"], [SIMULATOR, "validate", "--help"],
                  [JUDGE, "reference", "--world", "virtual", "--filter", "client/deletes"],
                  [SYNC, "--version"], [SYNC, "status", "--help"]):
        with open("/dev/full", "wb") as full:
            done = run(words, stdout=full)
        told = done.stderr.decode()
        check(done.returncode == 2 and "the output cannot be written" in told,
              f"{' '.join(words[:2])} on a full device: exit code {done.returncode}, {told!r}")
    for kind in ("junit", "json", "html"):
        done = run([JUDGE, "reference", "--world", "virtual", "--filter", "client/deletes", f"--{kind}", "/dev/full"],
                   stdout=subprocess.DEVNULL)
        check(done.returncode == 2 and b"/dev/full" in done.stderr, f"--{kind} /dev/full: exit code {done.returncode}, {done.stderr!r}")


def ready_files(folder):
    ready = os.path.join(folder, "ready.json")
    show = run([SIMULATOR, "exec", "--ready-file", ready, "--", "cat", ready], stdout=subprocess.PIPE)
    told = json.loads(show.stdout or b"{}")
    check(set(told) == {"base_url", "control_url", "secret_key", "signing_key", "pid"}, f"exec --ready-file holds {show.stdout!r} {show.stderr!r}")
    check(not os.path.exists(ready), "exec leaves its ready file behind")
    serve = subprocess.Popen([SIMULATOR, "serve", "--port", "0", "--ready-file", ready], stdout=subprocess.PIPE)
    serve.stdout.readline()
    check(os.path.exists(ready), "serve writes no ready file")
    serve.send_signal(signal.SIGTERM)
    check(serve.wait(20) == 0 and not os.path.exists(ready), "serve leaves its ready file behind")
    run([SIMULATOR, "exec", "--ready-file", ready, "--", "sh", "-c", f"echo another > {ready}"])
    check(os.path.exists(ready), "exec takes away what another process has written there")


def pipes(folder):
    spec = "connection=demo,integration=github,model=Package,file="
    lines = b'{"id":1}\n{"id":2}\n{"id":3}\n'
    for name, text in (("NDJSON", lines), ("a JSON array", b' [{"id":1},{"id":2},{"id":3}]')):
        got = count_under(["--load", spec + "/dev/stdin"], "github/demo/Package", input=text)
        check(got[:2] == (0, "3"), f"{name} from a pipe: {got}")
    got = run(["bash", "-c", 'exec "$0" exec --load "$1"<(cat "$2") -- true', SIMULATOR, spec, os.devnull], stdout=subprocess.PIPE)
    check(got.returncode == 2 and b"nothing comes out of" in got.stderr, f"an empty pipe: {got}")
    with open(os.path.join(folder, "world.json"), "w", encoding="utf-8") as world:
        json.dump({"integrations": [{"id": "github", "syncs": [{"name": "s", "models": ["Package"]}]}], "connections": [{"id": "demo", "integration": "github"}],
                   "records": [{"integration": "github", "connection": "demo", "model": "Package", "file": "/dev/stdin"}]}, world)
    got = count_under(["--world", world.name], "github/demo/Package", input=lines)
    check(got[:2] == (0, "3"), f"a world's file from a pipe: {got}")
    with open(world.name, "rb") as text:
        got = count_under(["--world", "/dev/stdin"], "github/demo/Package", stdin=text)
    check(got[0] == 2, f"a world that is its own data is refused: {got}")
    mac = os.path.join(folder, "mac.csv")
    with open(mac, "wb") as file:
        file.write(b"id,name\r1,a\r2,b\r3,c\r")
    got = count_under(["--load", spec + mac], "github/demo/Package")
    check(got[:2] == (0, "3"), f"CSV with CR line ends: {got}")
    got = run([SIMULATOR, "exec", "--load", "/dev/stdin", "--", "true"], input=b"SQLite format 3\0")
    check(got.returncode == 2 and b"no plain file" in got.stderr, f"a database from a pipe: {got}")


def interrupts(folder):
    """What is typed in a terminal reaches the command once, as does what is sent to the simulator alone."""
    counter = os.path.join(folder, "count.py")
    with open(counter, "w", encoding="utf-8") as file:
        file.write(textwrap.dedent("""
            import signal, sys, time
            seen = []
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP): signal.signal(number, lambda *_: seen.append(1))
            print("waiting", flush=True)
            begin = time.monotonic()
            while time.monotonic() < begin + 20 and not seen: time.sleep(0.01)
            time.sleep(0.7)
            print("seen", len(seen), flush=True)
            """))
    for way, key, number in (("typed", b"\x03", 0), ("typed", b"\x1c", 0), ("sent", b"", signal.SIGINT), ("sent", b"", signal.SIGQUIT),
                             ("sent", b"", signal.SIGHUP)):
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(SIMULATOR, [SIMULATOR, "exec", "--", sys.executable, counter])
        text = b""
        interrupted = False
        while True:
            try:
                piece = os.read(terminal, 4096)
            except OSError:
                break
            if not piece:
                break
            text += piece
            if b"waiting" in text and not interrupted:
                interrupted = True
                if way == "typed":
                    os.write(terminal, key)
                else:
                    os.kill(pid, number)
        os.waitpid(pid, 0)
        os.close(terminal)
        check(b"seen 1\r\n" in text, f"a signal that is {way}, {key} {number}: {text!r}")


def hang_up(folder):
    """A terminal that goes away ends command and simulator, in order."""
    ready = os.path.join(folder, "hung-up.json")
    pid, terminal = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs this test may ignore it
        os.execv(SIMULATOR, [SIMULATOR, "exec", "--ready-file", ready, "--", "sleep", "60"])
    until = time.monotonic() + 20
    while not os.path.exists(ready) and time.monotonic() < until:
        time.sleep(0.02)
    os.close(terminal)
    ended = 0
    while not ended and time.monotonic() < until:
        ended, _ = os.waitpid(pid, os.WNOHANG)
        time.sleep(0.02)
    check(ended == pid and not os.path.exists(ready), "a terminal that goes away does not end exec, or not in order")
    if not ended:
        os.kill(pid, signal.SIGKILL)


def addresses():
    probe = textwrap.dedent("""
        import os, socket
        port = int(os.environ["TERAPI_BASE_URL"].rsplit(":", 1)[1])
        print(os.environ["TERAPI_BASE_URL"].startswith("http://localhost:"))
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            with socket.socket(family) as one: print(one.connect_ex((address, port)))
        """)
    try:
        with socket.socket(socket.AF_INET6) as six:
            six.bind(("::1", 0))
    except OSError:
        return  # this machine has no ::1
    done = run([SIMULATOR, "exec", "--host", "localhost", "--", sys.executable, "-c", probe], stdout=subprocess.PIPE)
    check(done.stdout == b"True\n0\n0\n", f"--host localhost: {done}")


def clocks():
    ask = 'import os, urllib.request; print(urllib.request.urlopen(os.environ["TERAPI_BASE_URL"] + "/_simulator/clock").read().decode())'
    for start, wanted in (("now", time.strftime("%Y-%m-%dT", time.gmtime())), ("2025-06-07T08:09:10+02:00", "2025-06-07T06:09:10.000000"), (None, "2024-01-01T00:00:00")):
        flags = [] if start is None else ["--start", start]
        done = run([SIMULATOR, "exec", "--clock", "virtual", *flags, "--", sys.executable, "-c", ask], stdout=subprocess.PIPE)
        check(f'"now":"{wanted}'.encode() in done.stdout, f"--start {start}: {done}")
    for flags, word in ((["--start", "now"], b"--clock virtual"), (["--clock", "virtual", "--start", "soon"], b"'soon' is no time")):
        done = run([SIMULATOR, "exec", *flags, "--", "true"])
        check(done.returncode == 2 and word in done.stderr, f"{flags}: {done}")
    # The printed commands find the records that they promise.
    for flags in ([], ["--start", "now"]):
        serve = subprocess.Popen([SIMULATOR, "serve", "--port", "0", "--clock", "virtual", "--hints", *flags], stdout=subprocess.PIPE, encoding="utf-8")
        text = ""
        for line in serve.stdout:
            text += line
            if line.startswith("Stop:"):
                break
        since = re.search(r"modified_after=(\S+?)'", text)
        start = "2023-12-31" if not flags else time.strftime("%Y-%m-%d", time.gmtime(time.time() - 24 * 3600))
        check(since is not None and since.group(1).startswith(start), f"the printed command of {flags}: {text}")
        check("/_simulator/clock/run-until-idle" in text, f"the hints of a virtual clock: {text}")
        serve.send_signal(signal.SIGTERM)
        serve.wait(20)


def ends_within(pid, seconds):
    """Whether a process that is no child of this one ends."""
    handle = os.pidfd_open(pid)
    try:
        return bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)


def killed_parents(folder):
    """--stop-with-fd: nothing outlives a process that was killed, though nobody could tell it so."""
    if not hasattr(os, "pidfd_open"):
        return  # a Python before 3.9
    # It starts the program with a pipe or a socket, says its pid and the first line, and waits to be killed.
    starter = textwrap.dedent("""
        import socket, subprocess, sys, time
        kind, wanted, *words = sys.argv[1:]
        held = None
        if kind == "socket":
            mine, held = socket.socketpair()
            options = {"stdin": held} if wanted == "0" else {"pass_fds": [held.fileno()]}
            number = "0" if wanted == "0" else str(held.fileno())
        else:
            options, number = {"stdin": subprocess.PIPE}, "0"
        words = [number if word == "N" else word for word in words]
        child = subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8", **options)
        if held: held.close()
        print(child.pid, child.stdout.readline().strip(), flush=True)
        time.sleep(60)
        """)
    serve = [SIMULATOR, "serve", "--port", "0", "--log-level", "error", "--stop-with-fd", "N"]
    ready = os.path.join(folder, "orphan.json")
    command = [SIMULATOR, "exec", "--ready-file", ready, "--stop-with-fd", "N", "--", "sh", "-c", "echo $$; exec sleep 60"]
    for kind, wanted, words in (("pipe", "0", serve), ("socket", "0", serve), ("socket", "other", serve), ("socket", "other", command)):
        parent = subprocess.Popen([sys.executable, "-c", starter, kind, wanted, *words], stdout=subprocess.PIPE, encoding="utf-8")
        pid, said = parent.stdout.readline().split(" ", 1)
        if words is serve:
            check(said.startswith("terapi-simulator ready"), f"--stop-with-fd with a {kind} says {said!r}")
        parent.kill()
        parent.wait()
        ended = ends_within(int(pid), 20)
        check(ended, f"--stop-with-fd: {words[1]} outlives a killed process that held a {kind}")
        if not ended:
            os.kill(int(pid), signal.SIGKILL)
        if words is command:
            check(not os.path.exists(f"/proc/{said.strip()}"), "--stop-with-fd: exec's command outlives it")
            check(not os.path.exists(ready), "--stop-with-fd: exec does not end in order")


def no_lifelines(_):
    for words, told in (([SIMULATOR, "serve", "--port", "0", "--stop-with-fd", "0"], b"neither a pipe nor a socket"),
                        ([SIMULATOR, "serve", "--port", "0", "--stop-with-fd", "77"], b"77: that file descriptor is not open"),
                        ([SIMULATOR, "exec", "--stop-with-fd", "0", "--", "true"], b"standard input is the command's")):
        done = run(words, stdin=subprocess.DEVNULL)
        check(done.returncode == 2 and told in done.stderr, f"{words[1:]}: {done}")


with tempfile.TemporaryDirectory() as scratch:
    for part in (lost_output, ready_files, pipes, interrupts, hang_up, killed_parents, no_lifelines):
        part(scratch)
addresses()
clocks()
print("\n".join(problems) or "all as it should be")
sys.exit(1 if problems else 0)
