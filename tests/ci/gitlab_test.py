"""The GitLab template: its header says what GitLab takes, and its job's script does what it should: python3 gitlab_test.py BIN"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, os.path.dirname(__file__))
from tarball import ROOT, VERSION, ReleaseTest, make_project  # noqa: E402

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
        self.assertEqual(job["artifacts"]["when"], "always")
        # What the cache has brought is used.
        done = self.play(release=f"file:///nowhere/v{VERSION}")
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_a_wrong_sum_ends_it(self):
        done = self.play(sha256="0" * 64)
        self.assertNotEqual(done.returncode, 0)
        self.assertFalse((self.project / f".terapi/{VERSION}").exists(), done.stdout)
        self.assertNotIn("passed", done.stdout)

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
