"""The project file, end to end: python3 project_test.py BIN"""
import json, os, pathlib, pty, re, signal, subprocess, sys, tempfile, textwrap

BIN = os.path.abspath(sys.argv[1])
SIMULATOR, JUDGE = (os.path.join(BIN, name) for name in ("terapi-simulator", "terapi-conformance"))
ROOT = pathlib.Path(__file__).resolve().parents[2]
problems = []


def check(holds, what):
    if not holds:
        problems.append(what)


def run(words, folder, **options):
    return subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=100, check=False,
                          text=True, **options)


def project(scratch, name, text, **files):
    folder = pathlib.Path(scratch) / name
    (folder / ".git").mkdir(parents=True)
    (folder / "src/deep").mkdir(parents=True)
    (folder / "terapi.json").write_text(textwrap.dedent(text), encoding="utf-8")
    for path, content in files.items():
        place = folder / path.replace("__", "/").replace("_json", ".json")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, encoding="utf-8")
    return folder


WORLD = '{"integrations":[{"id":"shop"}],"connections":[{"id":"berlin","integration":"shop"}]}'
# What the simulator that it runs under holds.
SHOW = 'curl -s "$TERAPI_BASE_URL/_simulator/world"; echo; curl -s "$TERAPI_BASE_URL/_simulator/clock"'


def shown(folder, flags=()):
    done = run([SIMULATOR, "exec", *flags, "--", "sh", "-c", SHOW], folder)
    world, _, clock = done.stdout.rpartition("\n")
    try:
        return json.loads(world), json.loads(clock), done.stderr
    except ValueError:
        problems.append(f"{folder.name}: exec {flags}: {done.stdout[:200]} {done.stderr}")
        return {"connections": [], "environment": {}}, {}, done.stderr


def simulator(scratch):
    folder = project(scratch, "shop", """\
        // what we always want
        { "world": "worlds/demo.json", "clock": "virtual", "start": "2031-01-02T00:00:00Z", "port": 1, "data": "kept.db",
          "webhook_url": ["http://127.0.0.1:9/a", "http://127.0.0.1:9/b"] }
        """, worlds__demo_json=WORLD)
    world, clock, told = shown(folder / "src/deep")
    check([one["id"] for one in world["connections"]] == ["berlin"], f"the world of the file: {world}")
    check(clock.get("mode") == "virtual" and clock.get("now", "").startswith("2031-01-02"), f"the clock of the file: {clock}")
    check(world["environment"].get("webhook_urls") == ["http://127.0.0.1:9/a", "http://127.0.0.1:9/b"], f"its webhook URLs: {world['environment']}")
    check("terapi-simulator: project file ../../terapi.json" in told, f"which file is used is not told: {told}")
    check(not (folder / "kept.db").exists(), "exec keeps data where serve would")
    world, clock, _ = shown(folder, ["--webhook-url", "http://127.0.0.1:9/c", "--clock", "system"])
    check(world["environment"].get("webhook_urls") == ["http://127.0.0.1:9/c"], "a flag does not replace the file's list")
    check(clock.get("mode") == "system", "a flag does not win over the file, with what depends on it")
    world, _, told = shown(folder, ["--no-project"])
    check(len(world["connections"]) == 3 and "project" not in told, "--no-project is not without")
    world, _, told = shown(pathlib.Path(scratch), ["--project", "shop/terapi.json"])
    check([one["id"] for one in world["connections"]] == ["berlin"], "--project does not name one")
    told = run([SIMULATOR, "exec", "--log-format", "json", "--", "true"], folder).stderr
    check(json.loads(told)["message"] == "project file terapi.json", f"not a line of JSON: {told}")


def serve(scratch):
    folder = project(scratch, "served", '{ "world": {}, "data": "kept.db", "port": 0 }')
    process = subprocess.Popen([SIMULATOR, "--json"], cwd=folder / "src", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    told = json.loads(process.stdout.readline())
    check((folder / "kept.db").exists(), "serve does not keep its data where the file says, as seen from there")
    port = told["base_url"].rpartition(":")[2]
    (folder / "terapi.json").write_text(f'{{ "port": {port} }}', encoding="utf-8")
    done = run([SIMULATOR, "ready"], folder)
    check(done.returncode == 0 and done.stdout == f"http://127.0.0.1:{port} is ready\n", f"ready: {done}")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)


