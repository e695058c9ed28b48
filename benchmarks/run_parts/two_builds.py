"""Two builds in alternation: what became slower since a revision, and only what is slower each time it is looked at."""
from __future__ import annotations

import contextlib
import hashlib
import os
import pathlib
import shutil
import subprocess
from statistics import median

from compare_parts.bench import BENCHMARKS, Bench
from compare_parts.table import number, table

from .micro import LONG, micro_program, run_micro

ROOT = BENCHMARKS.parent
SLOWER = 1.05  # times the other's CPU time: less is what two runs of the same program differ by


def build_revision(revision: str) -> pathlib.Path:
    """Its terapi-bench, built in the cache folder; kept there, since revisions do not change."""
    try:
        commit = _git("rev-parse", "--verify", "--end-of-options", revision + "^{commit}").strip()
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"'{revision}' is no revision of this repository") from error
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "terapi-bench"
    folder = cache / f"revision-{commit[:12]}-{_compiler()}"
    program = folder / "build" / "bin" / "terapi-bench"
    if program.exists():
        return program
    source = folder / "source"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _git("worktree", "add", "--force", "--detach", str(source), commit)
        if not list((source / "benchmarks").glob("*_bench.cc")):
            raise RuntimeError(f"{revision} has no benchmarks yet")
        _run("cmake", "--preset", "release", "-S", str(source), "-B", str(folder / "build"),
             "-DTERAPI_BUILD_TESTS=OFF", cwd=source)
        _run("ninja", "-C", str(folder / "build"), "terapi-bench", cwd=source)
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            _git("worktree", "remove", "--force", str(source))
        if not program.exists():
            shutil.rmtree(folder, ignore_errors=True)
    return program


def compare_builds(bench: Bench, revision: str, pattern: str | None, min_time: float) -> tuple[str, list[str]]:
    """The table, and the names of what became slower."""
    bench.say(f"building {revision}")
    programs = {"then": str(build_revision(revision)), "now": micro_program(bench)}
    chosen = pattern or f"-{LONG}"
    rounds = _alternate(bench, programs, chosen, min_time)
    if not rounds[0]["now"]:
        raise RuntimeError(f"no benchmark fits '{pattern}'")
    suspects = [name for name in rounds[0]["now"] if name in rounds[0]["then"] and _slower(rounds, name)]
    if suspects:  # once more, alone: a regression is what repeats
        bench.say(f"again: {len(suspects)} that seemed slower")
        again = _alternate(bench, programs, "^(" + "|".join(suspects) + ")(/iterations.*|/real_time|/manual.*)?$", min_time)
        suspects = [name for name in suspects if _slower(again, name)]
    return _text(rounds, suspects, revision), suspects


def _alternate(bench: Bench, programs: dict[str, str], pattern: str, min_time: float) -> list[dict]:
    rounds = []
    for at in range(bench.rounds):
        bench.say(f"round {at + 1} of {bench.rounds}")
        # Who comes first changes, so that neither always has the warmer machine.
        order = list(programs) if at % 2 == 0 else list(programs)[::-1]
        measured = {name: run_micro(programs[name], pattern, min_time) for name in order}
        rounds.append(measured)
    return rounds


def _seconds(one: dict, which: str, name: str) -> float:
    # The store's own time is what its benchmarks tell; their CPU time has the pages that are made for it.
    return one[which][name]["seconds" if name.startswith("store/") else "cpu_seconds"]


def _ratio(one: dict, name: str) -> float:
    return _seconds(one, "now", name) / _seconds(one, "then", name)


def _slower(rounds: list[dict], name: str) -> bool:
    return all(_ratio(one, name) > SLOWER for one in rounds)


def _text(rounds: list[dict], slower: list[str], revision: str) -> str:
    rows = []
    for name in rounds[0]["now"]:
        if name not in rounds[0]["then"]:
            rows.append([name, "-", number(_seconds(rounds[0], "now", name) * 1e6), "-", "new"])
            continue
        then, now = (median(_seconds(one, which, name) for one in rounds) * 1e6 for which in ("then", "now"))
        ratios = sorted(_ratio(one, name) for one in rounds)
        verdict = "SLOWER" if name in slower else "faster" if ratios[-1] < 1 / SLOWER else ""
        rows.append([name, number(then), number(now), f"{median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})",
                     verdict])
    rows += [[name, number(_seconds(rounds[0], "then", name) * 1e6), "-", "-", "gone"]
             for name in rounds[0]["then"] if name not in rounds[0]["now"]]
    return table(f"CPU time, µs (store: time), {revision} against this checkout; ratio: now / then, median and extremes",
                 ["benchmark", "then", "now", "ratio", ""], rows, 1)


def _compiler() -> str:
    """A build by another compiler is another program."""
    said = subprocess.run([os.environ.get("CXX", "c++"), "--version"], stdout=subprocess.PIPE, check=True).stdout
    return hashlib.sha256(said).hexdigest()[:8]


def _git(*words: str) -> str:
    return subprocess.run(["git", "-C", str(ROOT), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=True).stdout


def _run(*words: str, cwd: pathlib.Path) -> None:
    done = subprocess.run(words, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)} failed:\n{done.stdout[-3000:]}")
