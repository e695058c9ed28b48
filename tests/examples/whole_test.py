#!/usr/bin/env python3
"""Judges an example client as it is: whole_test.py terapi-conformance python|node|cpp [--all]. It has to end with `0 failed`.

Without --all, one scenario or two of each clause are played (every scenario is a minute for each client), and a few of
them by interpreters, which take five times the CPU time. A million records are left out in both: on a slow machine an interpreter needs longer for them than the scenario waits. Exits with 77 when the runtime is missing: skipped. The C++ client is
the one that the build has put beside terapi-conformance.
"""
import pathlib, shutil, subprocess, sys

from safety_lines_test import CLIENTS, EXAMPLES, ROOT, SKIPPED

# Those that take least.
ONE_OF_EACH_CLAUSE = """
client/record-moves-before-it-was-read client/modified-after-bait client/truncated-json client/first-sight-is-deleted
client/emptied-cache client/odd-data client/unknown-webhooks client/two-workers-on-one-stream client/invalid-cursor
client/microsecond-neighbours client/delete-then-add-again client/rate-limit client/short-page-with-a-cursor
client/poison-record client/pruned-payload security/slow-and-endless-webhook-bodies security/key-rotation
security/forged-on-the-way security/key-repeated-by-the-server
""".split()
A_FEW = """
client/first-sight-is-deleted client/truncated-json client/invalid-cursor client/microsecond-neighbours client/rate-limit
security/forged-on-the-way
""".split()

conformance, client = sys.argv[1:3]
chosen = "*" if "--all" in sys.argv[3:] else ",".join(ONE_OF_EACH_CLAUSE if client == "cpp" else A_FEW)
runtime, name = CLIENTS[client]
needed = pathlib.Path(conformance).with_name("terapi-example-client") if client == "cpp" else runtime
if not shutil.which(needed):
    print(f"skipped: there is no {needed}")
    sys.exit(SKIPPED)
program = str(needed) if client == "cpp" else f"{runtime} {EXAMPLES / client / name}"
judged = subprocess.run([conformance, "client", "--scenarios", str(ROOT / "scenarios"), "--filter", chosen,
                         "--run", program, "--dump", program + " dump"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
said = judged.stdout.decode("utf-8", "replace")
print(said)
sys.exit(0 if judged.returncode == 0 and ", 0 failed" in said else 1)
