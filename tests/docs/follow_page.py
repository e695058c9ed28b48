"""Follows a page of docs/ word by word, as a reader would: python3 follow_page.py PAGE CHECKOUT BIN PORTS…

In order, and in one shell, it runs
  ```sh       blocks, each line of which has to succeed;
  ```console  blocks: the commands after `$ `. What they say must have the lines that the page shows, in that order.
              In these, … stands for any text, and alone on its line for any lines; empty lines do not count.
Other blocks are for reading only. The reader stands in a checkout that is built already, beside which there is room.

```sh node and ```console node need Node 20 and npm; where they are not, these blocks are skipped, with a word.
PORTS are numbers of ports on the page, for each of which a free one is taken. What the page leaves running is killed.
"""
import os, re, shutil, signal, socket, subprocess, sys, tempfile

TIMEOUT = 240  # seconds, for the whole page


NEEDS = {  # what a block may need: the command that finds out whether it is here
    "node": "command -v npm && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'",
}


def lacking():
    """What blocks may need, and is not here."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return [need for need, command in NEEDS.items() if subprocess.call(["sh", "-c", command], **quiet) != 0]


def steps_of(page, lacks=()):
    """[line number, commands, promised lines, whether each command has to succeed], without blocks that need what is lacking"""
    steps, language = [], None
    for number, line in enumerate(page.splitlines(), 1):
        if line.startswith("```"):
            language, *needs = line[3:].split() or [""] if language is None else [None]
            if any(need in lacks for need in needs):
                print(f"line {number}: skipped, for lack of {' '.join(needs)}")
                language = ""
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
    script = "status_before=0\n"
    for i, (_, commands, _, strict) in enumerate(steps):
        script += f"set {'-e' if strict else '+e'}\n"
        # A brace group is this very shell: cd and export last, and $? is that of the command before.
        begin = "" if strict else "(exit $status_before)\n"
        script += f"{{\n{begin}{commands}}} >{folder}/{i}.out 2>&1\nstatus_before=$?\nset +e\necho $status_before >{folder}/{i}.status\n"
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


class FreePorts:
    """For each port of a page a free one, held until the end. A program that sets SO_REUSEADDR, as servers do, can listen on it."""

    def __init__(self, ports):
        self.sockets = {port: socket.socket() for port in ports}
        for each in self.sockets.values():
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            each.bind(("127.0.0.1", 0))

    def put_into(self, page):
        for port, its_socket in self.sockets.items():
            page = re.sub(rf"\b{port}\b", str(its_socket.getsockname()[1]), page)
        return page

    def release(self):
        for each in self.sockets.values():
            each.close()


def run(script, folder, scratch):
    """Whether it ended in time. Whatever it has started has ended, too."""
    shell = subprocess.Popen(["bash", "-c", script], cwd=folder, stdin=subprocess.DEVNULL, start_new_session=True,
                             env={**os.environ, "HOME": scratch})
    try:
        shell.wait(TIMEOUT)
        return True
    except subprocess.TimeoutExpired:
        return False
    finally:
        try:
            os.killpg(shell.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # nothing was left
        shell.wait()


def problems_of(steps, results):
    problems = []
    for i, (number, commands, promised, strict) in enumerate(steps):
        output, status = read(f"{results}/{i}.out") or "", read(f"{results}/{i}.status")
        said = f"line {number}: {commands.strip()}\n--- it said:\n{output}---"
        if strict and (status is None or status.strip() != "0"):
            return problems + [f"a command failed: {said}"]
        missing = missing_line(promised, output)
        if missing is not None:
            problems.append(f"the page promises a line that did not come: {missing}\n{said}")
    return problems


def follow(page, checkout, bin_folder, *ports):
    """What is wrong, a sentence each; empty: the page is true."""
    free_ports = FreePorts(ports)
    steps = steps_of(free_ports.put_into(page), lacking())
    if not steps:
        return ["there is nothing to run on this page"]
    scratch = tempfile.mkdtemp(prefix="terapi-page-")
    try:
        results = os.path.join(scratch, "results")
        os.makedirs(results)
        make_checkout(os.path.join(scratch, "checkout"), checkout, bin_folder)
        in_time = run(script_of(steps, results), os.path.join(scratch, "checkout"), scratch)
        late = [] if in_time else [f"it takes more than {TIMEOUT} s"]
        return late + problems_of(steps, results)
    finally:
        free_ports.release()
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    page_file, its_checkout, its_bin, *its_ports = sys.argv[1:]
    found = follow(read(page_file), os.path.abspath(its_checkout), os.path.abspath(its_bin), *its_ports)
    for problem in found:
        print(f"{page_file}: {problem}\n")
    print(f"{page_file}: {len(found)} problems" if found else f"{page_file}: every command does what the page says")
    sys.exit(1 if found else 0)
