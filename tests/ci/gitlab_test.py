"""The GitLab template: its header says what GitLab takes, and its job's script does what it should: python3 gitlab_test.py BIN"""
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

import yaml

sys.path.insert(0, os.path.dirname(__file__))
from tarball import ROOT, VERSION, ReleaseTest, make_project  # noqa: E402

CURL_CANNOT_READ = 37
TEMPLATE = ROOT / "templates/conformance.yml"


def header_and_body():
    header, body = TEMPLATE.read_text(encoding="utf-8").split("\n---\n")
    return yaml.safe_load(header)["spec"]["inputs"], body


def jobs_with(**given):
    """The template's jobs, with its inputs put in, as GitLab does: before the text is read as YAML."""
    inputs, body = header_and_body()
    assert set(given) <= set(inputs), given
    values = {name: given.get(name, rule.get("default")) for name, rule in inputs.items()}
    text = re.sub(r"\$\[\[ inputs\.([a-z0-9_]+) \]\]", lambda found: str(values[found[1]]), body)
    assert "$[[" not in text, text
    return yaml.safe_load(text)


class GitLabTest(ReleaseTest):
    def setUp(self):
        self.project = make_project(pathlib.Path(tempfile.mkdtemp(dir=self.scratch.name)) / "shop")

    def play(self, env=None, **given):
        job = jobs_with(**{"release": f"file://{self.release}/v{VERSION}", **given})["terapi-conformance"]
        # As the runner does it: one shell for all, which ends at the first command that fails.
        script = "set -e\n" + "\n".join(job["script"])
        return subprocess.run(["sh", "-c", script], cwd=self.project, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)

    def report(self):
        return json.loads((self.project / "terapi-reports/report.json").read_text(encoding="utf-8"))

    def test_its_inputs_are_what_gitlab_takes(self):
        inputs, body = header_and_body()
        for name, rule in inputs.items():
            self.assertLessEqual(set(rule), {"description", "default", "options", "regex", "type"}, name)
            self.assertIn(rule.get("type", "string"), {"string", "number", "boolean", "array"})
            self.assertTrue(rule["description"], name)
            if "options" in rule:
                self.assertIn(rule["default"], rule["options"])
        self.assertEqual(set(re.findall(r"\$\[\[ inputs\.([a-z0-9_]+) \]\]", body)), set(inputs))
        self.assertEqual([name for name, rule in inputs.items() if "default" not in rule], ["release"])
        form = re.compile(inputs["release"]["regex"].strip("/"))
        self.assertTrue(form.search("https://example.com/releases/download/v1.20.3"))
        self.assertFalse(form.search("https://example.com/releases/download/latest"))

    def test_the_job_installs_once_judges_and_leaves_reports(self):
        done = self.play()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, "3 passed, 0 failed")
        job = jobs_with(release="x")["terapi-conformance"]
        for path in [*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"], *job["cache"]["paths"]]:
            self.assertTrue((self.project / path).exists(), path)
        self.assertEqual((job["artifacts"]["when"], job["cache"]["when"]), ("always", "always"))

    def cache(self):
        [folder] = jobs_with(release="x")["terapi-conformance"]["cache"]["paths"]
        return self.project / folder

    def kept(self):
        return sorted(path for path in self.cache().rglob("*") if path.is_file())

    def test_what_the_cache_brings_is_used_and_checked_each_time(self):
        mirror = self.project.parent / f"mirror/v{VERSION}"
        shutil.copytree(self.release / f"v{VERSION}", mirror)
        given = {"release": f"file://{mirror}", "arguments": "--filter client/deletes"}
        self.assertEqual(self.play(**given).returncode, 0)
        self.assertEqual([path.name for path in self.kept()], ["SHA256SUMS", self.tarball.name])
        brought = self.project.parent / "brought"
        self.cache().rename(brought)
        shutil.rmtree(mirror)
        digest = hashlib.sha256(self.tarball.read_bytes()).hexdigest()
        for more, code in (({}, 0), ({"sha256": digest}, 0), ({"sha256": "0" * 64}, CURL_CANNOT_READ), ({"release": f"file:///nowhere/v{VERSION}"}, CURL_CANNOT_READ)):
            shutil.rmtree(self.project / ".terapi")  # another machine
            shutil.copytree(brought, self.cache())
            done = self.play(**{**given, **more})
            self.assertEqual(done.returncode, code, done.stdout)

    def test_what_the_cache_has_spoilt_is_fetched_again(self):
        self.assertEqual(self.play(arguments="--filter client/deletes").returncode, 0)
        tarball = self.kept()[-1]
        tarball.write_bytes(tarball.read_bytes()[:1000])
        done = self.play(arguments="--filter client/deletes")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(tarball.read_bytes(), self.tarball.read_bytes())

    def test_where_there_is_no_program_for_the_machine_it_is_said(self):
        uname = self.project / "uname"
        uname.write_text("#!/bin/sh\necho aarch64\n", encoding="utf-8")
        uname.chmod(0o755)
        done = self.play({"PATH": f"{self.project}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("there is no tarball for aarch64; it needs Linux on x64 with glibc 2.36 or later", done.stdout)

    def test_a_wrong_sum_ends_it(self):
        for _ in range(2):  # nor is it there for the next job
            done = self.play(sha256="0" * 64)
            self.assertNotEqual(done.returncode, 0)
            self.assertEqual(list(self.project.glob(".terapi/**/terapi-conformance")), [], done.stdout)
            self.assertNotIn("passed", done.stdout)
        # What was installed without it is not taken for it.
        self.assertEqual(self.play(arguments="--filter client/deletes").returncode, 0)
        self.assertNotIn("passed", self.play(sha256="0" * 64).stdout)

    def test_a_program_that_does_not_run_there_is_told_with_where_it_does(self):
        place = self.project.parent / f"new/v{VERSION}"
        place.mkdir(parents=True)
        program = b"#!/bin/sh\necho no such libc >&2; exit 1\n"
        member = tarfile.TarInfo("new/bin/terapi-conformance")
        member.mode, member.size = 0o755, len(program)
        with tarfile.open(place / self.tarball.name, "w:gz") as tar:
            tar.addfile(member, io.BytesIO(program))
        digest = hashlib.sha256((place / self.tarball.name).read_bytes()).hexdigest()
        done = self.play(release=f"file://{place}", sha256=digest)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("terapi-conformance does not run here; it needs Linux on x64 with glibc 2.36 or later", done.stdout)

    def test_parallel_jobs_play_each_scenario_once(self):
        self.assertEqual(jobs_with(release="x", shards=4)["terapi-conformance"]["parallel"], 4)
        played = []
        for index in ("1", "2"):
            done = self.play({"CI_NODE_INDEX": index, "CI_NODE_TOTAL": "2"})
            self.assertEqual(done.returncode, 0, done.stdout)
            played += [result["scenario"] for result in self.report()["results"]]
        self.assertEqual(sorted(played), ["client/all-webhooks-lost", "client/deletes", "client/invalid-cursor"])

    def test_the_judges_exit_code_and_further_flags_are_passed_on(self):
        done = self.play(arguments="--filter 'client/delete?' --run 'exit 0'")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertEqual([result["scenario"] for result in self.report()["results"]], ["client/deletes"])


if __name__ == "__main__":
    ReleaseTest.programs = os.path.abspath(sys.argv.pop(1))
    unittest.main()
