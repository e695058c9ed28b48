#!/usr/bin/env python3
"""Judges an example client as it is: whole_test.py terapi-conformance python|node [--all]. It has to end with `0 failed`.

Without --all, the two longest scenarios are left out: a million records, and an answer that never ends, which takes as
long as the client's own time-out. Exits with 77 when the runtime is missing: skipped.
"""
import pathlib, shutil, subprocess, sys

from safety_lines_test import CLIENTS, EXAMPLES, ROOT, SKIPPED

conformance, client = sys.argv[1:3]
chosen = "*" if "--all" in sys.argv[3:] else "!client/backlog-of-a-million,!client/stalled-body"
runtime, name = CLIENTS[client]
if not shutil.which(runtime):
    print(f"skipped: there is no {runtime}")
    sys.exit(SKIPPED)
program = f"{runtime} {EXAMPLES / client / name}"
length = len(pathlib.Path(EXAMPLES / client / name).read_text(encoding="utf-8").splitlines())
judged = subprocess.run([conformance, "client", "--scenarios", str(ROOT / "scenarios"), "--filter", chosen,
                         "--run", program, "--dump", program + " dump"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
said = judged.stdout.decode("utf-8", "replace")
print(said)
print(f"{name} has {length} lines")
sys.exit(0 if judged.returncode == 0 and ", 0 failed" in said and length < 200 else 1)
