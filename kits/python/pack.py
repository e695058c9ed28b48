"""Makes the wheel, with the program in it or (without one) pure Python: python3 pack.py [--program PROGRAM] [FOLDER]. Needs no network."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

import build_backend

# What is linked into the program.
THIRD_PARTY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "packaging", "THIRD-PARTY.md")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", help="the program to carry")
    parser.add_argument("folder", nargs="?", default=".", help="where the wheel goes (default: here)")
    arguments = parser.parse_args()
    os.makedirs(arguments.folder, exist_ok=True)
    if arguments.program is None:
        print(os.path.join(arguments.folder, build_backend.build_wheel(arguments.folder)))
        return
    build_backend.check_machine(arguments.program)
    said = subprocess.run([arguments.program, "--version"], stdout=subprocess.PIPE, encoding="utf-8", check=False).stdout
    version = re.match(r"terapi-simulator (\S+)", said)
    wanted = build_backend._project()["version"]
    if not version or version[1] != wanted:
        sys.exit(f"pack.py: '{arguments.program}' is of version {version and version[1]}; expected {wanted}, that of pyproject.toml")
    with tempfile.TemporaryDirectory() as scratch:
        packed = shutil.copy(arguments.program, os.path.join(scratch, "terapi-simulator"))
        if not shutil.which("strip") or subprocess.run(["strip", packed], check=False).returncode != 0:
            print("pack.py: there is no `strip` (binutils): the program is packed with its symbols", file=sys.stderr)
        rare = build_backend.rare_libraries(packed)
        if rare:
            print(f"pack.py: it runs only where these libraries are, too: {' '.join(rare)} (`packaging/build kits` packs one that needs none)", file=sys.stderr)
        print(os.path.join(arguments.folder, build_backend.build_wheel(arguments.folder, {"program": packed, "licences": THIRD_PARTY})))


main()
