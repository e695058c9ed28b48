#!/usr/bin/env python3
"""Makes the packages as the release's workflow does, and tries them as users would.

    packaging/packages_test.py [PART…] [--packages FOLDER]      all of them but the last, where nothing is named

pages      manual pages and completions have every flag
tarball    in a folder anywhere, with nothing but glibc
deb        installed in a root with nothing else in it, and removed without a trace
container  the Dockerfile: what its last stage makes, as far as that can be had without a container engine, serves and is healthy
users      docs/first-minutes.md, word by word, where there is nothing but Node and Python
twice      from a second checkout, to the same bytes
build      the Dockerfile's first stage, compiler and all, in a root with nothing else in it: this takes long

What is missing here is said, and that part is skipped (exit code 77 if nothing was left to try). What takes how long, from the
start to the first answered GET /records, is printed. --packages: those that were made there, instead of making them.
"""
import argparse
import contextlib
import filecmp
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import clean_root
import dockerfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "release"))
from workflow_steps import shell_steps  # noqa: E402
PROGRAMS = ["terapi-simulator", "terapi-sync", "terapi-conformance"]
SKIPPED = 77
KEY = "Authorization: Bearer 7f3d2a10-5c4e-4b8a-9d61-2e8f0c9b7a54"
DEMO = (KEY, "Provider-Config-Key: github", "Connection-Id: demo")


class Missing(Exception):
    """What a part needs and this machine has not."""


def need(*tools):
    for tool in tools:
        if not shutil.which(tool):
            raise Missing(f"there is no {tool}")


def run(*words, cwd=None, env=None, may_fail=False):
    ran = subprocess.run([str(word) for word in words], cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, check=False)
    if ran.returncode != 0 and not may_fail:
        raise AssertionError(f"{' '.join(map(str, words))} ended with {ran.returncode}:\n{ran.stdout}")
    return ran.stdout


def expect(true, what):
    if not true:
        raise AssertionError(what)


def has_history():
    return bool(shutil.which("git")) and subprocess.run(["git", "-C", ROOT, "log", "-1"], stdout=subprocess.DEVNULL,
                                                        stderr=subprocess.DEVNULL, check=False).returncode == 0


@contextlib.contextmanager
def clocked(what):
    begin, cpu = time.monotonic(), os.times()
    yield
    used = sum(os.times()[:4]) - sum(cpu[:4])
    print(f"  {what}: {time.monotonic() - begin:.1f} s, {used:.1f} s of CPU", flush=True)


class Trial:
    """What the parts share: the packages, made once, and a root with nothing in it."""

    def __init__(self, scratch, packages):
        self.scratch, self._packages, self._base, self._folders = scratch, packages, None, 0

    def folder(self):
        self._folders += 1
        made = self.scratch / f"part-{self._folders}"
        made.mkdir()
        return made

    @staticmethod
    def make(release, source):
        """By the workflow's own step."""
        run("bash", "-eo", "pipefail", "-c", shell_steps(source / ".github" / "workflows" / "release.yml")["Make all of it"], cwd=source,
            env={**os.environ, "RELEASE": str(release)})
        return release / "packages"

    @property
    def packages(self):
        if not self._packages:
            with clocked("making all packages"):
                self._packages = self.make(self.scratch / "release", ROOT)
        return self._packages

    def package(self, pattern):
        found = list(self.packages.glob(pattern))
        expect(len(found) == 1, f"{len(found)} packages are called {pattern}, expected one: {sorted(path.name for path in self.packages.iterdir())}")
        return found[0]

    def clean_root(self):
        if lacks := clean_root.lacking():
            raise Missing(lacks)
        if not self._base:
            with clocked("a clean root"):
                self._base = clean_root.CleanRoot.first(self.scratch / "root")
        return self._base.copy(self.folder() / "root")


def first_answer(root, words, **options):
    """Milliseconds from the start of a simulator in it until GET /records is answered."""
    begin = time.monotonic()

    def look(ask, _):
        status, body = ask("http://127.0.0.1:3003/records?model=Issue", *DEMO)
        expect(status == 200 and '"records":[{' in body, f"GET /records: {status} {body[:200]}")
        return (time.monotonic() - begin) * 1000

    return root.served(words, look, **options)


