"""Plays what a GitHub runner does with a composite action, as far as ours uses it: inputs, expressions, the files that steps write to,
actions/cache and actions/upload-artifact. Steps that run something are run, with the shell that they name."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import yaml


class Runner:
    """A machine with a tool cache, which outlives its runs, as a restored one does."""

    def __init__(self, root, action):
        self.root, self.action = pathlib.Path(root), pathlib.Path(action)
        self.document = yaml.safe_load((self.action / "action.yml").read_text(encoding="utf-8"))
        self.caches = {}
        self.artifacts = {}

    def run(self, workspace, env=None, **given):
        return Run(self, workspace, env or {}, {name.replace("_", "-"): value for name, value in given.items()})


class Run:
    """One use of the action: `code` of the first step that failed, `outputs`, `summary`, `path`, `told`."""

    def __init__(self, runner, workspace, env, given):
        self.runner, self.workspace, self.extra = runner, pathlib.Path(workspace), env
        declared = runner.document["inputs"]
        unknown = set(given) - set(declared)
        assert not unknown, f"no such inputs: {unknown}"
        self.inputs = {name: given.get(name, rule.get("default", "")) for name, rule in declared.items()}
        self.temp = pathlib.Path(tempfile.mkdtemp(prefix="temp-", dir=runner.root))
        self.steps, self.code, self.told, self.ran = {}, 0, "", []
        self.files = {name: self.temp / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_ENV")}
        for file in self.files.values():
            file.touch()
        for step in runner.document["runs"]["steps"]:
            condition = str(step.get("if", "success()"))
            if not re.search(r"(success|failure|cancelled|always)\(\)", condition):
                condition = f"success() && ({self.bare(condition)})"
            if not self.value(self.bare(condition)):
                continue
            self.ran.append(step["name"])
            if "uses" in step:
                told = self.use(step["uses"], {name: self.filled(text) for name, text in step.get("with", {}).items()})
                self.steps[step.get("id")] = told
            else:
                self.execute(step)
        self.summary = self.files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        self.path = self.files["GITHUB_PATH"].read_text(encoding="utf-8").split()
        self.outputs = {name: self.filled(rule["value"]) for name, rule in runner.document["outputs"].items()}

    @staticmethod
    def bare(text):
        found = re.fullmatch(r"\s*\$\{\{(.*)\}\}\s*", text, re.DOTALL)
        return found[1] if found else text

    def lookup(self, name):
        parts = name.split(".")
        if parts[0] == "inputs":
            return self.inputs[parts[1]]
        if parts[0] == "steps":
            return self.steps.get(parts[1], {}).get(parts[3], "")
        return {"github.action_repository": "OWNER/terapi-simulator"}[name]

    def value(self, expression):
        tokens = re.findall(r"'[^']*'|&&|\|\||==|!=|!|\(\)|\(|\)|[\w.-]+", expression)
        words = {"&&": " and ", "||": " or ", "!": " not ", "()": "()"}
        text = ""
        for token in tokens:
            if re.fullmatch(r"(inputs|steps|github)\.[\w.-]+", token):
                text += repr(self.lookup(token))
            else:
                text += words.get(token, token)
        functions = {"success": lambda: self.code == 0, "failure": lambda: self.code != 0, "cancelled": lambda: False, "always": lambda: True}
        return eval(text, {"__builtins__": {}}, functions)  # of our own action.yml

    def filled(self, text):
        return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(self.value(found[1])), str(text))

    def use(self, action, given):
        name, version = action.split("@")
        assert re.fullmatch(r"v\d+", version), action
        if name == "actions/cache/restore":
            kept = self.runner.caches.get(given["key"])
            if kept:
                shutil.rmtree(given["path"], ignore_errors=True)
                shutil.copytree(kept, given["path"])
            return {"cache-hit": "true" if kept else ""}
        if name == "actions/cache/save":
            assert given["key"] not in self.runner.caches, f"{given['key']} was restored, and is saved again"
            kept = self.runner.root / "caches" / given["key"]
            shutil.copytree(given["path"], kept)
            self.runner.caches[given["key"]] = kept
        elif name == "actions/upload-artifact":
            assert given["name"] not in self.runner.artifacts, f"two artifacts of one name: {given['name']}"
            self.runner.artifacts[given["name"]] = sorted(path.name for path in pathlib.Path(given["path"]).iterdir())
        else:
            raise AssertionError(f"an action that this test does not know: {action}")
        return {}

    def execute(self, step):
        assert step["shell"] == "bash", step
        self.files["GITHUB_OUTPUT"].write_text("", encoding="utf-8")
        environment = {
            **os.environ, **{name: str(path) for name, path in self.files.items()}, **self.extra,
            "GITHUB_ACTIONS": "true", "GITHUB_ACTION_PATH": str(self.runner.action), "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp), "RUNNER_TOOL_CACHE": str(self.runner.root / "tools"), "RUNNER_OS": "Linux", "RUNNER_ARCH": "X64",
            **{name: self.filled(text) for name, text in step.get("env", {}).items()},
        }
        folder = self.workspace / self.filled(step.get("working-directory", "."))
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", self.filled(step["run"])], cwd=folder,
                              env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.told += done.stdout
        if "id" in step:
            lines = self.files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
            self.steps[step["id"]] = dict(line.split("=", 1) for line in lines)
        self.code = self.code or done.returncode
