"""The project file, terapi.json: found by the program, from the working directory upwards; arguments win."""

import os
import pathlib
import tempfile
import unittest

from terapi_simulator import SimulatorError, start_simulator

FILE = """// with comments
{ "world": { "connections": [{ "id": "of-the-file", "integration": "github" }], "integrations": [{ "id": "github" }] },
  "clock": "virtual", "start": "2031-05-06T00:00:00Z", "port": 1, "data": "nowhere/at/all.db" }
"""


@unittest.skipUnless(os.environ.get("TERAPI_SIMULATOR"), "TERAPI_SIMULATOR names no program")
class ProjectTest(unittest.TestCase):
    def project(self, text):
        """A repository with that project file; its folder of tests is the working directory from here on."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        (root / ".git").mkdir()
        (root / "tests").mkdir()
        (root / "terapi.json").write_text(text, encoding="utf-8")
        before = os.getcwd()
        os.chdir(root / "tests")
        self.addCleanup(os.chdir, before)
        return root

    def started(self, **options):
        """The connections, and the clock."""
        with start_simulator(**options) as terapi:
            return [one["id"] for one in terapi.world()["connections"]], terapi.clock()

    def test_without_arguments_it_says_what_there_is(self):
        self.project(FILE)
        connections, clock = self.started()
        self.assertEqual(connections, ["of-the-file"])
        self.assertTrue(clock["now"].startswith("2031-05-06T"), clock)

    def test_arguments_win_over_it_one_by_one(self):
        self.project(FILE)
        connections, clock = self.started(world={}, start="2040-01-01T00:00:00Z")
        self.assertEqual(connections, [])
        self.assertTrue(clock["now"].startswith("2040-01-01T"), clock)

    def test_project_names_one_or_none(self):
        root = self.project(FILE)
        self.assertTrue(self.started(project=False, world={})[1]["now"].startswith("2024-01-01T"))
        os.chdir("/")
        self.assertTrue(self.started(project=root / "terapi.json")[1]["now"].startswith("2031-05-06T"))

    def test_a_clock_that_it_does_not_name_is_virtual(self):
        self.project('{ "world": {} }')
        self.assertEqual(self.started()[1]["mode"], "virtual")

    def test_what_is_wrong_with_it_is_told_with_line_and_member(self):
        self.project('{\n  "worlds": {}\n}')
        with self.assertRaises(SimulatorError) as caught:
            start_simulator()
        self.assertEqual(caught.exception.code, "start_failed")
        self.assertRegex(str(caught.exception), r"(?s)terapi\.json:2:\d+: .*worlds.*did you mean 'world'")


if __name__ == "__main__":
    unittest.main()