def mistakes(scratch):
    for name, text, want in (
            ("syntax", '{ "world": ', r"terapi-simulator exec: terapi\.json: line 1, column 12"),
            ("member", '{\n "worlds": {} }', r"terapi\.json:2:2: .*'worlds'.*did you mean 'world'\?\n\(--no-project"),
            ("no-world", '{ "world": "none.json" }', r"terapi\.json:1:12: world: there is no 'none\.json'"),
            ("inline", '{ // ours\n "world": {\n  "recrods": [] } }', r"terapi\.json:3:3: .*recrods"),
            ("url", '{ "webhook_url": ["http://a",\n "ftp://b"] }', r"terapi\.json:2:2: webhook_url: .*ftp://b"),
            ("quirk", '{ "quirks": {"no_such": true} }', r"terapi\.json:1:25: quirks: .*no_such"),
            ("load", '{ "load": "connection=a" }', r"terapi\.json:1:11: load: 'integration' is missing"),
            ("start", '{ "clock": "virtual", "start": "soon" }', r"terapi\.json:1:32: start: 'soon' is no time"),
            ("alone", '{ "start": "now" }', r"terapi\.json:1:12: start: only a virtual clock"),
            ("key", '{ "secret_key": "a b" }', r"terapi\.json:1:17: secret_key ")):
        folder = project(scratch, name, text)
        done = run([SIMULATOR, "exec", "--", "true"], folder)
        check(done.returncode == 2 and re.search(want, done.stderr), f"{text}: {done.returncode} {done.stderr!r}")
        done = run([SIMULATOR, "validate", "terapi.json"], folder)
        told = re.sub(r"^terapi-simulator exec: ", "", want.replace(r"\n\(--no-project", ""))
        check(done.returncode == 2 and re.search(told, done.stderr), f"validate {text}: {done}")
    for name, text in (("good", '{ "world": {} }'), ("nango", '{ "dialect": "nango", "world": { "time_zone": "+02:00" } }')):
        folder = project(scratch, name, text)
        served = run([SIMULATOR, "exec", "--", "true"], folder)
        done = run([SIMULATOR, "validate", "terapi.json"], folder)
        check(served.returncode == done.returncode == 0, f"a good one is not good: {served.stderr} {done.stderr}")
    folder = project(scratch, "no-load", '{ "load": ["sync.db"] }')
    done = run([SIMULATOR, "exec", "--", "true"], folder)
    check(done.returncode == 2 and "terapi.json:1:12: load: there is no 'sync.db'" in done.stderr, f"a database that is not there: {done.stderr}")




def judge(scratch):
    client = (ROOT / "conformance/examples/python/client.py").read_text(encoding="utf-8")
    own = (ROOT / "scenarios/client/deletes.json").read_text(encoding="utf-8").replace('"client/deletes"', '"own/deletes"')
    folder = project(scratch, "judged", """\
        { "client": { "run": "python3 client.py", "dump": "python3 client.py dump" }, "scenarios": "terapi/scenarios",
          "filter": ["client/deletes", "own/*", "client/invalid-*"], "skip": "client/invalid-*", "reports": { "json": "report.json" } }
        """, **{"terapi__scenarios__own__deletes_json": own})
    (folder / "client.py").write_text(client, encoding="utf-8")
    done = run([JUDGE, "client"], folder / "src/deep")
    check(done.returncode == 0 and "2 passed, 0 failed" in done.stdout, f"client: {done.returncode} {done.stdout} {done.stderr}")
    played = sorted(one["scenario"] for one in json.loads((folder / "report.json").read_text(encoding="utf-8"))["results"])
    check(played == ["client/deletes", "own/deletes"], f"client plays {played}")
    rerun = json.loads((folder / "report.json").read_text(encoding="utf-8"))["results"][0]["rerun"]
    check(rerun.startswith("terapi-conformance client --project ../../terapi.json --filter "), f"how to run it again: {rerun}")
    done = run([JUDGE, *rerun.split()[1:]], folder / "src/deep")
    check("1 passed" in done.stdout, f"running it again: {done.stdout} {done.stderr}")
    done = run([JUDGE, "client", "--run", "exit 3", "--filter", "own/*"], folder)
    check(done.returncode == 1 and "Without --dump" in done.stdout, f"another client has another dump: {done.stdout}")
    told = run([JUDGE, "list", "--filter", "own/*"], folder).stdout
    check(told.startswith("own/deletes"), f"list: {told}")
    check("own/deletes" in run([JUDGE, "explain", "own/deletes"], folder).stdout, "explain")
    done = run([JUDGE, "validate"], folder)
    check(done.returncode == 0 and done.stdout.count("good") == 2, f"validate: {done}")
    done = run([JUDGE, "measure", "--quick", "--only", "first-sync", "--records", "20", "--latency", "0s", "--no-reference"], folder / "src")
    check("client.py" in done.stdout and done.returncode == 0, f"measure: {done.stdout} {done.stderr}")
    folder = project(scratch, "slip", '{ "client": { "run": "x" },\n "skip": ["client/deltes"] }')
    done = run([JUDGE, "client"], folder)
    check(done.returncode == 2 and "terapi.json:2:11: no scenario of a client fits 'client/deltes'" in done.stderr, f"a slip: {done.stderr}")
    folder = project(scratch, "clientless", "{}")
    check("terapi-conformance init" in run([JUDGE, "client"], folder).stderr, "without a client nobody is told of init")
    # The judge's own simulator is not the project's.
    folder = project(scratch, "own", '{ "world": {}, "clock": "system" }')
    done = run([JUDGE, "reference", "--world", "http", "--filter", "client/deletes"], folder)
    check(done.returncode == 0 and "1 passed" in done.stdout, f"reference: {done.stdout[-600:]} {done.stderr}")
    # Nor is it forgotten in the command that plays one again.
    done = run([JUDGE, "client", "--no-project", "--run", "exit 3", "--filter", "client/deletes"], folder)
    check(" --no-project " in done.stdout, f"to run it again: {done.stdout}")
    # What --quick leaves out anyway may be skipped, and reports need no folder beforehand.
    folder = project(scratch, "skips", json.dumps({"client": {"run": f"{JUDGE} subject", "dump": f"{JUDGE} subject dump"}, "skip": ["client/backlog*"],
                                                   "reports": {"junit": "made/junit.xml"}}))
    done = run([JUDGE, "client", "--quick", "--shard", "1/40"], folder)
    check(done.returncode == 0 and (folder / "made/junit.xml").exists(), f"skip with --quick: {done.stdout[-300:]} {done.stderr}")


