#!/usr/bin/env python3
"""Puts the judge to the test with right clients that choose otherwise (otherwise_client.py). Nobody may be accused.

    python3 tests/judge/otherwise.py build/bin/terapi-conformance --seeds 1..200             # a part of all scenarios each
    python3 tests/judge/otherwise.py build/bin/terapi-conformance --seeds 17 --parts 1       # one, and all scenarios

What stands behind a `--` goes to the judge. It prints a line a seed, and ends with 1 if anything was failed.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import time

CLIENT = pathlib.Path(__file__).resolve().with_name("otherwise_client.py")
SKIPPED = 77


def seeds_of(text):
    first, _, last = text.partition("..")
    return range(int(first), int(last or first) + 1)


def judge(conformance, seed, parts, flags):
    command = f"exec {sys.executable} {CLIENT}"
    # Neighbours play different parts, and later rounds other ones with the same choice of parts.
    words = [conformance, "client", "--run", command, "--dump", f"{command} dump",
             "--shard", f"{(seed - 1) % parts + 1}/{parts}", *flags]
    ran = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                         env={**os.environ, "CLIENT_SEED": str(seed)})
    return ran.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("conformance", type=pathlib.Path)
    parser.add_argument("--seeds", type=seeds_of, default=seeds_of("1..200"), help="such as 17, or 1..200")
    parser.add_argument("--parts", type=int, default=13, help="of the scenarios; each seed plays one of them")
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    asked, flags = parser.parse_args(sys.argv[1:end]), sys.argv[end + 1:]
    conformance = asked.conformance.resolve()
    if not conformance.exists():
        print(f"skipped: there is no {conformance}")
        return SKIPPED
    accused = []
    for seed in asked.seeds:
        began = time.monotonic()
        said = judge(conformance, seed, asked.parts, flags)
        counts = re.search(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", said, re.MULTILINE)
        print(f"seed {seed}: {counts.group(0) if counts else 'no verdict'}, {time.monotonic() - began:.0f} s",
              flush=True)
        if not counts or counts.group(2) != "0" or counts.group(1) == "0":
            accused.append(str(seed))
            print(said, flush=True)
    print(f"accused: {', '.join(accused)}" if accused else "nobody was accused")
    return 1 if accused else 0


if __name__ == "__main__":
    sys.exit(main())
