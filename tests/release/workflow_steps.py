"""The shell steps of .github/workflows/release.yml, by their names, as text."""
import re, textwrap


def shell_steps(path):
    """{name: shell}, in the order of the file. Reads the form that the file is written in, not all of YAML."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    steps = {}
    for block in re.split(r"^      - ", text, flags=re.MULTILINE)[1:]:
        name = re.match(r"name: (.*)\n", block)
        long = re.search(r"^        run: \|\n((?:          .*\n|\n)+)", block, re.MULTILINE)
        short = re.search(r"^        run: ([^|\n].*)\n", block, re.MULTILINE)
        if name and (long or short):
            steps[name[1]] = textwrap.dedent(long[1]) if long else short[1] + "\n"
    return steps
