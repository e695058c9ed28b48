"""The tool that mutates: its changes, which scenarios it chooses, and what it makes of the judge's answers (a judge of a few lines stands in)."""
import contextlib
import io
import json
import pathlib
import stat
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import mutants
import mutate
import reach

PROGRAM = '''
def older(held, row):
    """Said to people."""
    if held["modified"] > row["modified"]:
        return True
    try:
        held["payload"] = row["payload"]
        say("kept")
    except (KeyError, ValueError):
        raise Retry("not kept")
    return False
'''

# Fails a client without the word "return True", passes another; counts what it is asked to play.
JUDGE = '''#!{python}
import json, shlex, sys
words = dict(zip(sys.argv[2::2], sys.argv[3::2]))
flags = sys.argv[2:]
def value(flag): return flags[flags.index(flag) + 1]
source = open(shlex.split(value("--run"))[-1]).read()
chosen = value("--filter").split(",")
with open({log!r}, "a") as log: log.write(value("--filter") + chr(10))
fails = "return True" not in source and "client/decisive" in chosen
finding = {{"verdict": "FAIL", "clause": "CLIENT-8", "invariant": "I3", "what": "stale"}}
warns = "raise Retry" not in source
if warns: finding["verdict"] = "WARN"
def verdict(each): return "FAIL" if fails and each == "client/decisive" else "WARN" if warns and each == "client/other-02" else "PASS"
results = [{{"scenario": each, "verdict": verdict(each), "reason": "", "findings": [finding]}} for each in chosen]
json.dump({{"results": results}}, open(value("--json"), "w"))
sys.exit(1 if fails else 0)
'''


def changes(text, operator):
    return [(mutant.was, mutant.becomes) for mutant in mutants.find(text) if mutant.operator == operator]


class Mutants(unittest.TestCase):
    def test_makes_the_mistakes_of_each_kind(self):
        self.assertIn((">", ">="), changes(PROGRAM, "boundary"))
        self.assertIn(("return True", "pass"), changes(PROGRAM, "left-out"))
        self.assertIn(('held["modified"] > row["modified"]', "False"), changes(PROGRAM, "constant"))
        self.assertIn(('held["modified"] > row["modified"]', 'not (held["modified"] > row["modified"])'), changes(PROGRAM, "negated"))
        self.assertIn(('"modified"', '"payload"'), changes(PROGRAM, "key"))
        self.assertIn(('raise Retry("not kept")', "pass"), changes(PROGRAM, "left-out"))
        self.assertIn(("(KeyError, ValueError)", "(ValueError,)"), changes(PROGRAM, "unhandled"))
        self.assertIn(("400 <= a < 500", "a < 500"), changes("def f(a):\n    return 400 <= a < 500\n", "shortened"))
        self.assertIn(("a and b", "b"), changes("def f(a, b):\n    return a and b\n", "shortened"))
        self.assertIn(("1", "2"), changes("def f(a):\n    return a[1]\n", "number"))
        self.assertIn(("f(timeout=10)".replace("f", "", 1), "()"), changes("def g():\n    return f(timeout=10)\n", "argument"))
        self.assertIn(("a()\n    b()", "b()\n    a()"), changes("def f():\n    a()\n    b()\n", "exchanged"))

    def test_statements_that_need_each_other_are_not_exchanged(self):
        self.assertEqual(changes("def f():\n    a = g()\n    h(a)\n", "exchanged"), [])

    def test_what_is_said_to_people_is_no_mistake(self):
        self.assertEqual([change for change in changes(PROGRAM, "text") if "kept" in change[0]], [])

    def test_each_changes_one_piece_and_is_python(self):
        text = mutate.CLIENT.read_text(encoding="utf-8")
        source, ids = mutants.Source(text), set()
        for mutant in mutants.find(text):
            changed = source.with_change(mutant)
            compile(changed, mutant.id, "exec")
            self.assertEqual(changed.replace(mutant.becomes, mutant.was, 1) == text or changed != text, True)
            self.assertNotIn(mutant.id, ids)
            ids.add(mutant.id)
        self.assertGreater(len(ids), 500)

    def test_a_name_survives_changes_elsewhere(self):
        moved = "# a comment\n\n" + PROGRAM
        self.assertEqual([mutant.id for mutant in mutants.find(PROGRAM)], [mutant.id for mutant in mutants.find(moved)])

    def test_characters_of_several_bytes_do_not_shift_it(self):
        text = 'def f(a):\n    return "ä" + a["é"]  # ü\n'
        for mutant in mutants.find(text):
            self.assertEqual(text.encode()[mutant.start:mutant.end].decode(), mutant.was)


class Reach(unittest.TestCase):
    def test_knows_lines_by_their_text(self):
        kept = reach.Reach()
        kept.add("client/a", 1.0, "x = 1\ny = 2\nx = 1\n", {3})
        kept.add("client/b", 1.0, "x = 1\ny = 2\nx = 1\n", {1, 3})
        self.assertEqual(kept.of("x = 1  #2"), {"client/a", "client/b"})
        self.assertEqual(kept.of("x = 1  #1"), {"client/b"})
        self.assertEqual(kept.of("y = 2  #1"), set())
        self.assertEqual(kept.of("new  #1"), {"client/a", "client/b"})
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "reach.json"
            kept.save(path)
            self.assertEqual(reach.Reach.load(path).lines, kept.lines)


