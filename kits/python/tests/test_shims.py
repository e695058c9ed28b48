"""What version managers put on PATH in the place of a program, and launchers among each other: nothing is started without end."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

from terapi_simulator import SimulatorError, find_program

PACKAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src", "terapi_simulator")
PROGRAM = os.environ.get("TERAPI_SIMULATOR")
LAUNCH = "from terapi_simulator.launcher import main; main()"
# One as pyenv's, that does not say what it leads to; and one as pnpm's, with so many folders in NODE_PATH that it says so far from its beginning.
SHIMS = (
    'program="${0##*/}"\nexec "$MANAGER" exec "$program" "$@"\n',
    f'export NODE_PATH="{"/a/folder/node_modules:" * 300}"\nexec "$MANAGER" exec node "$basedir/../terapi-simulator/bin/terapi-simulator.cjs" "$@"\n',
)


class ShimsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.runs = os.path.join(self.folder, "runs")
        # As a wheel of pure Python is installed: without a program in it.
        self.site = os.path.join(self.folder, "site")
        shutil.copytree(PACKAGE, os.path.join(self.site, "terapi_simulator"), ignore=shutil.ignore_patterns("__pycache__", "bin"))

    def script(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{text}")
        os.chmod(path, 0o755)
        return path

    def shim(self, text, words=1):
        """One in a folder of its own, which leads to the launcher, but not without end."""
        launcher = shlex.join([sys.executable, "-c", LAUNCH])
        manager = self.script("manager", f'shift {1 + words}\nexec {launcher} "$@"\n')
        limit = f'printf x >>"{self.runs}"; read -r so_far <"{self.runs}"; [ ${{#so_far}} -le 5 ] || exit 9\n'
        return self.script("shims/terapi-simulator", limit + text.replace("$MANAGER", manager))

    def each_shim(self):
        for text in SHIMS:
            yield self.shim(text, words=text.count("exec node") + 1)
            with open(self.runs, encoding="utf-8") as file:
                self.assertEqual(file.read(), "x", text)
            os.unlink(self.runs)

    def run_python(self, *words, path, **environment):
        environment = {"PYTHONPATH": self.site, "PATH": path, **environment}
        return subprocess.run(
            [sys.executable, "-B", "-c", *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=60, check=False
        )

    def test_a_launcher_that_finds_a_shim_does_not_start_itself_without_end(self):
        for shim in self.each_shim():
            done = self.run_python(LAUNCH, path=os.path.dirname(shim))
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertRegex(done.stdout, r"^terapi-simulator: the program terapi-simulator is not there: .*TERAPI_SIMULATOR to its path")
            self.assertIn(f"({shim} only led back here)", done.stdout)

    def test_start_simulator_says_at_once_that_a_shim_leads_to_no_program(self):
        code = "import terapi_simulator as t\ntry: t.start_simulator()\nexcept t.SimulatorError as error: print(error.code, error)"
        for shim in self.each_shim():
            done = self.run_python(code, path=os.path.dirname(shim))
            self.assertRegex(done.stdout, "^start_failed the simulator did not start: terapi-simulator: the program terapi-simulator is not there")

    def test_a_program_that_stands_on_path_behind_a_shim_is_found(self):
        program = self.script("on-path/terapi-simulator", "echo a program\n")
        for shim in self.each_shim():
            self.assertEqual(self.run_python(LAUNCH, path=f"{os.path.dirname(shim)}:{os.path.dirname(program)}").stdout, "a program\n")

    def test_the_environment_may_name_a_shim_and_nothing_is_without_end(self):
        for shim in self.each_shim():
            done = self.run_python(LAUNCH, path="", TERAPI_SIMULATOR=shim)
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn(f"({shim} only led back here)", done.stdout)

    def test_what_pnpm_puts_into_bin_is_not_taken_for_the_program(self):
        shim = self.script("bin/terapi-simulator", 'exec node  "$basedir/../terapi-simulator/bin/terapi-simulator.cjs" "$@"\n')
        done = self.run_python("import terapi_simulator; terapi_simulator.find_program()", path=os.path.dirname(shim))
        self.assertIn("SimulatorError: the program terapi-simulator is not there", done.stdout)

    def test_on_windows_path_is_neither_searched_nor_spoken_of(self):
        folder = os.path.dirname(self.script("on-path/terapi-simulator", ""))
        with unittest.mock.patch.dict(os.environ, {"PATH": folder}), unittest.mock.patch.object(sys, "platform", "win32"):
            os.environ.pop("TERAPI_SIMULATOR", None)
            with self.assertRaisesRegex(SimulatorError, "is not there: .* and this is win32 on .*; set TERAPI_SIMULATOR to its path$"):
                find_program()

    @unittest.skipUnless(PROGRAM, "TERAPI_SIMULATOR names no program")
    def test_what_exec_runs_may_use_the_kit_and_launchers_as_if_it_stood_alone(self):
        wrapper = self.script("wrapped/terapi-simulator", f'exec "{os.path.abspath(PROGRAM)}" "$@"\n')

        def run_by_exec(*words):
            words = ["exec", "--log-level", "error", "--", sys.executable, "-B", "-c", *words]
            return self.run_python(LAUNCH, *words, path=os.path.dirname(wrapper)).stdout

        # Without what `exec` has told it, as test runners may have it.
        code = "import os, terapi_simulator as t; del os.environ['TERAPI_BASE_URL']; t.start_simulator(world={}).close(); print(t.find_program())"
        self.assertEqual(run_by_exec(code), f"{wrapper}\n")
        self.assertRegex(run_by_exec(LAUNCH, "--version"), r"^terapi-simulator \d")
        shutil.rmtree(os.path.dirname(wrapper))
        carried = os.path.join(self.site, "terapi_simulator", "bin", "terapi-simulator")
        os.mkdir(os.path.dirname(carried))
        shutil.copy(PROGRAM, carried)
        self.assertEqual(run_by_exec("import os; print(os.environ.get('TERAPI_LAUNCHED'))"), "None\n")


if __name__ == "__main__":
    unittest.main()
