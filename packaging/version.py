#!/usr/bin/env python3
"""The version is written down in core/version.h; what has to repeat it, follows.

    packaging/version.py                  prints it
    packaging/version.py check            what does not follow, a line each: exit code 1
    packaging/version.py write            makes it follow
    packaging/version.py notes            what CHANGELOG.md says of it, for a release's page
    [--root FOLDER]                       of another checkout than this one

Places are found by their form, so that a new page which names a package is held to it, too.
"""
import argparse
import pathlib
import re
import sys

# (glob, pattern with the version as its group): at least one place of the first kind has to be in each file that it names.
NUMBER = r"(\d+\.\d+\.\d+)"
PLACES = [
    ("kits/node/package.json", r'^  "version": "' + NUMBER),
    ("kits/node/package.json", r'"@terapihq/simulator-[\w-]+": "' + NUMBER),
    ("kits/node/platform/*/package.json", r'^  "version": "' + NUMBER),
    ("kits/python/pyproject.toml", r'^version = "' + NUMBER),
    ("kits/python/src/terapi_simulator/version.py", r'__version__ = "' + NUMBER),
    ("sdk/node/package.json", r'^  "version": "' + NUMBER),
    ("sdk/node/src/version.js", r"VERSION = '" + NUMBER),
    ("simulator/control/shared.openapi.json", r'^    "version": "' + NUMBER),
    ("simulator/control/status_control.openapi.json", r'^\s+"version": "' + NUMBER),
    ("docs/control-api.md", r'"dialect":"terapi","version":"' + NUMBER),
    ("examples/github-actions/*.yml", r"/terapi-simulator@v" + NUMBER),
    ("action.yml", r"such as " + NUMBER + ". Left out"),
]
# Files of a release, wherever a page or an example names one.
NAMES = [r"\b(?:terapi-simulator|terapi-tools|libterapi-dev)_" + NUMBER + r"_",
         r"\bterapi-(?:simulator-)?" + NUMBER + r"(?:-linux|\.tgz|\.spdx)", r"\bterapihq-simulator-linux-x64-" + NUMBER + r"\.tgz",
         r"\bterapi_simulator-" + NUMBER + r"-py3", r"/releases/download/v" + NUMBER, r"/terapi-simulator(?:/\w+)?@v" + NUMBER]
PAGES = ["*.md", "docs/**/*.md", "kits/**/*.md", "sdk/**/*.md", "examples/**/*.md", "examples/**/*.yml", "templates/**/*.yml", "Dockerfile", "action.yml"]
UNLIKE = {"CHANGELOG.md"}  # which tells of earlier ones


def of(root):
    text = (root / "core" / "version.h").read_text(encoding="utf-8")
    found = re.search(r'kVersion = "' + NUMBER + '"', text)
    if not found:
        raise SystemExit('packaging/version.py: core/version.h: expected kVersion = "N.N.N"')
    return found[1]


def pages(root):
    return sorted({path for glob in PAGES for path in root.glob(glob) if path.name not in UNLIKE and "node_modules" not in path.parts})


def places(root):
    """(path, match) of each place; SystemExit where one is not there any more."""
    for glob, pattern in PLACES:
        for path in sorted(root.glob(glob)) or [root / glob]:
            found = list(re.finditer(pattern, path.read_text(encoding="utf-8") if path.exists() else "", re.MULTILINE))
            if not found:
                raise SystemExit(f"packaging/version.py: {path.relative_to(root)} has no version where one is expected: {pattern}")
            yield from ((path, match) for match in found)
    for path in pages(root):
        for pattern in NAMES:
            yield from ((path, match) for match in re.finditer(pattern, path.read_text(encoding="utf-8")))


def notes(root, version):
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(version)} — \d{{4}}-\d{{2}}-\d{{2}}$\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


def wrong(root, version):
    told = []
    for path, match in places(root):
        if match[1] != version:
            line = match.string.count("\n", 0, match.start(1)) + 1
            told.append(f"{path.relative_to(root)}:{line}: {match[1]}, expected {version}, that of core/version.h")
    if not notes(root, version):
        told.append(f"CHANGELOG.md: expected a heading '## {version} — YYYY-MM-DD', with what has changed")
    return told


def write(root, version):
    by_path = {}
    for path, match in places(root):
        by_path.setdefault(path, (match.string, set()))[1].add(match.span(1))
    for path, (text, spans) in by_path.items():
        for begin, end in sorted(spans, reverse=True):
            text = text[:begin] + version + text[end:]
        path.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="print", choices=["print", "check", "write", "notes"], metavar="check|write|notes")
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[1])
    asked = parser.parse_args()
    version = of(asked.root)
    if asked.what == "print":
        print(version)
    elif asked.what == "notes":
        said = notes(asked.root, version)
        if not said:
            raise SystemExit(f"packaging/version.py: CHANGELOG.md has no '## {version} — YYYY-MM-DD'")
        print(said)
    elif asked.what == "write":
        write(asked.root, version)
    else:
        found = wrong(asked.root, version)
        print("\n".join(found) if found else f"all are of version {version}")
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
