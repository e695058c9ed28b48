"""Every command of every program has an output for programs (docs/scripting.md): python3 json_test.py BIN

Which commands there are, the programs say themselves: one that is not tried here is a failure."""
import json, os, re, signal, subprocess, sys, tempfile

BIN = sys.argv[1]
SIMULATOR, JUDGE, SYNC = (os.path.join(BIN, name) for name in ("terapi-simulator", "terapi-conformance", "terapi-sync"))
ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
problems = []


def check(holds, what):
    if not holds:
        problems.append(what)


def run(*words, **options):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=100, check=False, text=True, **options)


def whole(done, what):
    """The one JSON value that it printed."""
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        problems.append(f"{what}: no JSON, {error}: {done.stdout[:200]!r} {done.stderr[:300]!r}")
        return {}


def lines(done, what):
    values = []
    for line in done.stdout.splitlines():
        try:
            values.append(json.loads(line))
        except ValueError:
            problems.append(f"{what}: a line that is no JSON: {line[:200]!r}")
    check(values, f"{what}: printed nothing; {done.stderr[:300]!r}")
    return values


def first_line(words, what):
    """Of a program that goes on until it is ended."""
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    try:
        return json.loads(line)
    except ValueError:
        problems.append(f"{what}: its first line is no JSON: {line!r}")
        return {}


def simulator(folder):
    yield "serve"
    told = first_line([SIMULATOR, "serve", "--port", "0", "--json"], "serve")
    check(told.get("base_url", "").startswith("http://127.0.0.1:") and told.get("pid"), f"serve: {told}")
    check("--hints" in run(SIMULATOR, "serve", "--json", "--hints").stderr, "serve: --hints with --json is not refused")
    yield "exec"
    done = run(SIMULATOR, "exec", "--json", "--", "echo", "the command's own")
    check(done.stdout == "the command's own\n" and "base_url" in json.loads(done.stderr.splitlines()[-1]), f"exec: {done}")
    yield "ready"
    told = whole(run(SIMULATOR, "ready", "--json", "--url", "http://127.0.0.1:9"), "ready")
    check(told.get("ready") is False and told.get("reason"), f"ready: {told}")
    done = run(SIMULATOR, "exec", "--", "sh", "-c", f'{SIMULATOR} ready --json --url "$TERAPI_BASE_URL"')
    check(whole(done, "ready").get("ready") is True, f"ready: {done}")
    yield "validate"
    for name, text in (("good.json", "{}"), ("bad.json", '{\n "recrods": []}')):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    scenario = os.path.join(ROOT, "scenarios/client/deletes.json")
    told = lines(run(SIMULATOR, "validate", "--json", f"{folder}/good.json", f"{folder}/bad.json", scenario), "validate")
    check([one["good"] for one in told] == [True, False, True], f"validate: {told}")
    check("bad.json:2:2" in told[1]["mistakes"][0], f"validate: {told}")


def sync(folder):
    database = os.path.join(folder, "sync.db")
    yield "run"
    script = f'{SYNC} run --json --once --database {database} --stream github/demo/Issue --progress never'
    told = lines(run(SIMULATOR, "exec", "--", "sh", "-c", script), "run")
    check([one["event"] for one in told] == ["ready", "ended"], f"run: {told}")
    check(told[-1]["streams"][0]["records"] == 1000 and told[-1]["streams"][0]["error"] is None, f"run: {told}")
    yield "dump"
    plain, asked = (run(SYNC, "dump", *flags, "--database", database) for flags in ([], ["--json"]))
    check(plain.stdout == asked.stdout and len(lines(asked, "dump")) == 1000, "dump: --json changes it")
    yield "status"
    check(whole(run(SYNC, "status", "--json", "--database", database), "status")[0]["records"] == 1000, "status")


