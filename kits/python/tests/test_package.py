"""The package as it is built, installed and used; README.md. Without network."""

import os
import re
import stat
import subprocess
import sys
import tempfile
import unittest
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
KIT = os.path.dirname(HERE)
PROGRAM = os.environ.get("TERAPI_SIMULATOR")
VENV_WITHOUT_PIP = subprocess.run([sys.executable, "-c", "import ensurepip"], stderr=subprocess.DEVNULL, check=False).returncode != 0


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def has(module):
    return subprocess.run([sys.executable, "-c", f"import {module}"], stderr=subprocess.DEVNULL, check=False).returncode == 0


class PackageTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def run_in(self, words, **environment):
        env = {name: value for name, value in os.environ.items() if name not in ("TERAPI_SIMULATOR", "PYTHONPATH")}
        return subprocess.run(
            words, cwd=self.folder, env={**env, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=240, check=False
        )

    def pack(self, *words):
        done = self.run_in([sys.executable, "-B", os.path.join(KIT, "pack.py"), *words, self.folder])
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout.splitlines()[-1]

    # pip unpacks a wheel of pure Python as it is; so does this, where there is no pip.
    def install(self, wheel):
        site = os.path.join(self.folder, "site")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site)
            for info in archive.infolist():
                os.chmod(os.path.join(site, info.filename), stat.S_IMODE(info.external_attr >> 16))
        return site

    def test_one_version_for_all(self):
        project = re.search(r'kVersion = "([\d.]+)"', read(KIT, "..", "..", "core", "version.h"))[1]
        self.assertIn(f'\nversion = "{project}"\n', read(KIT, "pyproject.toml"))
        self.assertIn(f'__version__ = "{project}"', read(KIT, "src", "terapi_simulator", "version.py"))

    def test_the_wheel_of_pure_python(self):
        wheel = self.pack()
        self.assertRegex(wheel, r"terapi_simulator-[\d.]+-py3-none-any\.whl$")
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            record = archive.read(next(name for name in names if name.endswith("/RECORD"))).decode()
        self.assertIn("terapi_simulator/py.typed", names)
        self.assertEqual(sorted(names), sorted(line.split(",")[0] for line in record.splitlines()))
        nowhere = self.run_in([sys.executable, "-c", "import terapi_simulator; terapi_simulator.start_simulator()"], PYTHONPATH=self.install(wheel), PATH="")
        self.assertIn("SimulatorError: the program terapi-simulator is not there", nowhere.stdout)
        self.assertIn("put the program on PATH, or set TERAPI_SIMULATOR to its path", nowhere.stdout)

    @unittest.skipUnless(PROGRAM, "TERAPI_SIMULATOR names no program")
    def test_the_wheel_with_the_program(self):
        wheel = self.pack("--program", os.path.abspath(PROGRAM))
        self.assertRegex(wheel, r"py3-none-(many)?linux\w*_x86_64\.whl$")
        code = "from terapi_simulator import *; import os; print(find_program()); start_simulator(world={}).close()"
        site = self.install(wheel)
        done = self.run_in([sys.executable, "-c", code], PYTHONPATH=site)
        self.assertEqual(done.stdout, f"{site}/terapi_simulator/bin/terapi-simulator\n")
        self.assertTrue(os.path.exists(f"{site}/terapi_simulator/bin/THIRD-PARTY.md"))
        launched = self.run_in([sys.executable, "-c", "from terapi_simulator.launcher import main; main()", "--version"], PYTHONPATH=site)
        self.assertRegex(launched.stdout, r"^terapi-simulator \d")

    def test_what_is_no_program_for_linux_on_x86_64_makes_no_wheel_for_it(self):
        version = re.search(r'__version__ = "(.*)"', read(KIT, "src", "terapi_simulator", "version.py"))[1]
        for_arm64 = b"\x7fELF\x02\x01\x01" + bytes(11) + b"\xb7\x00" + bytes(44)
        program = os.path.join(self.folder, "program")
        hook = "import sys, build_backend; build_backend.build_wheel('.', {'program': sys.argv[1]})"
        for contents in (f"#!/bin/sh\necho terapi-simulator {version}\n".encode(), for_arm64):
            with open(program, "wb") as file:
                file.write(contents)
            os.chmod(program, 0o755)
            for words in ([os.path.join(KIT, "pack.py"), "--program", program, self.folder], ["-c", hook, program]):
                done = self.run_in([sys.executable, "-B", *words], PYTHONPATH=KIT)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn(f"'{program}' is no program for Linux on x86-64, and there is no wheel for another machine", done.stdout)
                self.assertEqual(os.listdir(self.folder), ["program"])

    @unittest.skipIf(VENV_WITHOUT_PIP, "this Python has no ensurepip (python3-venv)")
    def test_pip_builds_and_installs_it_without_network(self):
        venv = os.path.join(self.folder, "venv")
        self.assertEqual(self.run_in([sys.executable, "-m", "venv", venv]).returncode, 0)
        done = self.run_in([f"{venv}/bin/python", "-m", "pip", "install", "--no-index", "--disable-pip-version-check", KIT])
        self.assertEqual(done.returncode, 0, done.stdout)
        listed = self.run_in([f"{venv}/bin/python", "-c", "import importlib.metadata as m; print(m.version('terapi-simulator'))"])
        self.assertIn(f'version = "{listed.stdout.strip()}"', read(KIT, "pyproject.toml"))
        # The command that pip made finds no program, and does not take itself for it.
        self.assertIn("the program terapi-simulator is not there", self.run_in([f"{venv}/bin/terapi-simulator"], PATH=f"{venv}/bin").stdout)

    def test_where_the_program_is_found(self):
        places = {}
        for name in ("named", "on-path", "launchers"):
            places[name] = os.path.join(self.folder, name, "terapi-simulator")
            os.mkdir(os.path.dirname(places[name]))
            with open(places[name], "w", encoding="utf-8") as file:
                file.write("#!/usr/bin/env node\n// terapi-simulator launcher\n" if name == "launchers" else "#!/bin/sh\n")
            os.chmod(places[name], 0o755)
        path = f"{self.folder}/launchers:{self.folder}/on-path"
        code = "from terapi_simulator import find_program; print(find_program())"

        def find(**environment):
            return self.run_in([sys.executable, "-c", code], PYTHONPATH=os.path.join(KIT, "src"), **environment).stdout

        self.assertEqual(find(PATH=path), places["on-path"] + "\n")
        self.assertEqual(find(PATH=path, TERAPI_SIMULATOR=places["named"]), places["named"] + "\n")
        self.assertIn("TERAPI_SIMULATOR is '/nope', which is no program that can be run", find(PATH=path, TERAPI_SIMULATOR="/nope"))

    @unittest.skipUnless(PROGRAM, "TERAPI_SIMULATOR names no program")
    def test_readme(self):
        page = read(KIT, "README.md")
        lost, conftest, plain = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
        site = self.install(self.pack())
        options = {"PYTHONPATH": site, "TERAPI_SIMULATOR": os.path.abspath(PROGRAM)}
        self.assertEqual(self.run_in([sys.executable, "-c", plain], **options).stdout, "6300ms\nfailed\n")
        if not has("pytest"):
            self.skipTest("this Python has no pytest: the tests of README.md are not run")
        order = "def test_the_world_is_fresh(terapi):\n    assert [line['id'] for line in terapi.truth()] == ['1']\n    terapi.delete('github/demo/Note', '1')\n\n\n"
        for name, text in (("test_lost_webhook.py", lost), ("conftest.py", conftest), ("test_fresh.py", order + order.replace("fresh", "fresh_again"))):
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        # By its entry point, as an installed package has it.
        done = self.run_in([sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_lost_webhook.py", "test_fresh.py"], **options)
        self.assertIn("3 passed", done.stdout)

    def test_readme_names_every_method(self):
        sys.path.insert(0, os.path.join(KIT, "src"))
        self.addCleanup(sys.path.remove, os.path.join(KIT, "src"))
        from terapi_simulator import Simulator

        page = read(KIT, "README.md")
        table = page[page.index("## What there is") : page.index("## The program")]
        self.assertEqual([name for name in vars(Simulator) if not name.startswith("_") and name not in table], [])


if __name__ == "__main__":
    unittest.main()
