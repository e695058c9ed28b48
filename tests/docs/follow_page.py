"""Follows a page of docs/ word by word, as a reader would: python3 follow_page.py PAGE CHECKOUT BIN

In order, and in one shell, it runs
  ```sh       blocks, each line of which has to succeed;
  ```console  blocks: the commands after `$ `. What they say must have the lines that the page shows, in that order.
              In these, … stands for any text, and alone on its line for any lines; empty lines do not count.
Other blocks are for reading only. The reader stands in a checkout that is built already, beside which there is room.
"""
import os, re, shutil, subprocess, sys, tempfile

TIMEOUT = 240  # seconds, for the whole page


def steps_of(page):
    """[line number, commands, promised lines, whether each command has to succeed]"""
    steps, language = [], None
    for number, line in enumerate(page.splitlines(), 1):
        if line.startswith("```"):
            language = line[3:].strip() if language is None else None
            if language == "sh":
                steps.append([number, "", [], True])
        elif language == "sh":
            steps[-1][1] += line + "\n"
        elif language == "console" and line.startswith("$ "):
            steps.append([number, line[2:] + "\n", [], False])
        elif language == "console" and line.strip() not in ("", "…"):
            steps[-1][2].append(line)
    return steps


def fits(promised, line):
    pattern = ".*".join(re.escape(re.sub(r"\s+", " ", part)) for part in promised.split("…"))
    return re.fullmatch(pattern.replace(r"\ ", " "), re.sub(r"\s+", " ", line)) is not None


def missing_line(promised, output):
    """The first promised line that does not come, or None."""
    lines = iter(output.splitlines())
    for one in promised:
        if not any(fits(one, line) for line in lines):
            return one
    return None


def script_of(steps, folder):
    script = "last=0\n"
    for i, (_, commands, _, strict) in enumerate(steps):
        script += f"set {'-e' if strict else '+e'}\n"
        # A brace group is this very shell: cd and export last, and $? is that of the command before.
        begin = "" if strict else "(exit $last)\n"
        script += f"{{\n{begin}{commands}}} >{folder}/{i}.out 2>&1\nlast=$?\nset +e\necho $last >{folder}/{i}.status\n"
    return script


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return None


def make_checkout(folder, checkout, bin_folder):
    """A checkout that is built: `./terapi build` finds everything done."""
    os.makedirs(os.path.join(folder, "build"))
    os.symlink(bin_folder, os.path.join(folder, "build", "bin"))
    for name in os.listdir(checkout):
        if name not in ("terapi", "build", ".git"):
            os.symlink(os.path.join(checkout, name), os.path.join(folder, name))
    terapi = os.path.join(folder, "terapi")
    with open(terapi, "w", encoding="utf-8") as file:
        file.write('#!/bin/sh\n[ "$1" = build ] || exit 1\nshift\nfor name; do [ -x "build/bin/$name" ] || exit 1; done\n')
    os.chmod(terapi, 0o755)


def follow(page, checkout, bin_folder):
    """What is wrong, a sentence each; empty: the page is true."""
    steps = steps_of(page)
    if not steps:
        return ["there is nothing to run on this page"]
    scratch = tempfile.mkdtemp(prefix="terapi-page-")
    try:
        results = os.path.join(scratch, "results")
        os.makedirs(results)
        make_checkout(os.path.join(scratch, "checkout"), checkout, bin_folder)
        try:
            subprocess.run(["bash", "-c", script_of(steps, results)], cwd=os.path.join(scratch, "checkout"), timeout=TIMEOUT,
                           stdin=subprocess.DEVNULL, check=False, env={**os.environ, "HOME": scratch})
        except subprocess.TimeoutExpired:
            return [f"it takes more than {TIMEOUT} s"]
        problems = []
        for i, (number, commands, promised, strict) in enumerate(steps):
            output, status = read(f"{results}/{i}.out") or "", read(f"{results}/{i}.status")
            said = f"line {number}: {commands.strip()}\n--- it said:\n{output}---"
            if strict and (status is None or status.strip() != "0"):
                return problems + [f"a command failed: {said}"]
            lacking = missing_line(promised, output)
            if lacking is not None:
                problems.append(f"the page promises a line that did not come: {lacking}\n{said}")
        return problems
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    page_file, *places = sys.argv[1:]
    found = follow(read(page_file), *[os.path.abspath(place) for place in places])
    for problem in found:
        print(f"{page_file}: {problem}\n")
    print(f"{page_file}: {len(found)} problems" if found else f"{page_file}: every command does what the page says")
    sys.exit(1 if found else 0)
