"""A release, made of the programs that are there: a folder with vVERSION/terapi-VERSION-linux-x64.tar.gz and SHA256SUMS in it. (What
packaging/build makes is alike, and takes a build of its own.)"""
import hashlib
import os
import pathlib
import re
import tarfile
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERSION = re.search(r'kVersion = "([\d.]+)"', (ROOT / "core/version.h").read_text(encoding="utf-8"))[1]


def make_release(folder, programs):
    name = f"terapi-{VERSION}-linux-x64"
    place = pathlib.Path(folder) / f"v{VERSION}"
    place.mkdir(parents=True)
    tarball = place / f"{name}.tar.gz"
    with tarfile.open(tarball, "w:gz", compresslevel=1) as tar:
        for program in ("terapi-conformance", "terapi-simulator", "terapi-sync"):
            tar.add(pathlib.Path(programs) / program, f"{name}/bin/{program}")
        tar.add(ROOT / "scenarios", f"{name}/share/terapi/scenarios")
    digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
    (place / "SHA256SUMS").write_text(f"{'0' * 64}  other.deb\n{digest}  {tarball.name}\n", encoding="utf-8")
    return tarball


def make_project(folder, client="client.py", skip=()):
    """A user's repository, with the example client in Python and a project file."""
    folder = pathlib.Path(folder)
    (folder / ".git").mkdir(parents=True)
    text = (ROOT / "conformance/examples/python/client.py").read_text(encoding="utf-8")
    if client != "client.py":
        # It forgets every deletion.
        text = client(text)
    (folder / "client.py").write_text(text, encoding="utf-8")
    (folder / "terapi.json").write_text(
        '// of the tests\n{ "client": { "run": "python3 client.py", "dump": "python3 client.py dump" },\n'
        '  "filter": ["client/deletes", "client/all-webhooks-lost", "client/invalid-cursor"] }\n', encoding="utf-8")
    return folder


class ReleaseTest(unittest.TestCase):
    """Tests with a release at hand: `release`, `tarball`, and a `scratch` folder that is gone afterwards."""

    programs = ""  # the folder that they are in

    @classmethod
    def setUpClass(cls):
        if os.uname().machine != "x86_64":
            raise unittest.SkipTest("there are releases for x64 alone")
        cls.scratch = tempfile.TemporaryDirectory(prefix="terapi-ci-")
        cls.release = pathlib.Path(cls.scratch.name) / "release"
        cls.tarball = make_release(cls.release, cls.programs)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()
