"""Shows that follow_page.py can fail: python3 follow_page_test.py CHECKOUT BIN"""
import sys

from follow_page import follow

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
failed = [name for name, page in BAD.items() if not follow(page, CHECKOUT, BIN)]
failed += [f"good: {problem}" for problem in follow(GOOD, CHECKOUT, BIN)]
print("\n".join(f"not as expected: {name}" for name in failed) or f"{len(BAD) + 1} pages judged rightly")
sys.exit(1 if failed else 0)
