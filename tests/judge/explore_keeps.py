"""What `explore` keeps is a scenario: it is valid, fails on the mutant it was found with, and passes on a right client: python3 explore_keeps.py BIN"""
import json, os, subprocess, sys, tempfile, xml.etree.ElementTree

MUTANTS = ["swallows-store-errors", "legacy-signature", "cursor-by-sync"]
PROGRAM = os.path.join(sys.argv[1], "terapi-conformance")
problems = []


def run(expected, *arguments):
    done = subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=60, check=False)
    if done.returncode != expected:
        problems.append(f"{' '.join(arguments)}: exit code {done.returncode}, expected {expected}\n{done.stdout}{done.stderr}")
    return done


with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as reports:
    report = os.path.join(reports, "found.json")
    for mutant in MUTANTS:
        run(0, "explore", "--mutant", mutant, "--seeds", "1..2000", "--save", folder, "--json", report)
        with open(report, encoding="utf-8") as text:
            found = json.load(text)
        if found["not_found"] != 0 or found["found"][0]["mutant"] != mutant or found["found"][0]["steps"] > 10:
            problems.append(f"{mutant}: not found, or not made small: {found}")
    kept = [os.path.join(folder, "explore", f"{mutant}.json") for mutant in MUTANTS]
    run(0, "validate", *kept)
    run(0, "reference", "--world", "virtual", "--scenarios", folder)
    junit = os.path.join(reports, "found.xml")
    for mutant in MUTANTS:
        run(0, "mutants", "--scenarios", folder, "--mutant", mutant, "--junit", junit, "--json", report)
        cases = [case.get("name") for case in xml.etree.ElementTree.parse(junit).getroot().iter("testcase")]
        with open(report, encoding="utf-8") as text:
            results = [(result["scenario"], result["verdict"]) for result in json.load(text)["results"]]
        if cases != [mutant] or results != [(mutant, "PASS")]:
            problems.append(f"the reports of mutants do not have {mutant}: {cases}, {results}")

    empty = os.path.join(reports, "empty")
    os.mkdir(empty)
    run(2, "validate", empty)
    run(1, "explore", "--mutant", "swallows-store-errors", "--seeds", "1..20", "--junit", junit, "--json", report)
    suite = xml.etree.ElementTree.parse(junit).getroot()
    if (suite.get("tests"), suite.get("failures"), len(suite.findall(".//failure"))) != ("1", "1", 1):
        problems.append("the JUnit report does not have the mutant that was not found")
    # What was not found then is found now, and the document is a baseline of that mode alone.
    since = run(0, "explore", "--mutant", "swallows-store-errors", "--seeds", "1..2000", "--baseline", report, "--json", report)
    if "0 new failures, 1 mended" not in since.stdout:
        problems.append(f"explore --baseline does not say what is mended: {since.stdout}")
    with open(report, encoding="utf-8") as text:
        mended = json.load(text)["baseline"]["mended"]
    if [(one["scenario"], one["then"], one["now"]) for one in mended] != [("swallows-store-errors", "FAIL", "PASS")]:
        problems.append(f"explore --json does not have what is mended: {mended}")
    if "a report of the same mode" not in run(2, "reference", "--baseline", report).stderr:
        problems.append("a baseline of another mode is not refused")

# Found by its seed, on the terminal and as JSON; nothing found; and what is no command line.
run(0, "explore", "--seeds", "1..50")
run(2, "explore", "--seeds", "50..1")
run(2, "explore", "--exhaustive", "1")
for words in (["--seeds", "1..2"], ["--seed", "7"], ["--size", "small"], ["--mutants"]):  # of drawn schedules
    run(2, "explore", "--exhaustive", "1", "--filter", "client/deletes", *words)
run(2, "explore", "--mutant", "no-such-mutant")
run(2, "explore", "--seeds", "1..1", "--shard", "2/2")  # none of them: nothing was shown
for words in (["explore", "--shuffle"], ["list", "--junit", "file"], ["server", "--jobs", "2"]):
    if "that is for client" not in run(2, *words).stderr:
        problems.append(f"{' '.join(words)}: it does not say which modes take that flag")
if "0 failed" not in run(0, "explore", "--exhaustive", "1", "--filter", "client/deletes").stdout:
    problems.append("--exhaustive does not say how many failed")
print("\n".join(problems) or "what explore keeps can be played")
sys.exit(1 if problems else 0)
