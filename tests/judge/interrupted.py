"""A judge that is interrupted leaves neither folders nor processes of the clients that it judged: python3 interrupted.py BIN"""
import os, pathlib, signal, subprocess, sys, tempfile, time

PROGRAM = os.path.join(sys.argv[1], "terapi-conformance")
PATIENCE = 60  # seconds, to start and to end
TO_DIE = 15  # of a process that was killed
problems = []


def wait_for(what, patience=PATIENCE):
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if what():
            return True
        os.sched_yield()
    return False


def is_running(pid):
    try:
        return "\nState:\tZ" not in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return False


for number in (signal.SIGINT, signal.SIGTERM):
    with tempfile.TemporaryDirectory() as place:
        note = pathlib.Path(place) / "pids"
        judged = pathlib.Path(place) / "judged"
        judged.mkdir()
        # One in its group, and one that has left it. Neither asks for anything.
        command = f"setsid sleep 1000 & a=$!; sleep 1000 & echo $a $! > {note}.new; mv {note}.new {note}; wait"
        judge = subprocess.Popen([PROGRAM, "client", "--run", command, "--filter", "client/deletes"], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(judged)},
                                 preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        if not wait_for(note.exists):
            problems.append("the client was never started")
        else:
            judge.send_signal(number)
            if judge.wait(PATIENCE) != -number:
                problems.append(f"{number.name}: it ended with {judge.returncode}, and not by the signal")
            for pid in note.read_text(encoding="utf-8").split():
                if not wait_for(lambda: not is_running(pid), TO_DIE):
                    problems.append(f"{number.name}: process {pid} of the client is still running")
                    os.kill(int(pid), signal.SIGKILL)
            left = [path.name for path in judged.iterdir()]
            if left:
                problems.append(f"{number.name}: left behind: {left}")
        judge.kill()
        judge.wait()

print("\n".join(problems))
sys.exit(1 if problems else 0)