# --- the parts ---------------------------------------------------------------------------------------------------------

def try_pages(trial):
    """Of each program: every flag that its help has is on its manual page and in its completions, which their shells read."""
    folder, programs = trial.folder(), ROOT / "build" / "bin"
    if not (programs / PROGRAMS[0]).exists():
        expect(trial.packages, "no packages")
        programs = ROOT / "build-shared" / "bin"
    run(sys.executable, "-B", ROOT / "packaging" / "pages.py", "--bin", programs, "--out", folder)
    for name in PROGRAMS:
        text = run(programs / name, "--help")
        flags = set(re.findall(r"^  --([a-z][a-z-]*)", text, re.MULTILINE))
        manual = gzip.decompress((folder / f"{name}.1.gz").read_bytes()).decode()
        (folder / f"{name}.1").write_text(manual, encoding="utf-8")
        shown = {"manual page": manual.replace("\\-", "-"), "bash": (folder / f"{name}.bash").read_text(encoding="utf-8"),
                 "zsh": (folder / f"_{name}").read_text(encoding="utf-8")}
        for where, page in shown.items():
            lacking = sorted(flag for flag in flags if f"--{flag}" not in page)
            expect(not lacking, f"{name}: the {where} lacks --{', --'.join(lacking)}")
        fish = (folder / f"{name}.fish").read_text(encoding="utf-8")
        lacking = sorted(flag for flag in flags if f" -l {flag}" not in fish)
        expect(not lacking, f"{name}: fish lacks {lacking}")
        for tool, words in {"mandoc": ["-T", "lint", "-W", "warning", folder / f"{name}.1"], "bash": ["-n", folder / f"{name}.bash"],
                            "zsh": ["-n", folder / f"_{name}"], "fish": ["-n", folder / f"{name}.fish"]}.items():
            if shutil.which(tool):
                run(tool, *words)
    completed = run("bash", "-c", f". {folder}/terapi-sync.bash; COMP_WORDS=(terapi-sync run --dial); COMP_CWORD=2; _terapi_sync; "
                                  'echo "${COMPREPLY[@]}"; COMP_WORDS=(terapi-sync run --dialect n); COMP_CWORD=3; _terapi_sync; '
                                  'echo "${COMPREPLY[@]}"')
    expect(completed == "--dialect\nnango\n", f"bash completed {completed!r}, expected --dialect and nango")


def try_tarball(trial):
    """It runs wherever it is unpacked, and needs nothing but glibc."""
    scratch = trial.folder()
    run("tar", "--extract", "--file", trial.package("terapi-*-linux-*.tar.gz"), "--directory", scratch)
    (folder,) = scratch.glob("terapi-*-linux-*")
    for name in PROGRAMS:
        libraries = re.findall(r"^\s*(\S+) =>", run("ldd", folder / "bin" / name), re.MULTILINE)
        others = [library for library in libraries if not re.match(r"lib(c|m|dl|pthread|resolv)\.so|linux-vdso", library)]
        expect(not others, f"{name} needs {others}")
    alone = trial.package("terapi-simulator-*-linux-*")
    expect(os.access(alone, os.X_OK) and filecmp.cmp(alone, folder / "bin" / "terapi-simulator", shallow=False), f"{alone.name} is not the tarball's")
    database = scratch / "synced.db"
    run(folder / "bin" / "terapi-simulator", "exec", "--port", "0", "--log-level", "error", "--", "sh", "-c",
        f'exec {folder}/bin/terapi-sync run --once --base-url "$TERAPI_BASE_URL" --database {database} --stream github/demo/Issue')
    records = run(folder / "bin" / "terapi-sync", "dump", "--database", database).count("\n")
    expect(records == 1000, f"{records} records were synced, expected 1000")
    judged = run(folder / "bin" / "terapi-conformance", "reference", "--world", "virtual", "--filter", "server/limits")
    expect(judged.endswith("1 passed, 0 failed, 0 skipped\n"), f"its own scenario:\n{judged}")


