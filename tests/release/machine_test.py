"""What packaging/build does not make off x64, since it would be packages for x64 all the same: python3 machine_test.py CHECKOUT"""
import os, pathlib, subprocess, sys, tempfile

CHECKOUT = pathlib.Path(sys.argv[1]).resolve()
problems = []

with tempfile.TemporaryDirectory(prefix="terapi-machine-") as folder:
    programs = pathlib.Path(folder)
    # Nothing is to be built.
    for name, text in (("uname", "echo aarch64"), ("cmake", "echo it builds >&2; exit 1")):
        (programs / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    for words in ([], ["kits"], ["deb", "kits"]):
        done = subprocess.run([CHECKOUT / "packaging" / "build", *words, "--out", programs / "out"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "SOURCE_DATE_EPOCH": "1"}, encoding="utf-8", check=False)
        if (done.returncode, done.stdout) != (1, "packaging/build: the kits are for Linux on x64, and this is aarch64; name what else you want\n"):
            problems.append(f"packaging/build {' '.join(words)}: {done.returncode} {done.stdout}")

for problem in problems:
    print(problem)
print(f"the machine of a package: {'good' if not problems else 'BAD'}")
sys.exit(1 if problems else 0)