class Run(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.client = self.folder / "client.py"
        self.client.write_text(PROGRAM, encoding="utf-8")
        self.judge = self.folder / "judge"
        self.judge.write_text(JUDGE.format(python=sys.executable, log=str(self.folder / "log")), encoding="utf-8")
        self.judge.chmod(self.judge.stat().st_mode | stat.S_IXUSR)
        self.addCleanup(setattr, mutate, "REACH", mutate.REACH)
        self.addCleanup(setattr, mutate, "HARMLESS", mutate.HARMLESS)
        mutate.REACH = self.folder / "reach.json"
        self.addCleanup(setattr, mutate, "KILLED", mutate.KILLED)
        mutate.KILLED = self.folder / "killed.json"
        mutate.HARMLESS = self.folder / "harmless.json"
        ids = [f"client/other-{number:02}" for number in range(5)] + ["client/decisive"]
        known = reach.Reach()
        for scenario in ids:
            known.add(scenario, 5.0 if scenario == "client/decisive" else 1.0, PROGRAM, range(2, 12))
        known.save(mutate.REACH)
        self.harmless({})

    def harmless(self, listed):
        mutate.HARMLESS.write_text(json.dumps({"reasons": [{"reason": "as good", "mutants": listed}]}), encoding="utf-8")

    def run_on(self, glob, *flags):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            code = mutate.main(["--client", str(self.client), "run", str(self.judge), "--scenarios", str(self.folder / "scenarios"), "--only", glob, *flags])
        return code, said.getvalue()

    def id_of(self, operator, was, becomes):
        return next(mutant.id for mutant in mutants.find(PROGRAM) if (mutant.operator, mutant.was, mutant.becomes) == (operator, was, becomes))

    def test_a_mutant_that_a_later_round_kills_is_killed(self):
        killed = self.id_of("left-out", "return True", "pass")
        code, said = self.run_on(killed)
        self.assertEqual(code, 0, said)
        self.assertIn("client/decisive: FAIL CLIENT-8 I3 stale", said)
        self.assertEqual((self.folder / "log").read_text().count("\n"), 2)  # two rounds

    def test_a_survivor_of_which_nobody_has_said_why_fails_the_run(self):
        survivor = self.id_of("boundary", ">", ">=")
        code, said = self.run_on(survivor)
        self.assertEqual(code, 1, said)
        self.assertIn("1 survived and nobody has said why", said)
        self.harmless({survivor: "> to >="})
        both = ["--only", self.id_of("left-out", "return True", "pass")]
        code, said = self.run_on(survivor, *both)
        self.assertEqual(code, 0, said)
        self.assertIn("1 listed as harmless and not judged", said)
        code, said = self.run_on(survivor, *both, "--harmless")
        self.assertEqual(code, 0, said)
        self.assertIn("1 harmless and survived", said)

    def test_a_warning_that_the_client_itself_does_not_get_kills(self):
        warned = self.id_of("left-out", 'raise Retry("not kept")', "pass")
        code, said = self.run_on(warned)
        self.assertEqual(code, 0, said)
        self.assertIn("client/other-02: WARN CLIENT-8", said)

    def test_what_is_known_to_be_killed_is_judged_by_its_scenario_first(self):
        killed, report = self.id_of("left-out", "return True", "pass"), str(self.folder / "report.json")
        self.run_on(killed, "--report", report)
        with contextlib.redirect_stdout(io.StringIO()):
            mutate.main(["--client", str(self.client), "keep", report])
        (self.folder / "log").unlink()
        code, said = self.run_on("older:*", "--known")
        self.assertEqual(code, 0, said)
        self.assertIn("1 mutants: 1 killed", said)
        self.assertEqual((self.folder / "log").read_text(), "client/decisive\n")

    def test_a_new_scenario_is_played_on_every_mutant(self):
        new = self.folder / "scenarios" / "client" / "new.json"
        new.parent.mkdir(parents=True)
        new.write_text('{"judges": "client", "clauses": []}', encoding="utf-8")
        self.run_on(self.id_of("boundary", ">", ">="))
        self.assertIn("client/new", (self.folder / "log").read_text())

    def test_nothing_judged_is_no_success(self):
        code, said = self.run_on("older:*", "--seconds", "-1")
        self.assertEqual(code, 1, said)
        self.assertIn("not judged for want of time", said)

    def test_an_entry_that_is_not_true_any_more_fails_the_run(self):
        killed = self.id_of("left-out", "return True", "pass")
        self.harmless({killed: "return True"})
        code, said = self.run_on(killed, "--harmless")
        self.assertEqual(code, 1)
        self.assertIn("STALE", said)
        self.harmless({"older:boundary:000000": "no such mutant"})
        code, said = self.run_on(killed)
        self.assertEqual(code, 1)
        self.assertIn("there is no such mutant", said)

    def test_a_run_goes_on_where_the_last_one_ended(self):
        report = str(self.folder / "report.json")
        survivor = self.id_of("boundary", ">", ">=")
        self.run_on(survivor, "--report", report, "--rounds", "1")
        code, said = self.run_on(survivor, "--report", report)
        played = (self.folder / "log").read_text().split()
        self.assertEqual(sum(len(line.split(",")) for line in played), 6)  # each scenario once
        self.assertIn("passed 6 scenarios, 0 not played", said)


if __name__ == "__main__":
    unittest.main()
