"""Shows that follow_page.py can fail: python3 follow_page_test.py CHECKOUT BIN"""
import os, select, sys, tempfile

from follow_page import follow, lacking, steps_of

CHECKOUT, BIN = sys.argv[1:]
BAD = {
    "a command that fails": "```sh\nfalse\n```\n",
    "a command that fails before others": "```sh\nfalse\ntrue\n```\n",
    "a shell that ends": "```sh\nexit 0\n```\n",
    "a line that does not come": "```console\n$ echo one\ntwo\n```\n",
    "lines in another order": "```console\n$ printf 'one\\ntwo\\n'\ntwo\none\n```\n",
    "another exit status": "```console\n$ false\n$ echo $?\n0\n```\n",
    "a target that is not built": "```sh\n./terapi build no-such-program\n```\n",
    "a page without commands": "```json\n{}\n```\n",
}
GOOD = """```sh
mkdir ../mine
cd ../mine
export WORD=kept
```
```console
$ printf 'one\\n\\n  two %s   three\\nmore\\nend\\n' "$WORD"; (exit 3)
…
  two … three

…
end
$ echo $?
3
$ basename "$PWD"
mine
```
"""
PORT = """```sh
test 4711 != 47""11
python3 -c 'import http.server; http.server.HTTPServer(("127.0.0.1", 4711), None)'
```
"""
NODE = """```sh node
false
```
```console
$ echo none
none
```
"""


def leaves_nothing_running():
    """A program holds a pipe open until it has ended."""
    with tempfile.TemporaryDirectory() as folder:
        pipe = os.path.join(folder, "pipe")
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        good = not follow(f"```sh\nexec 3>{pipe}\ntail -f /dev/null &\n```\n", CHECKOUT, BIN)
        ended = select.select([reader], [], [], 10)[0] != []
        os.close(reader)
        return good and ended


failed = [name for name, page in BAD.items() if not follow(page, CHECKOUT, BIN)]
failed += [f"good: {problem}" for problem in follow(GOOD, CHECKOUT, BIN)]
failed += [f"ports: {problem}" for problem in follow(PORT, CHECKOUT, BIN, "4711")]
failed += [] if bool(follow(NODE, CHECKOUT, BIN)) == ("node" not in lacking()) else ["a block that needs node"]
failed += [] if len(steps_of(NODE, ["node"])) == 1 else ["a block that needs node, without it"]
failed += [] if leaves_nothing_running() else ["a program that is left running"]
print("\n".join(f"not as expected: {name}" for name in failed) or f"{len(BAD) + 4} pages judged rightly")
sys.exit(1 if failed else 0)
