"""The shell steps of the release's workflow that need neither a container nor a registry: python3 workflow_test.py CHECKOUT

gh, npm and pipx are programs here that write down how they were called. packaging/packages_test.py runs the step that makes
the packages.
"""
import os, pathlib, re, subprocess, sys, tempfile

from workflow_steps import shell_steps

CHECKOUT = pathlib.Path(sys.argv[1]).resolve()
WORKFLOW = CHECKOUT / ".github" / "workflows" / "release.yml"
STEPS = shell_steps(WORKFLOW)
VERSION = re.search(r'kVersion = "([\d.]+)"', (CHECKOUT / "core" / "version.h").read_text(encoding="utf-8"))[1]
FILES = [f"terapi-simulator_{VERSION}_amd64.deb", f"terapihq-simulator-linux-x64-{VERSION}.tgz", f"terapi-simulator-{VERSION}.tgz", f"terapihq-node-{VERSION}.tgz",
         f"terapi_simulator-{VERSION}-py3-none-manylinux_2_36_x86_64.whl", f"terapi-{VERSION}.spdx.json"]
problems = []


def check(holds, what):
    if not holds:
        problems.append(what)


class Runner:
    """What GitHub's runner does with a step, in a folder of its own."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.calls = self.folder / "calls"
        programs = self.folder / "programs"
        (self.folder / "home").mkdir()
        programs.mkdir()
        for name in ("gh", "npm", "pipx"):
            program = programs / name
            program.write_text(f'#!/bin/sh\n[ "$1 $2" = "config get" ] && echo https://registry.example/ && exit\necho "{name} $*" >>{self.calls}\n', encoding="utf-8")
            program.chmod(0o755)
        self.environment = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "HOME": str(self.folder / "home"), "LC_ALL": "C"}

    def run(self, name, cwd=None, **environment):
        """(exit code, what it said, the calls of gh, npm and pipx)"""
        self.calls.unlink(missing_ok=True)
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]], cwd=cwd or self.folder, stdin=subprocess.DEVNULL,
                              env={**self.environment, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False)
        return done.returncode, done.stdout, self.calls.read_text(encoding="utf-8").splitlines() if self.calls.exists() else []


with tempfile.TemporaryDirectory(prefix="terapi-workflow-") as folder:
    runner = Runner(folder)
    status, said, _ = runner.run("The tag is the version", CHECKOUT, GITHUB_REF_NAME=f"v{VERSION}")
    check(status == 0, f"the right tag is refused: {said}")
    status, said, _ = runner.run("The tag is the version", CHECKOUT, GITHUB_REF_NAME="v98.76.54")
    check(status == 1 and f"the tag is v98.76.54, expected v{VERSION}" in said, f"a wrong tag: exit code {status}, {said}")

    packages = runner.folder / "packages"
    packages.mkdir()
    for name in FILES:
        (packages / name).write_text(name, encoding="utf-8")
    subprocess.run("sha256sum * >SHA256SUMS", shell=True, cwd=packages, check=True)
    (runner.folder / "notes.md").write_text("- What is new.\n", encoding="utf-8")
    check(runner.run("As it was made")[0] == 0, "good checksums are refused")
    status, said, calls = runner.run("The release's page", GITHUB_REF_NAME=f"v{VERSION}", GH_TOKEN="t", GH_REPO="a/b")
    check(status == 0 and len(calls) == 1 and calls[0].startswith(f"gh release create v{VERSION} --verify-tag ") and "--notes-file notes.md " in calls[0] and
          all(f"packages/{name}" in calls[0].split() for name in [*FILES, "SHA256SUMS"]), f"the release's page: {status} {said} {calls}")
    status, said, calls = runner.run("npm", NPM_TOKEN="secret")
    check(status == 0 and calls == [f"npm publish --access public ./packages/{name}" for name in FILES[1:4]], f"npm: {status} {said} {calls}")
    check((runner.folder / "home" / ".npmrc").read_text(encoding="utf-8") == "//registry.example/:_authToken=secret\n", "npm's token is not where npm looks for it")
    status, said, calls = runner.run("PyPI")
    check(status == 0 and calls == [f"pipx run twine upload --non-interactive packages/{FILES[4]}"], f"PyPI: {status} {said} {calls}")
    (packages / FILES[0]).write_text("something else", encoding="utf-8")
    check(runner.run("As it was made")[0] != 0, "an artefact that was changed on its way is not noticed")

text = WORKFLOW.read_text(encoding="utf-8")
for name, token in (("npm", "NPM_TOKEN"), ("PyPI", "PYPI_TOKEN")):
    check(f"- name: {name}\n        if: ${{{{ env.{token} != '' }}}}\n" in text, f"{name} is not left out where there is no {token}")
check(re.search(r"^on:\n  push:\n    tags: \['v\*'\]\n\n", text, re.MULTILINE), "it runs not on tags alone")
expected = {"Make all of it", "Try it, and make it again from a second checkout, to the same bytes", "Tools"}
check(expected <= set(STEPS), f"lacks {expected - set(STEPS)}")

print("\n".join(problems) if problems else "the workflow's steps do what they should")
sys.exit(1 if problems else 0)
