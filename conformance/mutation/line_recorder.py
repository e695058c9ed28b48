"""Runs a program in Python and notes which of its lines are reached: line_recorder.py PROGRAM NOTES [ARGUMENT…]

Each line is written down when it is reached for the first time, since the program may be killed at any moment.
"""
import os
import sys
import threading

program, notes = sys.argv[1:3]
sys.argv = [program, *sys.argv[3:]]
written = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
seen = set()
waiting = {}  # code: its lines that have not been reached yet


def note(line):
    if line not in seen:
        seen.add(line)
        os.write(written, b"%d\n" % line)


def on_line(frame, event, _):
    if event == "line":
        note(frame.f_lineno)
        waiting[frame.f_code].discard(frame.f_lineno)
    return on_line


def on_call(frame, _event, _):
    code = frame.f_code
    if code.co_filename != program:
        return None
    if code not in waiting:
        waiting[code] = {line for _, _, line in code.co_lines() if line} if hasattr(code, "co_lines") else {0}
    return on_line if waiting[code] else None


with open(program, encoding="utf-8") as file:
    compiled = compile(file.read(), program, "exec")
threading.settrace(on_call)
sys.settrace(on_call)
exec(compiled, {"__name__": "__main__", "__file__": program})
