"""Everything here is of one version, that of core/version.h; and what is not, is found: python3 version_test.py CHECKOUT BIN"""
import pathlib, re, shutil, subprocess, sys, tempfile

CHECKOUT, BIN = map(pathlib.Path, sys.argv[1:])
TOOL = CHECKOUT / "packaging" / "version.py"
problems = []


def tool(*words):
    done = subprocess.run([sys.executable, "-B", TOOL, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False)
    return done.returncode, done.stdout


def check(holds, what):
    if not holds:
        problems.append(what)


def text_files(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


version = tool()[1].strip()
check(re.fullmatch(r"\d+\.\d+\.\d+", version), f"the version is {version!r}")
status, said = tool("check")
check(status == 0, f"not of one version (packaging/version.py write makes them follow):\n{said}")
for name in ("terapi-simulator", "terapi-sync", "terapi-conformance"):
    said = subprocess.run([BIN / name, "--version"], stdout=subprocess.PIPE, encoding="utf-8", check=False).stdout
    check(said.startswith(f"{name} {version}\n"), f"{name} --version says {said[:60]!r}, expected {version}")

with tempfile.TemporaryDirectory(prefix="terapi-version-") as folder:
    copy = pathlib.Path(folder)
    for name in ("docs", "kits", "sdk", "examples", "templates", "simulator/control"):
        shutil.copytree(CHECKOUT / name, copy / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__", "*.tgz", "*.whl"))
    for name in ("core/version.h", "README.md", "CHANGELOG.md", "Dockerfile", "action.yml"):
        (copy / name).parent.mkdir(exist_ok=True)
        shutil.copy(CHECKOUT / name, copy / name)
    before = text_files(copy)
    header = copy / "core" / "version.h"
    header.write_text(header.read_text(encoding="utf-8").replace(version, "98.76.54"), encoding="utf-8")
    status, said = tool("check", "--root", copy)
    lagging = {line.split(":")[0] for line in said.splitlines()}
    check(status == 1 and {"kits/node/package.json", "kits/python/pyproject.toml", "sdk/node/src/version.js", "simulator/control/shared.openapi.json",
                           "docs/control-api.md", "CHANGELOG.md", "kits/node/README.md"} <= lagging, f"another version in core/version.h: {said}")
    tool("write", "--root", copy)
    check(tool("check", "--root", copy)[1].startswith("CHANGELOG.md: expected a heading '## 98.76.54"), "written, and still not followed: " + tool("check", "--root", copy)[1])
    changes = copy / "CHANGELOG.md"
    changes.write_text(changes.read_text(encoding="utf-8").replace(f"## {version} — ", "## 98.76.54 — 2030-01-01\n\n- What is new.\n\n## 0.0.1 — ", 1), encoding="utf-8")
    check(tool("check", "--root", copy) == (0, "all are of version 98.76.54\n"), f"followed, and not seen: {tool('check', '--root', copy)}")
    check(tool("notes", "--root", copy) == (0, "- What is new.\n"), f"notes: {tool('notes', '--root', copy)}")
    changes.write_bytes(before[pathlib.Path("CHANGELOG.md")])
    after = text_files(copy)
    more = [str(name) for name in before if before[name] != after[name] and after[name].replace(b"98.76.54", version.encode()) != before[name]]
    check(not more, f"more than the version was written: {more}")
    page = copy / "docs" / "new.md"
    page.write_text("apt install ./terapi-simulator_0.0.9_amd64.deb\n", encoding="utf-8")
    check("docs/new.md:1: 0.0.9, expected 98.76.54" in tool("check", "--root", copy)[1], "a page that names an old package is not found")
    (copy / "sdk/node/src/version.js").write_text("export const VERSION = read();\n", encoding="utf-8")
    check("sdk/node/src/version.js has no version" in tool("check", "--root", copy)[1], "a place that is gone is not found")

print("\n".join(problems) if problems else f"all of it is of version {version}")
sys.exit(1 if problems else 0)