def try_deb(trial):
    """Installed in a root with nothing else in it, they run; removed, nothing of them is left."""
    need("dpkg-shlibdeps")
    root = trial.clean_root()
    # Their dependencies first, and by themselves: what is left afterwards is then ours.
    depends = set()
    for name in ("terapi-simulator", "terapi-tools"):
        package = shutil.copy(trial.package(f"{name}_*.deb"), root.path / "tmp")
        for one in run("dpkg-deb", "--field", package, "Depends").strip().split(","):
            depends.add(re.sub(r"\(.*\)|\|.*", "", one).strip())
    with clocked("apt-get install of what the Debian packages need"):
        root.install(*sorted(depends - {""}))
    before = root.files()
    with clocked("dpkg --install of the Debian packages"):
        root.inside("sh", "-c", "dpkg --install /tmp/terapi-*.deb")
    said = root.inside("terapi-simulator", "exec", "--port", "0", "--log-level", "error", "--", "sh", "-c",
                       'terapi-sync run --once --base-url "$TERAPI_BASE_URL" --database /tmp/x.db --stream github/demo/Issue && '
                       "terapi-sync dump --database /tmp/x.db | wc -l")
    expect(said.strip().endswith("1000"), f"expected 1000 records, got:\n{said}")
    judged = root.inside("terapi-conformance", "reference", "--world", "virtual", "--filter", "server/limits")
    expect(judged.endswith("1 passed, 0 failed, 0 skipped\n"), f"its own scenario:\n{judged}")
    print(f"  the .deb: {first_answer(root, ['terapi-simulator']):.0f} ms to the first answer", flush=True)
    root.inside("dpkg", "--purge", "terapi-simulator", "terapi-tools")
    left = sorted(root.files() - before)
    expect(not left, f"left behind: {left}")


def in_last_stage(trial, stage):
    """What the Dockerfile's last stage makes of a clean root; what the first one would have made is the release's program."""
    root = trial.clean_root()
    certificates = trial.folder() / "ca-certificates.crt"
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", certificates)
    made = {"/packages/terapi-simulator": trial.package("terapi-simulator-*-linux-*"), "/etc/ssl/certs/ca-certificates.crt": certificates}
    for command in stage.all("RUN"):
        root.inside("sh", "-c", command)
    for origin, sources, target in stage.copies():
        to = root.path / target.lstrip("/")
        (to if target.endswith("/") else to.parent).mkdir(parents=True, exist_ok=True)
        for source in sources:
            shutil.copy(made[source] if origin == "build" else ROOT / source, to)
    return root


