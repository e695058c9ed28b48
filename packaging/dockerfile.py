"""A Dockerfile's stages as lists of instructions, in the forms that ours has (JSON lists, flags, lines that go on)."""
import json
import re
import shlex


class Stage:
    def __init__(self, base, name):
        self.base, self.name = base, name
        self.instructions = []  # (word, rest)

    def all(self, word):
        return [rest for one, rest in self.instructions if one == word]

    def one(self, word):
        (rest,) = self.all(word)
        return rest

    def copies(self):
        """(stage or None, [sources], target) of each COPY"""
        for rest in self.all("COPY"):
            words = shlex.split(rest)
            flags = [word for word in words if word.startswith("--")]
            (*sources, target) = [word for word in words if not word.startswith("--")]
            yield next((flag.split("=", 1)[1] for flag in flags if flag.startswith("--from=")), None), sources, target


def stages_of(text):
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"\\\n\s*", " ", text)
    stages = []
    for line in filter(str.strip, text.splitlines()):
        word, rest = line.split(None, 1)
        if word == "FROM":
            base, *named = rest.split()
            stages.append(Stage(base, named[1] if named else None))
        else:
            stages[-1].instructions.append((word, rest))
    return stages


def words_of(rest):
    """Those of an ENTRYPOINT, or of a HEALTHCHECK's CMD, in the form of a JSON list."""
    return json.loads(rest[rest.index("["):])
