"""explore --server against servers over HTTP: ours is accused of nothing, one that is wrong is: python3 explore_server.py BIN"""
import http.server, json, os, signal, subprocess, sys, tempfile, threading, urllib.request

JUDGE = os.path.join(sys.argv[1], "terapi-conformance")
KEY = "0badc0de-5ec2-4e7f-8a11-a1b2c3d4e5f6"
problems = []


def explore(expected, *arguments, judge=None):
    judge = judge or subprocess.Popen([JUDGE, "explore", "--server", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    output = judge.communicate(timeout=100)[0]
    if judge.returncode != expected:
        problems.append(f"explore {' '.join(arguments)}: exit code {judge.returncode}, expected {expected}\n{output}")
    return output


# --- ours, on either clock ----------------------------------------------------------------------
world = tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8")
json.dump({"integrations": [{"id": "github"}], "connections": [{"id": "demo", "integration": "github"}],
           "records": [{"connection": "demo", "integration": "github", "model": "Issue", "items": [{"id": f"r{number}"}]} for number in range(9)]}, world)
world.flush()
for clock in ("system", "virtual"):
    simulator = subprocess.Popen([os.path.join(sys.argv[1], "terapi-simulator"), "serve", "--port", "0", "--clock", clock, "--world", world.name],
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
    try:
        words = dict(word.split("=", 1) for word in simulator.stdout.readline().split() if "=" in word)
        url = words["base_url"]
        there = ["--base-url", url, "--secret-key", words["secret_key"]]
        explore(0, *there, "--seeds", "1..12")
        with urllib.request.urlopen(url + "/_simulator/requests") as answer:
            methods = {request["method"] for request in json.load(answer)["requests"]}
        if not {"GET"} <= methods <= {"GET", "HEAD"}:
            problems.append(f"{clock}: without a control URL it sent {methods}")
        explore(0, *there, "--seeds", "1..3", "--control-url", url)
        if clock == "system":
            continue
        for wrong, why in ((["--stream", "github/nobody/Issue"], "unknown_connection"), (["--stream", "github"], "is not a stream"),
                           (["--secret-key", KEY], "unknown_account"), (["--control-url", "http://127.0.0.1:1"], "does not answer")):
            if why not in explore(2, *there, *wrong, "--seeds", "1..3"):
                problems.append(f"{wrong}: it does not say {why}")
        # With nothing to look at nobody is accused.
        explore(0, *there, "--stream", "github/demo/Nothing", "--seeds", "1..12")
    finally:
        simulator.kill()
        simulator.communicate()


# --- one that knows no record, nor any mistake ----------------------------------------------------
class Empty(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one piece
    judge, left = None, 0

    def do_GET(self):
        Empty.left -= 1
        if Empty.left == 0:
            Empty.judge.send_signal(signal.SIGINT)
        body = b'{"records":[],"next_cursor":null}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if self.command == "GET" else b"")

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Empty)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
there = ["--base-url", f"http://127.0.0.1:{server.server_port}", "--secret-key", KEY]
with tempfile.TemporaryDirectory() as folder:
    reports = {kind: os.path.join(folder, f"found.{kind}") for kind in ("json", "junit", "html")}
    files = [word for kind, file in reports.items() for word in (f"--{kind}", file)]
    explore(1, *there, "--seeds", "1..6", "--shard", "2/3", "--save", folder, *files)
    with open(reports["json"], encoding="utf-8") as text:
        found = json.load(text)
    if found["schedules"] != 2 or not found["found"]:
        problems.append(f"--shard 2/3 of six seeds: {found['schedules']} schedules, {len(found['found'])} ways to fail")
    kept = os.path.join(folder, "explore")
    check = subprocess.run([JUDGE, "validate", *(os.path.join(kept, name) for name in os.listdir(kept))], stdout=subprocess.PIPE, encoding="utf-8", timeout=60, check=False)
    if check.returncode != 0:
        problems.append(f"what is kept is no scenario: {check.stdout}")
    for kind, file in reports.items():
        with open(file, encoding="utf-8") as text:
            if KEY in text.read():
                problems.append(f"the key stands in the {kind}")
    # Ctrl-C in the middle of it: with the summary and the report, and soon.
    Empty.left = 40
    Empty.judge = subprocess.Popen([JUDGE, "explore", "--server", *there, "--for", "10m", *files], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    output = explore(1, "--for 10m, and Ctrl-C", judge=Empty.judge)
    with open(reports["json"], encoding="utf-8") as text:
        if "stopped: " not in output or json.load(text)["stopped"] is not True:
            problems.append(f"after Ctrl-C it does not say that it was stopped:\n{output}")
print("\n".join(problems) or "a right server is accused of nothing, and a wrong one is")
sys.exit(1 if problems else 0)
