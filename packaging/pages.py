#!/usr/bin/env python3
"""Makes what a package has beside the programs: manual pages, and completions for bash, zsh and fish. All of it from what
the programs say of themselves with --help, which is their own table of flags: nothing is written down twice.

    packaging/pages.py --bin build/bin --out FOLDER

It writes PROGRAM.1.gz, PROGRAM.bash, _PROGRAM (zsh) and PROGRAM.fish, and `copyright` and `NEWS.gz` for Debian. The
date in them is that of SOURCE_DATE_EPOCH, seconds since 1970.
"""
import argparse
import gzip
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAMS = ["terapi-simulator", "terapi-sync", "terapi-conformance"]
FLAG = re.compile(r"^  --(?P<name>[a-z][a-z0-9-]*)(?: (?P<value>\S+(?: \S+)*?))?(?: {2,}(?P<help>.*))?$")
PATHS = re.compile(r"FILE|DIR|\bDB\b|\.json")
WORDS = re.compile(r"^[a-z0-9_-]+(\|[a-z0-9_-]+)+$")


class Flag:
    def __init__(self, found):
        self.name, self.value, self.help = found["name"], found["value"] or "", (found["help"] or "").strip()
        self.words = self.value.split("|") if WORDS.match(self.value) else []
        self.takes_path = bool(PATHS.search(self.value))


class Command:
    """One of a program's: its name ("" where it has none), how it is called, what it does, its flags."""

    def __init__(self, name, usage, what):
        self.name, self.usage, self.what, self.flags = name, usage, what, []


class Program:
    def __init__(self, name, path):
        self.name = name
        self.text = said([path, "--help"])
        self.version = said([path, "--version"]).split()[1]
        first = self.text.split("\n", 1)[0]
        self.purpose = first.split(": ", 1)[1] if ": " in first else first
        self.commands = commands_of(self.text, name)
        self.exit_codes = " ".join(re.search(r"Exit codes: (.*)", self.text, re.DOTALL).group(1).split())
        for command in self.commands:
            text = said([path, command.name, "--help"], may_fail=True) or self.text
            command.flags = flags_of(text)
        if not all(flags_of(self.text)) or not self.commands:
            raise SystemExit(f"{name} --help names no command; expected lines such as `  {name} COMMAND [FLAGS]`")


def said(words, may_fail=False):
    ran = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                         stdin=subprocess.DEVNULL, check=False)
    if ran.returncode != 0:
        if may_fail:
            return ""
        raise SystemExit(f"{' '.join(map(str, words))} ended with {ran.returncode}: {ran.stderr.strip()}")
    return ran.stdout


def flags_of(text):
    flags = {}
    for line in text.split("\n"):
        if found := FLAG.match(line):
            flags.setdefault(found["name"], Flag(found))
    return list(flags.values())


def commands_of(text, program):
    """Of the lines that say how it is called; what a line has no room for stands on the next ones."""
    commands, lines = [], text.split("\n")
    for at, line in enumerate(lines):
        called = re.match(rf"^  {program} \[?(?P<name>[a-z]+)\]?(?P<rest>.*)$", line)
        if not called or called["name"] in {c.name for c in commands}:
            continue
        parts = [part for part in re.split(r" {2,}", called["rest"].strip()) if part]
        usage = [part for part in parts if re.match(r"[-\[A-Z]", part)]
        what = [part for part in parts if part not in usage]
        for more in lines[at + 1:]:
            if not re.match(r"^ {8,}\S", more):
                break
            what.append(more.strip())
        usage = " ".join(line.split("  ")[1].split()[:2] + usage)
        commands.append(Command(called["name"], usage, " ".join(what).strip()))
    return commands


# --- the manual page ---------------------------------------------------------------------------------------------------