def try_container(trial):
    first, last = dockerfile.stages_of((ROOT / "Dockerfile").read_text(encoding="utf-8"))
    expect((first.name, first.base, last.base) == ("build", "debian:12", "debian:12-slim"), "its stages are not those that are tried here")
    expect("packaging/build program --out /packages" in first.all("RUN")[1], "its first stage makes something else than the release's program")
    root = in_last_stage(trial, last)
    # That its packages are there, under these names; `build` installs them.
    (packages,) = re.findall(r"--no-install-recommends (.*?) &&", first.all("RUN")[0])
    root.inside("apt-get", "install", "--simulate", "--no-install-recommends", *packages.split())
    user, entry, health = last.one("USER"), dockerfile.words_of(last.one("ENTRYPOINT")), dockerfile.words_of(last.one("HEALTHCHECK"))
    control = f"http://{clean_root.ELSEWHERE}:3003/_simulator/clock"

    def look(ask, inside):
        records, body = ask(f"http://{clean_root.ELSEWHERE}:3003/records?model=Issue", *DEMO)
        expect(records == 200 and '"records":[{' in body, f"it does not serve on all addresses: {records} {body[:200]}")
        expect(inside(*health)[0] == 0, f"it is not healthy: {inside(*health)}")
        uid = inside("sh", "-c", "id -u; cat /proc/[0-9]*/comm 2>/dev/null | head -1 >/dev/null; touch /usr/bin/x 2>/dev/null && echo writes")[1]
        expect(uid.split() == [user], f"it is not one without rights: {uid}")
        return ask(control)[0], ask(control, "Authorization: Bearer let me in")[0], ask(control, "Authorization: Bearer wrong")[0]

    with_token = root.served(entry, look, user=user, TERAPI_CONTROL_TOKEN="let me in", HOME=last.one("WORKDIR"))
    expect(with_token == (403, 200, 403), f"/_simulator from elsewhere without, with and with a wrong token: {with_token}, expected 403, 200, 403")
    without = root.served(entry, look, user=user, HOME=last.one("WORKDIR"))
    expect(without == (403, 403, 403), f"/_simulator where nobody has a token: {without}, expected 403 each")
    flags = root.served([*entry, "--clock", "virtual"], lambda ask, _: ask("http://127.0.0.1:3003/_simulator/clock")[1], user=user)
    expect('"virtual"' in flags, f"flags behind the image's name do not reach it: {flags}")
    sick, told = run_status("chroot", f"--userspec={user}", root.path, *health)
    expect(sick == 1, f"it is healthy where nothing serves: {sick} {told}")
    ours = sum(path.stat().st_size for path in root.path.glob("usr/local/bin/*"))
    print(f"  the container: {first_answer(root, entry, user=user):.0f} ms to the first answer; {ours / 1e6:.1f} MB more than debian:12-slim", flush=True)


def run_status(*words):
    ran = subprocess.run([str(word) for word in words], env=clean_root.ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, check=False)
    return ran.returncode, ran.stdout


def try_build(trial):
    """The Dockerfile's first stage, as it stands there."""
    (first, _) = dockerfile.stages_of((ROOT / "Dockerfile").read_text(encoding="utf-8"))
    root, folder = trial.clean_root(), ""
    for word, rest in first.instructions:
        if word == "RUN":
            with clocked(f"RUN {rest[:40]}…"):
                root.inside("sh", "-c", f"cd {folder or '/'} && {rest}", HOME="/root")
        elif word == "WORKDIR":
            folder = rest
        elif word == "COPY":
            expect(rest == ". /source", f"COPY {rest}")
            (root.path / "source").mkdir()
            run("sh", "-c", f"git archive HEAD | tar --extract --directory {root.path}/source", cwd=ROOT)
    program = root.path / "packages" / "terapi-simulator"
    expect(program.exists() and (root.path / "etc/ssl/certs/ca-certificates.crt").exists(), "what the last stage copies is not there")
    print(f"  {first_answer(root, ['/packages/terapi-simulator']):.0f} ms to the first answer, {program.stat().st_size / 1e6:.1f} MB", flush=True)


def copy_node(root):
    """This machine's Node and npm, into /usr/local there; npm finds the registry that this machine uses."""
    program = pathlib.Path(run("node", "-p", "process.execPath").strip())
    npm = next((path for path in (program.parent.parent / "lib" / "node_modules" / "npm", pathlib.Path("/usr/share/nodejs/npm")) if path.exists()), None)
    if not npm or npm.is_relative_to("/usr/share") or int(run("node", "-p", "parseInt(process.versions.node)")) < 20:
        raise Missing("there is no Node 20 that has an npm of its own")
    shutil.copy(program, root.path / "usr/local/bin/node")
    target = root.path / "usr/local/lib/node_modules/npm"
    shutil.copytree(npm, target, symlinks=True)
    for name in ("npm", "npx"):
        (root.path / "usr/local/bin" / name).symlink_to(f"../lib/node_modules/npm/bin/{name}-cli.js")
    settings = {"npm_config_registry": run("npm", "config", "get", "registry").strip()}
    if certificates := os.environ.get("NODE_EXTRA_CA_CERTS"):
        shutil.copy(certificates, root.path / "usr/local/etc/certificates.pem")
        settings["NODE_EXTRA_CA_CERTS"] = "/usr/local/etc/certificates.pem"
    return settings


