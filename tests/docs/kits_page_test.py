"""The tests of docs/kits.md in other languages pass, and fail where what they expect does not happen: python3 kits_page_test.py PAGE BIN

Those whose toolchain is not here are left out; without any, it ends with 77.
"""
import os, re, shutil, subprocess, sys, tempfile

PAGE, BIN = sys.argv[1], os.path.abspath(sys.argv[2])
NEEDS = {  # what finds out whether a tool is here, with all that the test needs
    "go": "go version",
    "ruby": "ruby -e 'require \"minitest\"'",
    "java": "java --list-modules | grep jdk.compiler",
    "php": "php --version",
}
RULE = re.compile(r'(\\?"times\\?":)1')


def run(command, folder):
    # Nothing of this machine's own is written to: Go and Java keep caches.
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "HOME": folder, "GOFLAGS": "-count=1", "GOCACHE": CACHE}
    return subprocess.run(command, shell=True, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=240, check=False)


with open(PAGE, encoding="utf-8") as file:
    tests = re.findall(r"^`([\w.]+)`, run by `([^`]+)`:\n\n```\w+\n(.*?)^```", file.read(), re.MULTILINE | re.DOTALL)
if len(tests) < 4:
    sys.exit(f"{PAGE} has {len(tests)} tests; expected four")
bad, tried = [], 0
CACHE = tempfile.mkdtemp()
for name, command, code in tests:
    tool = command.split(" -- ")[1].split()[0]
    if subprocess.call(NEEDS[tool], shell=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) != 0:
        print(f"{name}: skipped, for lack of {tool}")
        continue
    tried += 1
    for what, text, passes in (("as it is", code, True), ("with a gateway that is down twice", RULE.sub(r"\g<1>2", code), False)):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
            done = run(command, folder)
        if (text == code) != passes or (done.returncode == 0) != passes or (not passes and "expected 503, then 200" not in done.stdout and "Expected: [" not in done.stdout):
            bad.append(f"{name}, {what}: exit code {done.returncode}\n{done.stdout}")
    print(f"{name}: tried")
shutil.rmtree(CACHE)
print("\n".join(bad))
sys.exit(1 if bad else 0 if tried else 77)
