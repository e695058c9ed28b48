#!/usr/bin/env python3
"""Puts the judge to the test with right clients, and a right server, on a machine that has no time: four busy loops for
each core, and a network that takes up to 50 ms in each direction (slow_network.py). Nobody may be accused.

    python3 tests/judge/busy_machine.py build/bin/terapi-conformance --runs 20 -- --quick

What stands behind the `--` goes to the judge of clients. It prints a line a run, and ends with 1 if anything was failed.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "conformance" / "examples"
SKIPPED = 77


def clients(conformance, wanted):
    """Of each: the words of its command."""
    cpp = conformance.with_name("terapi-example-client")
    known = {
        "python": [sys.executable, str(EXAMPLES / "python" / "client.py")],
        "node": [shutil.which("node"), str(EXAMPLES / "node" / "client.mjs")],
        "cpp": [str(cpp) if cpp.exists() else None],
    }
    return {name: words for name, words in known.items() if name in wanted and words[0]}


def judge_server(conformance, run, only):
    """Ours, in real time. In every second run the control API is asked past the slow network: what is done there has
    happened long before what the judge sees of it."""
    control = "$TERAPI_BASE_URL" if run % 2 else "$TERAPI_DIRECT_URL"
    script = (f'exec "{conformance}" server --base-url "$TERAPI_BASE_URL" --control-url "{control}" '
              f"--filter '{only}'")
    ran = subprocess.run([conformance.with_name("terapi-simulator"), "exec", "--port", "0", "--", sys.executable,
                          str(HERE / "slow_network.py"), "--server", "--", "sh", "-c", script],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return ran.stdout


def judge(conformance, words, flags):
    command = " ".join(words)
    slow = f"exec {sys.executable} {HERE / 'slow_network.py'} -- {command}"
    ran = subprocess.run([conformance, "client", "--run", slow, "--dump", f"exec {command} dump", *flags],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return ran.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("conformance", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--subjects", default="python,node,cpp,server")
    parser.add_argument("--server-filter", default="*", help="the scenarios that the server plays, as --filter has them")
    parser.add_argument("--busy", type=int, default=4, help="busy loops for each core")
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    asked, flags = parser.parse_args(sys.argv[1:end]), sys.argv[end + 1:]
    conformance = asked.conformance.resolve()
    if not conformance.exists():
        print(f"skipped: there is no {conformance}")
        return SKIPPED
    wanted = asked.subjects.split(",")
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"])
             for _ in range(asked.busy * (os.cpu_count() or 1))]
    accused = 0
    try:
        for run in range(1, asked.runs + 1):
            subjects = clients(conformance, wanted)
            if "server" in wanted:
                subjects["server"] = []
            for name, words in subjects.items():
                began = time.monotonic()
                said = judge(conformance, words, flags) if words else judge_server(conformance, run, asked.server_filter)
                counts = re.search(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", said, re.MULTILINE)
                print(f"run {run}: {name}: {counts.group(0) if counts else 'no verdict'}, "
                      f"{time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.0f}", flush=True)
                if not counts or counts.group(2) != "0":
                    accused += 1
                    print(said, flush=True)
    finally:
        for loop in loops:
            loop.kill()
    print(f"{accused} of {asked.runs} runs accused somebody" if accused else "nobody was accused")
    return 1 if accused else 0


if __name__ == "__main__":
    sys.exit(main())
