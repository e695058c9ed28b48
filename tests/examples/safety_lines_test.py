#!/usr/bin/env python3
"""Takes the safety lines of the example clients away, one at a time, and demands that a scenario fails and says why.

    safety_lines_test.py terapi-conformance [--all] [--jobs N] [--client python|node|cpp] [--only TEXT]

conformance/examples/safety_lines.json has the lines. Each entry names the client, the clause, the text to `remove`,
what to `put` there so that the program still runs, the `scenario` that has to fail, and the word its message `says`.
Without --all, the entries marked `quick` are tried. Exits with 77 when a runtime is missing: skipped. A C++ client is
compiled for each of its lines, which takes longer than the judge does.
"""
import argparse, concurrent.futures, json, pathlib, shlex, shutil, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "conformance" / "examples"
CLIENTS = {"python": ("python3", "client.py"), "node": ("node", "client.mjs"), "cpp": ("c++", "client.cc")}
PACKAGES = ["cpp-httplib", "sqlite3", "libcrypto"]
FAILED = 1  # the exit code of terapi-conformance when a scenario fails
SKIPPED = 77


def judge(conformance, program, scenario):
    command = [conformance, "client", "--scenarios", str(ROOT / "scenarios"), "--filter", scenario, "--jobs", "1"]
    done = subprocess.run(command + ["--run", program, "--dump", program + " dump"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=240, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def is_missing(client):
    runtime = CLIENTS[client][0]
    if not shutil.which(runtime):
        return f"no {runtime}"
    if client == "cpp" and subprocess.run(["pkg-config", "--exists", *PACKAGES], check=False).returncode:
        return "no pkg-config that knows " + ", ".join(PACKAGES)
    return ""


def program_of(client, source):
    """The command that runs this source; a C++ one is compiled beside it."""
    runtime = CLIENTS[client][0]
    if client != "cpp":
        return f"{runtime} {shlex.quote(str(source))}"
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", *PACKAGES], stdout=subprocess.PIPE, check=True).stdout
    program = source.with_name("client")
    # -O1, since what is slower than an interpreter is killed before it stores.
    subprocess.run([runtime, "-std=c++20", "-O1", "-pthread", source, *flags.decode().split(), "-o", program], check=True)
    return shlex.quote(str(program))


def try_without(conformance, entry):
    """What is wrong with the entry, and what the judge said; the former is empty if the loss was noticed."""
    began = time.monotonic()
    name = CLIENTS[entry["client"]][1]
    source = (EXAMPLES / entry["client"] / name).read_text(encoding="utf-8")
    if source.count(entry["remove"]) != 1:
        return f"the text to remove stands there {source.count(entry['remove'])} times, not once", ""
    with tempfile.TemporaryDirectory(prefix="safety-line-") as folder:
        mutant = pathlib.Path(folder) / name
        mutant.write_text(source.replace(entry["remove"], entry["put"]), encoding="utf-8")
        try:
            program = program_of(entry["client"], mutant)
        except subprocess.CalledProcessError as why:
            return f"it cannot be built: {why}", ""
        code, said = judge(conformance, program, entry["scenario"])
    entry["seconds"] = round(time.monotonic() - began)
    if code != FAILED:
        return f"{entry['scenario']} did not notice: exit code {code}", said
    if entry["says"] not in said:
        return f"{entry['scenario']} failed, and said nothing of {entry['says']}", said
    return "", said


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("conformance")
    parser.add_argument("--all", action="store_true", help="every line, not only the quick ones")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--client", choices=CLIENTS)
    parser.add_argument("--only", default="", help="entries that have this text in them")
    arguments = parser.parse_args()
    entries = [entry for entry in json.loads((EXAMPLES / "safety_lines.json").read_text(encoding="utf-8"))
               if (arguments.all or entry.get("quick")) and arguments.client in (None, entry["client"])
               and arguments.only in json.dumps(entry)]
    missing = sorted({is_missing(entry["client"]) for entry in entries} - {""})
    if missing:
        print("skipped: there is " + " and ".join(missing))
        return SKIPPED
    unnoticed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        trials = [(entry, pool.submit(try_without, arguments.conformance, entry)) for entry in entries]
        for entry, trial in trials:
            wrong, said = trial.result()
            unnoticed += bool(wrong)
            print(f"{'FAIL' if wrong else 'ok  '}  {entry['client']:6}  {entry['clause']:9}  {entry['scenario']:42}  "
                  f"{entry.get('seconds', 0):3} s  {entry['remove'].strip()[:70]}", flush=True)
            if wrong:
                print(f"      {wrong}\n      without: {entry['remove']}\n{said[-3000:]}", flush=True)
    print(f"{len(entries)} lines removed, {unnoticed} not noticed")
    return 1 if unnoticed or not entries else 0


if __name__ == "__main__":
    sys.exit(main())
