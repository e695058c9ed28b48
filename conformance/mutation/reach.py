"""Which scenarios reach which lines of a client, found by playing each of them once; kept in a file, for it takes minutes.

A line is known by its text and by which of the lines with that text it is, so that the file is still good when other lines of the
client change. A line that the file does not know is taken to be reached by every scenario.
"""
import collections
import json


def names_of_lines(text):
    """The name of each line, by its number from 1."""
    count = collections.Counter()
    names = [""]
    for line in text.splitlines():
        count[line.strip()] += 1
        names.append(f"{line.strip()}  #{count[line.strip()]}")
    return names


class Reach:
    def __init__(self, scenarios=None, lines=None, warned=()):
        self.warned = set(warned)  # scenarios in which the client as it is neglects a SHOULD
        self.seconds = scenarios or {}  # scenario: how long it takes with the client as it is
        self.lines = lines or {}  # name of a line: the scenarios that reach it

    @staticmethod
    def load(path):
        with open(path, encoding="utf-8") as file:
            kept = json.load(file)
        ids = list(kept["scenarios"])
        return Reach(kept["scenarios"], {line: {ids[index] for index in found} for line, found in kept["lines"].items()}, kept["warned"])

    def save(self, path):
        ids = sorted(self.seconds)
        index = {scenario: at for at, scenario in enumerate(ids)}
        lines = {line: sorted(index[scenario] for scenario in found if scenario in index) for line, found in sorted(self.lines.items())}
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"what": "made by mutate.py reach", "scenarios": {\n')
            file.write(",\n".join(f"  {json.dumps(scenario)}: {self.seconds[scenario]}" for scenario in ids))
            file.write(f'}},\n "warned": {json.dumps(sorted(self.warned))},\n "lines": {{\n')
            file.write(",\n".join(f"  {json.dumps(line)}: {json.dumps(found, separators=(',', ':'))}" for line, found in lines.items()))
            file.write("}}\n")

    def add(self, scenario, seconds, text, numbers):
        names = names_of_lines(text)
        self.seconds[scenario] = seconds
        for name in names[1:]:
            if not name.startswith(" "):  # empty lines
                self.lines.setdefault(name, set()).discard(scenario)
        for number in numbers:
            self.lines[names[number]].add(scenario)

    def of(self, name):
        """The scenarios that reach a line."""
        return self.lines.get(name, set(self.seconds))

    def of_statement(self, names):
        """Those that reach any of the lines."""
        return set().union(*(self.of(name) for name in names))
