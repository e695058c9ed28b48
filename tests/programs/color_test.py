"""Colour: on a terminal where it helps; none in a pipe, with NO_COLOR or on a dumb terminal: python3 color_test.py CHECKOUT BIN"""
import os, pty, re, shutil, signal, subprocess, sys, tempfile, time

CHECKOUT, BIN = map(os.path.abspath, sys.argv[1:])
SIMULATOR, JUDGE, SYNC = (os.path.join(BIN, name) for name in ("terapi-simulator", "terapi-conformance", "terapi-sync"))
SEQUENCE = re.compile(r"\x1b\[[\d;]*m")
problems = []


def check(holds, what):
    if not holds:
        problems.append(what)


def environment(**variables):
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE")}
    return {**kept, "TERM": "xterm-256color", **variables}


def on_terminal(words, until=None, **variables):
    """What a terminal gets from it; where `until` came, it is told to stop."""
    pid, terminal = pty.fork()
    if pid == 0:
        try:
            os.execvpe(words[0], words, environment(**variables))
        finally:
            os._exit(127)
    text, asked = b"", False
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        text += piece
        if until and until in text and not asked:
            asked = True
            os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
    os.close(terminal)
    return text.decode().replace("\r\n", "\n")


def in_pipe(words, **variables):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment(**variables),
                          encoding="utf-8", timeout=100, check=False)
    return done.stdout


JUDGED = [JUDGE, "reference", "--world", "virtual", "--filter", "client/deletes"]
FAULTY = [JUDGE, "explain", "no-such-thing"]
SHOWN = [  # what is run, what is coloured there, and how
    (JUDGED, "1 passed, 0 failed, 0 skipped", "\x1b[32m"),
    (FAULTY, "terapi-conformance:", "\x1b[31m"),
    ([SIMULATOR, "serve", "--prot", "1"], "terapi-simulator:", "\x1b[31m"),
    ([SYNC, "run", "--once", "--base-url", "nowhere"], "terapi-sync run:", "\x1b[31m"),
    ([SYNC, "run", "--once", "--base-url", "http://127.0.0.1:1", "--secret-key", "7f3d2a10-5c4e-4b8a-9d61-2e8f0c9b7a54", "--database", "FOLDER/x.db",
      "--stream", "github/demo/Issue"], "terapi-sync: warning:", "\x1b[33m"),
]
with tempfile.TemporaryDirectory(prefix="terapi-color-") as folder:
    # It complains before it calls anybody, who might have colours of their own.
    shutil.copy(os.path.join(CHECKOUT, "terapi"), folder)
    os.makedirs(os.path.join(folder, "core"))
    shutil.copy(os.path.join(CHECKOUT, "core", "version.h"), os.path.join(folder, "core"))
    SHOWN.append((["env", "TERAPI_INSTALL=never", "TERAPI_BUILD_DIR=/proc/none", "PATH=/usr/bin:/bin", os.path.join(folder, "terapi"), "build"], "terapi:", "\x1b[31m"))
    for words, what, colour in SHOWN:
        words = [word.replace("FOLDER", folder) for word in words]
        until = b"warning:" if "FOLDER/x.db" in str(words) or "warning" in what else None
        name = " ".join(os.path.basename(word) for word in words[:3])
        said = on_terminal(words, until)
        check(colour + what in said, f"{name} on a terminal: expected {colour + what!r} in {said!r}")
        check(said.count("\x1b[0m") == len(SEQUENCE.findall(said)) - said.count("\x1b[0m"), f"{name}: colours that do not end: {said!r}")
        for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            plain = on_terminal(words, until, **variables)
            check(what in plain and not SEQUENCE.search(plain), f"{name} with {variables}: {plain!r}")
        if not until:
            plain = in_pipe(words)
            check(what in plain, f"{name} in a pipe says {plain!r}")
            check("\x1b" not in plain and "\x1b" not in in_pipe(words, FORCE_COLOR="1", CLICOLOR_FORCE="1"), f"{name} in a pipe: {plain!r}")
    # The hints are for people; the line before them is for programs, too, and stays as it is.
    served = on_terminal([SIMULATOR, "serve", "--port", "0", "--log-level", "error", "--hints", "--clock", "virtual"], b"Ctrl-C")
    check(served.startswith("terapi-simulator ready base_url=http://"), f"the first line: {served[:80]!r}")
    check("\x1b[1mWhat changed since a time" in served and "\n  curl -X POST http" in served, f"the hints: {served!r}")
    # What is logged: warnings stand out.
    logged = on_terminal([SIMULATOR, "exec", "--clock", "virtual", "--webhook-url", "http://127.0.0.1:1/", "--", "sh", "-c",
                          'for path in runs clock/run-until-idle; do curl -s -o /dev/null "$TERAPI_BASE_URL/_simulator/$path" -d \'{"integration":"github","connection":"demo","model":"Issue","save":[{"id":"1"}]}\'; done'])
    if shutil.which("curl"):
        lines = [line for line in logged.splitlines() if " warning " in line or " error " in line]
        check(lines and all(line.lstrip("\r").startswith(("\x1b[33m", "\x1b[31m")) and line.endswith("\x1b[0m") for line in lines), f"the log: {logged!r}")
        check(not any("\x1b" in line for line in logged.splitlines() if " info " in line), f"the log of what is as it should be: {logged!r}")

print("\n".join(problems) if problems else "colour where it helps")
sys.exit(1 if problems else 0)