def roff(text):
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...").replace("`", "\\(ga")
    return re.sub(r"^([.'])", r"\\&\1", escaped, flags=re.MULTILINE)


def flag_in_roff(flag):
    value = f" \\fI{roff(flag.value)}\\fR" if flag.value else ""
    return f".TP\n\\fB\\-\\-{roff(flag.name)}\\fR{value}\n{roff(flag.help) or '.br'}\n"


def manual(program, day):
    out = [f".TH {program.name.upper()} 1 {day} \"Terapi {program.version}\" \"User Commands\"\n",
           f".SH NAME\n{program.name} \\- {roff(program.purpose)}\n.SH SYNOPSIS\n"]
    out.append("\n.br\n".join(f".B {roff(command.usage)}" for command in program.commands) + "\n")
    out.append(".SH COMMANDS\n")
    for command in program.commands:
        out.append(f".TP\n.B {command.name}\n{roff(command.what) or '.br'}\n")
    shared = []
    for command in program.commands:
        alike = next((other for other, flags in shared if flags == [f.name for f in command.flags]), None)
        if not command.flags:
            continue
        out.append(f".SH OPTIONS OF {command.name.upper()}\n")
        if alike:
            out.append(f"Those of\n.BR {alike} .\n")
            continue
        shared.append((command.name, [f.name for f in command.flags]))
        out += [flag_in_roff(flag) for flag in command.flags]
    out.append(f".SH EXIT STATUS\n{roff(program.exit_codes)}\n.SH SEE ALSO\n")
    others = [f".BR {roff(name)} (1)" for name in PROGRAMS if name != program.name]
    out.append(" ,\n".join(others) + "\n")
    return "".join(out)


# --- completions -------------------------------------------------------------------------------------------------------

def bash(program):
    function = "_" + program.name.replace("-", "_")
    lines = [f"# Completion of {program.name} for bash.", f"{function}() {{",
             '  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} flags',
             "  COMPREPLY=()", '  case "$command $before" in']
    for command in program.commands:
        for flag in command.flags:
            if flag.words:
                lines.append(f"    '{command.name} --{flag.name}')"
                             f" mapfile -t COMPREPLY < <(compgen -W '{' '.join(flag.words)}' -- \"$word\"); return ;;")
            elif flag.takes_path:
                lines.append(f"    '{command.name} --{flag.name}') compopt -o filenames;"
                             " mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;")
            elif flag.value:
                lines.append(f"    '{command.name} --{flag.name}') return ;;")
    lines += ["  esac", "  if [[ $COMP_CWORD -eq 1 ]]; then",
              f"    mapfile -t COMPREPLY < <(compgen -W '{' '.join(c.name for c in program.commands)} --help --version'"
              ' -- "$word")', "    return", "  fi", '  case "$command" in']
    for command in program.commands:
        lines.append(f"    {command.name}) flags='{' '.join('--' + f.name for f in command.flags)}' ;;")
    lines += ["    *) return ;;", "  esac", "  if [[ $word == -* ]]; then",
              '    mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$word")', "  else", "    compopt -o filenames",
              '    mapfile -t COMPREPLY < <(compgen -f -- "$word")', "  fi", "}", f"complete -F {function} {program.name}"]
    return "\n".join(lines) + "\n"


def quoted(text, also=""):
    """For zsh and fish, in single quotes."""
    return "".join("\\" + c if c in also + "\\" else c for c in text).replace("'", "’")


def zsh(program):
    lines = [f"#compdef {program.name}", f"# Completion of {program.name} for zsh.", "local -a commands=("]
    lines += [f"  '{command.name}:{quoted(command.what, ':')}'" for command in program.commands]
    lines += [")", "if (( CURRENT == 2 )); then", f"  _describe command commands", "  return", "fi", 'case $words[2] in']
    for command in program.commands:
        lines.append(f"  {command.name})\n    _arguments \\")
        for flag in command.flags:
            action = "_files" if flag.takes_path else f"({' '.join(flag.words)})" if flag.words else " "
            value = f":{quoted(flag.value, ':[]')}:{action}" if flag.value else ""
            lines.append(f"      '*--{flag.name}[{quoted(flag.help, ':[]')}]{value}' \\")
        lines.append("      '*:file:_files'\n    ;;")
    return "\n".join(lines + ["esac"]) + "\n"


def fish(program):
    names = " ".join(command.name for command in program.commands)
    lines = [f"# Completion of {program.name} for fish.", f"complete -c {program.name} -n __fish_use_subcommand -l help",
             f"complete -c {program.name} -n __fish_use_subcommand -l version"]
    for command in program.commands:
        lines.append(f"complete -c {program.name} -f -n 'not __fish_seen_subcommand_from {names}' -a {command.name} "
                     f"-d '{quoted(command.what)}'")
        for flag in command.flags:
            takes = ""
            if flag.words:
                takes = f" -x -a '{' '.join(flag.words)}'"
            elif flag.value:
                takes = " -r" if flag.takes_path else " -x"
            lines.append(f"complete -c {program.name} -n '__fish_seen_subcommand_from {command.name}' -l {flag.name}{takes} "
                         f"-d '{quoted(flag.help)}'")
    return "\n".join(lines) + "\n"


# --- all of it ---------------------------------------------------------------------------------------------------------

def copyright_of():
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8").strip()
    holder = re.search(r"^Copyright \(c\) (.*)$", licence, re.MULTILINE).group(1)
    body = "\n".join(" " + (line or ".") for line in licence.split("\n")[4:])
    return ("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"
            f"Files: *\nCopyright: {holder}\nLicense: Expat\n{body}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="where the programs are")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    asked = parser.parse_args()
    day = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", "0")) or time.time()))
    asked.out.mkdir(parents=True, exist_ok=True)
    for name in PROGRAMS:
        program = Program(name, asked.bin / name)
        (asked.out / f"{name}.1.gz").write_bytes(gzip.compress(manual(program, day).encode(), 9, mtime=0))
        (asked.out / f"{name}.bash").write_text(bash(program), encoding="utf-8")
        (asked.out / f"_{name}").write_text(zsh(program), encoding="utf-8")
        (asked.out / f"{name}.fish").write_text(fish(program), encoding="utf-8")
    (asked.out / "copyright").write_text(copyright_of(), encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_bytes()
    (asked.out / "NEWS.gz").write_bytes(gzip.compress(changes, 9, mtime=0))
    return 0


if __name__ == "__main__":
    sys.exit(main())
