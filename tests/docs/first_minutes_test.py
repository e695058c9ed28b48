"""Follows docs/first-minutes.md word by word, with the packages of a release: python3 first_minutes_test.py PAGE PACKAGES [ROOT]

PACKAGES is what `packaging/build` made. ROOT: the root of another system, in which it is followed (packaging/packages_test.py
makes one with nothing in it but Node and Python); then PACKAGES lies in it, at this path, and this takes root.

What a reader's machine has and this one may lack stands in for something else: the release's page is the folder; pytest comes
from the system; of Vitest the version is told. Sections are followed at the same time, each by a reader of its own.
"""
import os, re, shutil, subprocess, sys, tempfile, threading

from follow_page import lacking, problems_of, script_of, steps_of

TIMEOUT = 540  # seconds
TO_TYPE = 1200  # characters, until something fails: five minutes at 40 words of six characters
SKIPPED = 77
FILE = re.compile(r"`(\w[\w.]*\.(?:js|py))`[^`]*?(?:\n[^`\n]+)*\n\n```(?:js|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def typed(section):
    """What there is to type until something fails, without the client."""
    begin = section[:section.index("1 failed")]
    tests = [match[2] for match in FILE.finditer(begin) if "test" in match[1]]
    shell = re.findall(r"^```(?:sh|console)[^\n]*\n(.*?)(?:^```$|\Z)", begin, re.MULTILINE | re.DOTALL)
    commands = [line for block in shell for line in block.splitlines() if not block.startswith("$ ") or line.startswith("$ ")]
    return len("".join(tests)) + len("\n".join(commands))


def with_files(section):
    """Each file's text becomes the command that writes it."""
    return FILE.sub(lambda match: match[0].replace(match[0][match[0].index("```"):], f"```sh\ncat >{match[1]} <<'END_OF_FILE'\n{match[2]}END_OF_FILE\n```"), section)


def on_this_machine(section, packages):
    section = re.sub(r"^R=https://\S+$", lambda _: f"R={packages}", section, flags=re.MULTILINE)
    section = section.replace("curl -L $R/", "curl -sL file://$R/").replace("-m venv ", "-m venv --system-site-packages ")
    section = section.replace(".whl pytest\n", ".whl\n").replace(" vitest\n", " vitest@3.2.7\n")
    return section.replace("npm install --save-dev", "npm install --save-dev --no-audit --no-fund --fetch-retries 1").replace("$ pytest\n", "$ python3 -m pytest\n")


class Reader:
    """Of one section, in a folder of its own."""

    def __init__(self, title, text, packages, root):
        self.title, self.root = title, root
        self.steps = steps_of(with_files(on_this_machine(text, packages)), lacking() if root == "/" else ())
        self.folder = tempfile.mkdtemp(prefix="terapi-first-minutes-", dir=os.path.join(root, "tmp"))
        self.problems = []

    def inside(self, path):
        return "/" + os.path.relpath(path, self.root)

    def follow(self):
        results = os.path.join(self.folder, "results")
        os.mkdir(results)
        script = f"cd {self.inside(self.folder)}\n" + script_of(self.steps, self.inside(results))
        words = ["bash", "-c", script]
        if self.root != "/":
            words = ["unshare", "--mount", "sh", "-c", 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"', self.root, *words]
        kept = {name: value for name, value in os.environ.items() if name not in ("TERAPI_SIMULATOR", "PYTHONPATH", "FORCE_COLOR")}
        try:
            subprocess.run(words, stdin=subprocess.DEVNULL, timeout=TIMEOUT, check=False, start_new_session=True,
                           env={**kept, "HOME": self.inside(self.folder), "NO_COLOR": "1", "CI": "true", "PYTHONDONTWRITEBYTECODE": "1"})
        except subprocess.TimeoutExpired:
            self.problems.append(f"{self.title}: it takes more than {TIMEOUT} s")
        self.problems += [f"{self.title}: {problem}" for problem in problems_of(self.steps, results)]
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    page, packages, root = [*sys.argv[1:], "/"][:3]
    with open(page, encoding="utf-8") as file:
        text = file.read()
    sections = {part.split("\n", 1)[0]: part for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]}
    # The judge's is a continuation of Python's.
    readers = [Reader("In Node", sections["In Node"], packages, root), Reader("In Python", sections["In Python"] + sections["Before the judge"], packages, root)]
    problems = [f"{title}: {typed(sections[title])} characters to type until something fails, expected {TO_TYPE} at most"
                for title in ("In Node", "In Python") if typed(sections[title]) > TO_TYPE]
    tried = [reader for reader in readers if reader.steps]
    threads = [threading.Thread(target=reader.follow) for reader in tried]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for reader in readers:
        problems += reader.problems
    print("\n\n".join(problems) if problems else f"{page}: followed; " + ", ".join(f"{typed(sections[title])} characters {title.lower()}" for title in ("In Node", "In Python")))
    return 1 if problems else 0 if tried else SKIPPED


if __name__ == "__main__":
    sys.exit(main())
