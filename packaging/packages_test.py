#!/usr/bin/env python3
"""Makes the packages as users would, and tries them: the tarball in a folder anywhere, the Debian packages in a root of their
own with nothing else in it, installed and removed without a trace; and all of it twice, from two checkouts, to the same bytes.

    packaging/packages_test.py [pages] [tarball] [deb] [twice]      all of them, where nothing is named

`deb` needs root and debootstrap; what is missing is said, and that part is skipped (exit code 77 if nothing was left to try).
"""
import filecmp
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAMS = ["terapi-simulator", "terapi-sync", "terapi-conformance"]
SKIPPED = 77


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


def make(what, scratch, source=ROOT):
    out = scratch / "out"
    run(source / "packaging" / "build", *what, "--out", out)
    return out


# --- the parts ---------------------------------------------------------------------------------------------------------

def try_pages(scratch):
    """Of each program: every flag that its help has is on its manual page and in its completions, which their shells read."""
    folder, programs = scratch / "pages", ROOT / "build" / "bin"
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


def try_tarball(scratch):
    """It runs wherever it is unpacked, and needs nothing but glibc."""
    out = make(["tarball"], scratch)
    (tarball,) = out.glob("terapi-*-linux-*.tar.gz")
    run("tar", "--extract", "--file", tarball, "--directory", scratch)
    (folder,) = scratch.glob("terapi-*-linux-*")
    for name in PROGRAMS:
        libraries = re.findall(r"^\s*(\S+) =>", run("ldd", folder / "bin" / name), re.MULTILINE)
        others = [library for library in libraries if not re.match(r"lib(c|m|dl|pthread|resolv)\.so|linux-vdso", library)]
        expect(not others, f"{name} needs {others}")
    database = scratch / "synced.db"
    run(folder / "bin" / "terapi-simulator", "exec", "--port", "0", "--log-level", "error", "--", "sh", "-c",
        f'exec {folder}/bin/terapi-sync run --once --base-url "$TERAPI_BASE_URL" --database {database} --stream github/demo/Issue')
    records = run(folder / "bin" / "terapi-sync", "dump", "--database", database).count("\n")
    expect(records == 1000, f"{records} records were synced, expected 1000")
    judged = run(folder / "bin" / "terapi-conformance", "reference", "--world", "virtual", "--filter", "server/limits")
    expect(judged.endswith("1 passed, 0 failed, 0 skipped\n"), f"its own scenario:\n{judged}")


def files_below(root):
    """But for what apt and dpkg keep of themselves."""
    own = ("var/cache/apt", "var/lib/apt", "var/lib/dpkg", "var/log", "proc", "sys", "dev", "tmp")
    found = set()
    for folder, folders, files in os.walk(root):
        here = os.path.relpath(folder, root)
        folders[:] = [name for name in folders if os.path.normpath(os.path.join(here, name)) not in own]
        found.update(os.path.normpath(os.path.join(here, name)) for name in folders + files)
    return found


def try_deb(scratch):
    """Installed in a root with nothing else in it, they run; removed, nothing of them is left."""
    need("debootstrap", "dpkg-shlibdeps", "chroot")
    if os.geteuid() != 0:
        raise Missing("installing packages takes root")
    out = make(["deb"], scratch)
    root = scratch / "root"
    codename = re.search(r"^VERSION_CODENAME=(\S+)", pathlib.Path("/etc/os-release").read_text(encoding="utf-8"), re.MULTILINE)
    expect(codename, "/etc/os-release names no VERSION_CODENAME")
    run("debootstrap", "--variant=minbase", codename.group(1), root)
    for name in ("terapi-simulator", "terapi-tools"):
        (package,) = out.glob(f"{name}_*.deb")
        shutil.copy(package, root / "tmp")
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}

    def inside(*words):
        return run("chroot", root, *words, env=environment)

    # Their dependencies first, and by themselves: what is left afterwards is then ours.
    depends = set()
    for package in (root / "tmp").glob("terapi-*.deb"):
        for one in run("dpkg-deb", "--field", package, "Depends").strip().split(","):
            depends.add(re.sub(r"\(.*\)|\|.*", "", one).strip())
    inside("apt-get", "-qq", "install", "-y", "--no-install-recommends", *sorted(depends - {""}))
    before = files_below(root)
    inside("sh", "-c", "dpkg --install /tmp/terapi-*.deb")
    said = inside("terapi-simulator", "exec", "--port", "0", "--log-level", "error", "--", "sh", "-c",
                  'terapi-sync run --once --base-url "$TERAPI_BASE_URL" --database /tmp/x.db --stream github/demo/Issue && '
                  "terapi-sync dump --database /tmp/x.db | wc -l")
    expect(said.strip().endswith("1000"), f"expected 1000 records, got:\n{said}")
    judged = inside("terapi-conformance", "reference", "--world", "virtual", "--filter", "server/limits")
    expect(judged.endswith("1 passed, 0 failed, 0 skipped\n"), f"its own scenario:\n{judged}")
    inside("dpkg", "--purge", "terapi-simulator", "terapi-tools")
    left = sorted(files_below(root) - before)
    expect(not left, f"left behind: {left}")


def try_twice(scratch):
    """From two checkouts in two folders: the same bytes."""
    if not has_history():
        raise Missing("there is no git, or no history of this checkout that it would show to us")
    if run("git", "status", "--porcelain", cwd=ROOT).strip():
        raise Missing("there are changes here that are not committed, which a second checkout would not have")
    run("git", "clone", "--quiet", ROOT, scratch / "a-second-one")
    what = ["tarball", "kits", "sbom"] + (["deb"] if shutil.which("dpkg-shlibdeps") else [])
    made = [make(what, scratch / name, source) for name, source in (("first", ROOT), ("second", scratch / "a-second-one"))]
    names = sorted(path.name for path in made[0].iterdir())
    expect(names == sorted(path.name for path in made[1].iterdir()), "not the same files")
    differ = [name for name in names if not filecmp.cmp(made[0] / name, made[1] / name, shallow=False)]
    expect(not differ, f"built twice, and not the same: {differ}")


def main():
    parts = {"pages": try_pages, "tarball": try_tarball, "deb": try_deb, "twice": try_twice}
    wanted = sys.argv[1:] or list(parts)
    if unknown := [name for name in wanted if name not in parts]:
        raise SystemExit(f"unknown part {unknown[0]}; expected some of: {' '.join(parts)}")
    if not has_history():
        os.environ.setdefault("SOURCE_DATE_EPOCH", "1")
    failed, tried = 0, 0
    for name in wanted:
        with tempfile.TemporaryDirectory(prefix="terapi-packages-") as scratch:
            try:
                parts[name](pathlib.Path(scratch))
                tried += 1
                print(f"{name}: ok", flush=True)
            except Missing as missing:
                print(f"{name}: skipped, {missing}", flush=True)
            except AssertionError as wrong:
                failed += 1
                print(f"{name}: FAILED, {wrong}", flush=True)
    return 1 if failed else 0 if tried else SKIPPED


if __name__ == "__main__":
    sys.exit(main())