def try_users(trial):
    """A reader of docs/first-minutes.md, who has Node and Python and nothing else; and npx, without installing anything."""
    need("node", "npm")
    root = trial.clean_root()
    settings = copy_node(root)
    with clocked("apt-get install of Python, pytest and curl"):
        root.install("python3-venv", "python3-pytest", "curl", "ca-certificates")
    packages = root.path / "packages"
    shutil.copytree(trial.packages, packages)
    npx = ["npx", "--yes", *(f"--package=/packages/{trial.package(name).name}" for name in ("terapi-simulator-*.tgz", "terapihq-simulator-linux-x64-*.tgz")),
           "terapi-simulator"]
    print(f"  npx, the first time: {first_answer(root, npx, wrapped=True, HOME='/root', npm_config_offline='true'):.0f} ms to the first answer", flush=True)
    print(f"  npx, again: {first_answer(root, npx, wrapped=True, HOME='/root', npm_config_offline='true'):.0f} ms to the first answer", flush=True)
    with clocked("docs/first-minutes.md"):
        said = run(sys.executable, "-B", ROOT / "tests" / "docs" / "first_minutes_test.py", ROOT / "docs" / "first-minutes.md", "/packages", root.path,
                   env={**clean_root.ENVIRONMENT, **settings})
    print("  " + said.strip(), flush=True)


def try_twice(trial):
    """From two checkouts in two folders: the same bytes. And none of them names a folder, which a compiler's cache could hide."""
    if not has_history():
        raise Missing("there is no git, or no history of this checkout that it would show to us")
    if run("git", "status", "--porcelain", cwd=ROOT).strip():
        raise Missing("there are changes here that are not committed, which a second checkout would not have")
    first, second = trial.packages, trial.folder() / "a-second-one"
    run("git", "clone", "--quiet", ROOT, second)
    with clocked("making all packages from a second checkout"):
        again = trial.make(trial.folder(), second)
    names = sorted(path.name for path in first.iterdir())
    expect(names == sorted(path.name for path in again.iterdir()), "not the same files")
    differ = [name for name in names if not filecmp.cmp(first / name, again / name, shallow=False)]
    expect(not differ, f"built twice, and not the same: {differ}")
    for built in ("build-shared", "build-standalone"):
        for name in PROGRAMS:
            data = (ROOT / built / "bin" / name).read_bytes()
            expect(str(ROOT).encode() not in data, f"{built}/bin/{name} names the folder that it was built in")
    dated = run("grep", "--recursive", "--include=*.h", "--include=*.cc", "--files-with-matches", "-E", "__(DATE|TIME|TIMESTAMP)__",
                *(ROOT / room for room in ("core", "simulator", "client", "conformance")), may_fail=True)
    expect(not dated, f"what is compiled says when: {dated}")


def main():
    parts = {"pages": try_pages, "tarball": try_tarball, "deb": try_deb, "container": try_container, "users": try_users, "twice": try_twice, "build": try_build}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=" ".join(parts))
    parser.add_argument("--packages", type=pathlib.Path, metavar="FOLDER")
    asked = parser.parse_args()
    if unknown := [name for name in asked.parts if name not in parts]:
        parser.error(f"unknown part {unknown[0]}; expected some of: {' '.join(parts)}")
    wanted = asked.parts or [name for name in parts if name != "build"]
    if not has_history():
        os.environ.setdefault("SOURCE_DATE_EPOCH", "1")
    failed, tried = 0, 0
    with tempfile.TemporaryDirectory(prefix="terapi-packages-") as scratch:
        trial = Trial(pathlib.Path(scratch), asked.packages and asked.packages.resolve())
        for name in wanted:
            begin = time.monotonic()
            try:
                parts[name](trial)
                tried += 1
                told = "ok"
            except Missing as missing:
                told = f"skipped, {missing}"
            except AssertionError as wrong:
                failed += 1
                told = f"FAILED, {wrong}"
            print(f"{name}: {told} ({time.monotonic() - begin:.0f} s)", flush=True)
    return 1 if failed else 0 if tried else SKIPPED


if __name__ == "__main__":
    sys.exit(main())
