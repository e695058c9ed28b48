"""What `./terapi up` starts: an installed package of the same version, or what it builds: python3 set_up_test.py CHECKOUT

In a copy of what it reads of the checkout, with an installed program and a CMake that only say that they were called.
"""
import os, re, shutil, subprocess, sys, tempfile

CHECKOUT = sys.argv[1]
problems = []


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


class Machine:
    """A home, a checkout without builds, and a folder of programs that is first on PATH."""

    def __init__(self, folder):
        self.checkout, self.programs = os.path.join(folder, "checkout"), os.path.join(folder, "programs")
        self.environment = {"PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}", "HOME": folder, "TERAPI_INSTALL": "never"}
        for name in ("terapi", "core/version.h", "CMakePresets.json"):
            os.makedirs(os.path.dirname(os.path.join(self.checkout, name)), exist_ok=True)
            shutil.copy(os.path.join(CHECKOUT, name), os.path.join(self.checkout, name))
        write(os.path.join(self.programs, "cmake"), '#!/bin/sh\n[ "$1" = --version ] && echo "cmake version 3.25.1" && exit\necho it builds\nexit 1\n', 0o755)
        with open(os.path.join(CHECKOUT, "core/version.h"), encoding="utf-8") as file:
            self.version = re.search(r'kVersion = "([\d.]+)"', file.read())[1]

    def install(self, version, first_word="terapi-simulator"):
        write(os.path.join(self.programs, "terapi-simulator"),
              f'#!/bin/sh\nif [ "$1" = --version ]; then echo "{first_word} {version}"; exit; fi\necho "installed: $*"\n', 0o755)

    def commit(self):
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@localhost", "-C", self.checkout]
        for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "all"]):
            subprocess.run([*git, *words], env=self.environment, check=True)

    def up(self, *flags, **environment):
        done = subprocess.run([os.path.join(self.checkout, "terapi"), "up", *flags], env={**self.environment, **environment}, cwd=self.environment["HOME"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr


def check(what, got, installed):
    status, said, told = got
    if installed and (status, said.split(" ")[0], told.count("\n")) != (0, "installed:", 1) or not installed and (status != 1 or "it builds" not in told):
        problems.append(f"{what}: expected {'the installed one and one line about it' if installed else 'a build'}, got {status}\n{said}{told}")


def each(what, prepare, installed, **environment):
    with tempfile.TemporaryDirectory(prefix="terapi-set-up-") as folder:
        machine = Machine(folder)
        prepare(machine)
        check(what, machine.up("--port", "0", **environment), installed)


def with_the_same(further=lambda machine: None):
    return lambda machine: (machine.install(machine.version), further(machine))


each("nothing is installed", lambda machine: None, False)
each("the same version is installed", with_the_same(), True)
each("another version is installed", lambda machine: machine.install("0.0.9"), False)
each("a longer version is installed", lambda machine: machine.install(machine.version + "1"), False)
each("another program of that name", lambda machine: machine.install(machine.version, "something"), False)
each("something was built here", with_the_same(lambda machine: write(f"{machine.checkout}/build/.configured", "")), False)
each("a simulator was put here", with_the_same(lambda machine: write(f"{machine.checkout}/build/bin/terapi-simulator", "", 0o755)), False)
each("a build folder is named", with_the_same(), False, TERAPI_BUILD_DIR="made-here")
each("how to build is said", with_the_same(), False, TERAPI_CMAKE_ARGS="-DX=1")
if shutil.which("git"):
    each("a history, and no change", with_the_same(Machine.commit), True)
    each("changed sources", with_the_same(lambda machine: (machine.commit(), write(f"{machine.checkout}/core/version.h", f'kVersion = "{machine.version}"\n//\n'))), False)

with tempfile.TemporaryDirectory(prefix="terapi-set-up-") as folder:
    one = Machine(folder)
    one.install(one.version)
    status, said, told = one.up("--port", "0", "--webhook-url", "a b")
    if said != "installed: serve --hints --port 0 --webhook-url a b\n":
        problems.append(f"flags: {said!r}")
    if f"{one.programs}/terapi-simulator" not in told:
        problems.append(f"it does not say which: {told!r}")
    if os.path.exists(os.path.join(one.checkout, "build")):
        problems.append("it leaves a build folder that nothing was built in")
    told = subprocess.run([os.path.join(one.checkout, "terapi"), "--version"], env=one.environment, stdout=subprocess.PIPE, encoding="utf-8", check=False).stdout
    if not told.startswith(f"terapi {one.version}\n"):
        problems.append(f"./terapi --version says {told!r}")

print("\n".join(problems) if problems else "up starts what it should")
sys.exit(1 if problems else 0)