def judge(folder):
    reference = ["--world", "virtual", "--filter", "client/deletes", "--json", "-"]
    yield "reference"
    done = run(JUDGE, "reference", *reference)
    check(whole(done, "reference").get("results") and "1 passed" in done.stderr, f"reference: {done.stderr}")
    check(run(JUDGE, "reference", *reference, "--html", "-").returncode == 2, "two reports go to standard output at once")
    yield "client"
    done = run(JUDGE, "client", "--run", f"{JUDGE} subject", "--dump", f"{JUDGE} subject dump", *reference[2:])
    check(whole(done, "client").get("results") and done.returncode == 0, f"client: {done.stderr}")
    done = run(JUDGE, "client", "--run", f"{JUDGE} subject", *reference[2:])
    check(whole(done, "client without --dump").get("results"), "client without --dump")
    yield "server"
    done = run(SIMULATOR, "exec", "--", "sh", "-c",
               f'{JUDGE} server --base-url "$TERAPI_BASE_URL" --read-only --rate 100/s --stream github/demo/Issue --filter "server/cursor*" --json -')
    check(whole(done, "server").get("results"), f"server: {done.stderr}")
    yield "mutants"
    check(whole(run(JUDGE, "mutants", "--mutant", "ignores-deletes", "--filter", "client/deletes", "--json", "-"), "mutants").get("results"), "mutants")
    yield "explore"
    check(whole(run(JUDGE, "explore", "--seeds", "1..3", "--json", "-"), "explore").get("mode") == "explore", "explore")
    yield "measure"
    done = run(JUDGE, "measure", "--quick", "--only", "first-sync", "--records", "20", "--latency", "0s", "--json", "-")
    check(whole(done, "measure"), f"measure: {done.stderr}")
    yield "otherwise"
    told = first_line([JUDGE, "otherwise", "--base-url", "http://127.0.0.1:9", "--json"], "otherwise")
    check(told.get("base_url") and told.get("forwards_to") == "http://127.0.0.1:9", f"otherwise: {told}")
    yield "list"
    told = whole(run(JUDGE, "list", "--json"), "list")
    check(any(one["id"] == "client/deletes" and one["judges"] == "client" for one in told), "list")
    check(any(one["proved_by"] for one in whole(run(JUDGE, "list", "--clauses", "--json"), "list --clauses")), "list --clauses")
    yield "explain"
    for id_, kind in (("CUR-3", "clause"), ("I1", "invariant"), ("client/deletes", "scenario"), ("ignores-deletes", "mutant")):
        told = whole(run(JUDGE, "explain", id_, "--json"), f"explain {id_}")
        check(told.get("kind") == kind and told.get("id") == id_, f"explain {id_}: {told}")
    yield "validate"
    done = run(JUDGE, "validate", "--json", os.path.join(ROOT, "scenarios/client/deletes.json"), f"{folder}/none.json")
    check([one["good"] for one in lines(done, "validate")] == [True, False] and done.returncode == 2, f"validate: {done}")
    yield "init"
    told = whole(run(JUDGE, "init", "--folder", folder, "--run", "node a.mjs", "--json"), "init")
    check(told.get("members", {}).get("client") == {"run": "node a.mjs"}, f"init: {told}")
    yield "subject"  # a client under test: it prints a dump, as all of them do, and "client" above has read it


def commands_of(program):
    found = re.findall(rf"^  {os.path.basename(program)} \[?([a-z]+)\]?(?: |$)", run(program, "--help").stdout, re.MULTILINE)
    check(found, f"{program} --help names no command")
    return set(found)


for program, tried in ((SIMULATOR, simulator), (SYNC, sync), (JUDGE, judge)):
    with tempfile.TemporaryDirectory() as scratch:
        done = set()
        for command in tried(scratch):
            done.add(command)
    check(commands_of(program) == done, f"{os.path.basename(program)}: {sorted(commands_of(program) ^ done)} has no output for programs, as far as this test knows")
    told = whole(run(program, "--version", "--json"), "--version")
    check(told.get("program") == os.path.basename(program) and re.match(r"\d+\.\d+\.\d+$", told.get("version", "")), f"--version: {told}")
if problems:
    sys.exit("\n".join(problems))
print("every command has an output for programs")
