"""The GitHub Action, step by step, as a runner would play it: python3 action_test.py BIN"""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from steps import Runner  # noqa: E402
from tarball import ROOT, VERSION, ReleaseTest, make_project  # noqa: E402


def forgets_deletions(text):
    return text.replace('meta["last_action"] == "DELETED"', "False")


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


RUNS_ON = "Linux on x64 with glibc 2.36 or later: Debian 12, Ubuntu 24.04, Fedora 37; elsewhere a container"


class ActionTest(ReleaseTest):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(dir=self.scratch.name))
        self.runner = Runner(self.root, ROOT)
        self.project = make_project(self.root / "shop")
        self.releases = f"file://{self.release}"

    def test_a_release_is_installed_and_the_project_files_client_judged(self):
        run = self.runner.run(self.project, releases=self.releases)
        self.assertEqual(run.code, 0, run.told)
        self.assertRegex(run.told, r"3 passed, 0 failed")
        self.assertIn("project file terapi.json", run.told)
        self.assertEqual(run.outputs["exit-code"], "0")
        self.assertIn("client/deletes", json.dumps(json.loads((pathlib.Path(run.outputs["reports"]) / "report.json").read_text())))
        self.assertIn("3", run.summary)
        self.assertEqual(run.path, [run.outputs["bin"]])
        self.assertTrue(os.access(os.path.join(run.outputs["bin"], "terapi-simulator"), os.X_OK))
        self.assertEqual(self.runner.artifacts, {"terapi-conformance": ["junit.xml", "report.html", "report.json"]})

    def test_what_the_cache_brings_is_not_fetched_again(self):
        gone = self.root / "gone"
        shutil.copytree(self.release, gone)
        first = self.runner.run(self.project, releases=f"file://{gone}", arguments="--filter client/deletes")
        self.assertEqual(first.code, 0, first.told)
        shutil.rmtree(gone)
        shutil.rmtree(self.root / "tools")  # another machine
        second = self.runner.run(self.project, releases=f"file://{gone}", arguments="--filter client/deletes", artifact="second")
        self.assertEqual(second.code, 0, second.told)
        third = self.runner.run(self.project, releases=f"file://{gone}", version="9.9.9", artifact="third")
        self.assertEqual((third.code, third.ran[-1]), (2, "Install the judge"), third.told)
        self.assertIn("cannot be fetched", third.told)

    def test_a_sum_or_a_mirror_that_is_named_is_not_answered_by_what_is_there_already(self):
        given = {"arguments": "--filter client/deletes", "artifact": ""}
        self.assertEqual(self.runner.run(self.project, releases=self.releases, **given).code, 0)
        named = self.runner.run(self.project, releases=self.releases, sha256="0" * 64, **given)
        self.assertEqual((named.code, named.ran[-1]), (2, "Install the judge"), named.told)
        self.assertIn("is not what it should be", named.told)
        elsewhere = self.runner.run(self.project, releases="file:///nowhere", **given)
        self.assertEqual((elsewhere.code, elsewhere.ran[-1]), (2, "Install the judge"), elsewhere.told)
        self.assertIn("file:///nowhere/v", elsewhere.told)
        digest = hashlib.sha256(self.tarball.read_bytes()).hexdigest()
        self.assertEqual(self.runner.run(self.project, releases=self.releases, sha256=digest.upper(), **given).code, 0)
        nothing = self.runner.run(self.project, **{"from": "path", "path": str(self.root), "sha256": digest})
        self.assertIn("sha256: there is no tarball", nothing.told)

    def test_a_tarball_that_is_not_what_its_sum_says_is_not_run(self):
        other = self.root / "other"
        shutil.copytree(self.release, other)
        with open(other / f"v{VERSION}" / self.tarball.name, "ab") as file:
            file.write(b"x")
        run = self.runner.run(self.project, releases=f"file://{other}")
        self.assertEqual(run.code, 2)
        self.assertIn("is not what it should be", run.told)
        self.assertEqual(self.runner.artifacts, {})
        self.assertEqual(self.runner.caches, {})
        named = self.runner.run(self.project, releases=self.releases, sha256="0" * 64)
        self.assertIn("is not what it should be", named.told)

    def test_a_client_that_fails_fails_the_step_and_its_reports_are_kept(self):
        project = make_project(self.root / "bad", client=forgets_deletions)
        run = self.runner.run(project, releases=self.releases, arguments="--filter client/deletes")
        self.assertEqual(run.code, 1, run.told)
        self.assertEqual(run.outputs["exit-code"], "1")
        self.assertIn("::error", run.told)
        self.assertIn("client/deletes", run.summary)
        self.assertEqual(self.runner.artifacts, {"terapi-conformance": ["junit.xml", "report.html", "report.json"]})
        # What was installed is kept all the same.
        self.assertEqual(len(self.runner.caches), 1)

    def test_shards_play_each_scenario_once(self):
        played = []
        for shard in ("1/2", "2/2"):
            run = self.runner.run(self.project, releases=self.releases, shard=shard)
            self.assertEqual(run.code, 0, run.told)
            report = json.loads((pathlib.Path(run.outputs["reports"]) / "report.json").read_text())
            played += [result["scenario"] for result in report["results"]]
        self.assertEqual(sorted(played), ["client/all-webhooks-lost", "client/deletes", "client/invalid-cursor"])
        self.assertEqual(sorted(self.runner.artifacts), ["terapi-conformance-1of2", "terapi-conformance-2of2"])

    def test_arguments_are_words_with_quotes_and_nothing_in_them_is_carried_out(self):
        mark = self.root / "carried out"
        run = self.runner.run(self.project, releases=self.releases, arguments=f"--filter 'client/deletes' --known-failing '$(touch \"{mark}\")'")
        self.assertEqual(run.code, 2, run.told)
        self.assertIn("$(touch", run.told)
        self.assertFalse(mark.exists())
        self.assertEqual(self.runner.artifacts, {"terapi-conformance": []})
        run = self.runner.run(self.project, releases=self.releases, arguments="--filter 'client/deletes", artifact="")
        self.assertIn("a quote is not closed", run.told)

    def test_arguments_are_parted_as_a_shell_does_it(self):
        script(self.root / "told/bin/terapi-conformance", """[ "$1" = --version ] || printf 'word <%s>\\n' "$@" """)
        for arguments in ("a  b\tc d", "--run 'node \"a b\".mjs' x", '"it\'s" "a \\"b\\" \\\\ \\c"', "a\\ b \\'c", "'' x ''", "a'b'\"c\"d", "one \\\n two", "'a\nb'"):
            run = self.runner.run(self.project, **{"from": "path", "path": str(self.root / "told"), "arguments": arguments, "artifact": ""})
            self.assertEqual(run.code, 0, run.told)
            by_shell = subprocess.run(["sh", "-c", f"printf 'word <%s>\\n' {arguments}"], stdout=subprocess.PIPE, text=True, check=True).stdout
            self.assertTrue(run.told.endswith(by_shell), f"{arguments}:\n{run.told}\nexpected:\n{by_shell}")
        # A line's end parts words, too.
        run = self.runner.run(self.project, **{"from": "path", "path": str(self.root / "told"), "arguments": "--quick\n--filter a\n", "artifact": ""})
        self.assertTrue(run.told.endswith("word <--quick>\nword <--filter>\nword <a>\n"), run.told)

    def test_where_there_is_no_tarball_for_the_machine_it_is_said(self):
        script(self.root / "arm/uname", 'case $1 in -m) echo aarch64 ;; *) echo Linux ;; esac')
        run = self.runner.run(self.project, releases=self.releases, env={"PATH": f"{self.root}/arm:{os.environ['PATH']}"})
        self.assertEqual((run.code, run.ran[-1]), (2, "Install the judge"), run.told)
        self.assertIn("there is no tarball for Linux on aarch64; expected Linux on x64", run.told)

    def test_a_program_that_does_not_run_here_is_told_with_where_it_does(self):
        script(self.root / "new/bin/terapi-conformance", """echo "libc.so.6: version 'GLIBC_2.36' not found" >&2; exit 1""")
        run = self.runner.run(self.project, **{"from": "path", "path": str(self.root / "new")})
        self.assertEqual((run.code, run.ran[-1]), (2, "Install the judge"), run.told)
        self.assertIn("does not run here (libc.so.6: version 'GLIBC_2.36' not found)", run.told)
        self.assertIn(RUNS_ON, run.told)
        for page in ("README.md", "docs/first-minutes.md", "docs/ci.md"):
            self.assertIn(RUNS_ON, " ".join((ROOT / page).read_text(encoding="utf-8").split()), page)

    def test_a_path_may_be_a_folder_or_a_tarball_and_a_project_file_anywhere(self):
        folder = self.root / "there"
        (folder / "bin").mkdir(parents=True)
        os.symlink(os.path.join(self.programs, "terapi-conformance"), folder / "bin/terapi-conformance")
        elsewhere = self.root / "elsewhere"
        elsewhere.mkdir()
        for path in (folder, self.tarball):
            run = self.runner.run(elsewhere, **{"from": "path", "path": str(path), "project": str(self.project / "terapi.json"),
                                                "artifact": path.name, "arguments": "--filter client/deletes"})
            self.assertEqual(run.code, 0, run.told)
            self.assertEqual(self.runner.caches, {})
        self.assertIn("there is no '/none'", self.runner.run(elsewhere, **{"from": "path", "path": "/none"}).told)

    def test_sources_are_built_once_for_each_state_of_them(self):
        sources = self.root / "sources"
        sources.mkdir()
        for name in ("action.yml", "ci", "core/version.h", "scenarios"):
            place = sources / name
            place.parent.mkdir(exist_ok=True)
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, place)
        (sources / "terapi").write_text(f'#!/bin/sh\necho "built: $*"\nmkdir -p "$GITHUB_ACTION_PATH/build"\nln -sfn "{self.programs}" "$GITHUB_ACTION_PATH/build/bin"\n')
        os.chmod(sources / "terapi", 0o755)
        runner = Runner(self.root, sources)
        given = {"from": "source", "arguments": "--filter client/deletes"}
        first = runner.run(self.project, **given)
        self.assertEqual(first.code, 0, first.told)
        self.assertIn("built: build terapi-conformance", first.told)
        self.assertNotIn("built:", runner.run(self.project, artifact="second", **given).told)
        (sources / "scenarios/added.txt").write_text("another state")
        self.assertIn("built:", runner.run(self.project, artifact="third", **given).told)
        # In another image there may be other libraries.
        (self.root / "os-release").write_text('ID=ubuntu\nVERSION_ID="99.04"\n', encoding="utf-8")
        self.assertIn("built:", runner.run(self.project, artifact="fourth", env={"TERAPI_OS_RELEASE": str(self.root / "os-release")}, **given).told)

    def test_what_is_not_understood_is_said_before_anything_is_done(self):
        self.assertIn("'soruce' is not one of release, path and source", self.runner.run(self.project, **{"from": "soruce"}).told)
        self.assertIn("'latest' is no version", self.runner.run(self.project, version="latest").told)

    def test_without_a_repository_it_is_the_one_that_the_action_lies_in(self):
        place = self.root / "_actions/SOMEBODY/terapi-simulator/v1"
        place.mkdir(parents=True)
        for name in ("action.yml", "ci", "core/version.h"):
            (place / name).parent.mkdir(exist_ok=True)
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, place / name)
        runner = Runner(self.root, place)
        for step in runner.document["runs"]["steps"]:
            if "TERAPI_REPOSITORY" in step.get("env", {}):
                step["env"]["TERAPI_REPOSITORY"] = ""
        run = runner.run(self.project, env={"GITHUB_SERVER_URL": "file:///nowhere"})
        self.assertIn(f"file:///nowhere/SOMEBODY/terapi-simulator/releases/download/v{VERSION}/terapi-{VERSION}-linux", run.told)


if __name__ == "__main__":
    ReleaseTest.programs = os.path.abspath(sys.argv.pop(1))
    unittest.main()