def init(scratch):
    folder = pathlib.Path(scratch) / "new"
    folder.mkdir()
    (folder / "package.json").write_text('{"scripts":{"sync":"node s.mjs"}}', encoding="utf-8")
    done = run([JUDGE, "init"], folder)
    check(done.returncode == 0 and "guessed from package.json" in done.stdout and "terapi-conformance client" in done.stdout, f"init: {done}")
    text = (folder / "terapi.json").read_text(encoding="utf-8")
    check('"run": "npm run --silent sync"' in text, text)
    check(run([SIMULATOR, "validate", "terapi.json"], folder).returncode == 0, "what init writes is not good")
    done = run([JUDGE, "init", "--run", "other"], folder)
    check(done.returncode == 2 and "--force" in done.stderr and (folder / "terapi.json").read_text(encoding="utf-8") == text, f"init writes over it: {done}")
    done = run([JUDGE, "init", "--force", "--run", "other 'x'", "--webhook-url", "http://127.0.0.1:8080/w", "--dialect", "nango", "--yes"], folder)
    text = (folder / "terapi.json").read_text(encoding="utf-8")
    check('"run": "other \'x\'"' in text and '"dialect": "nango"' in text and '"webhook_url": "http://127.0.0.1:8080/w"' in text, text)
    done = run([JUDGE, "init", "--force", "--world", "none.json"], folder)
    check(done.returncode == 2 and "there is no file" in done.stderr, f"init with a world that is not there: {done}")
    # At a terminal it asks.
    (folder / "terapi.json").unlink()
    master, slave = pty.openpty()
    process = subprocess.Popen([JUDGE, "init", "--dump", "mine dump"], cwd=folder, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    os.close(slave)
    os.write(master, b"mine\n\nhttp://127.0.0.1:8080/w\nnagno\nnango\n")
    out, err = process.communicate(timeout=30)
    text = (folder / "terapi.json").read_text(encoding="utf-8") if (folder / "terapi.json").exists() else ""
    check('"run": "mine"' in text and '"dump": "mine dump"' in text and '"dialect": "nango"' in text, f"asked: {out} {err} {text}")
    check("There is no dialect 'nagno'" in err and "The command that prints" not in err, f"asked: {err}")
    os.close(master)


with tempfile.TemporaryDirectory(prefix="terapi-project-") as scratch_folder:
    for part in (simulator, serve, mistakes, judge, init):
        part(scratch_folder)
if problems:
    sys.exit("\n".join(problems))
print("the project file holds")
