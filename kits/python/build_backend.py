"""Builds the package (PEP 517, PEP 660) with nothing but Python: no network, no setuptools.

With the config setting `program=PATH` (or the environment variable TERAPI_KIT_PROGRAM) the wheel carries the program (and, with
`licences=PATH`, what is linked into it), and is one for Linux on x86-64; else it is pure Python, and finds the program elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from typing import Dict, List, Optional, Tuple

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = "terapi_simulator"
# What every machine with a GNU C library has.
EVERYWHERE = re.compile(r"^(linux-vdso|ld-linux-x86-64|libc|libm|libdl|libpthread|librt|libresolv|libgcc_s)\.so")
WHEN = (2024, 1, 1, 0, 0, 0)  # in archives: the same sources make the same file


def _project() -> Dict[str, str]:
    with open(os.path.join(HERE, "pyproject.toml"), encoding="utf-8") as file:
        text = file.read()
    named = dict(re.findall(r'^([\w-]+) = "([^"]*)"$', text, re.MULTILINE))
    scripts = re.search(r"^\[project\.scripts\]\n(.*?)\n\n", text, re.MULTILINE | re.DOTALL)
    plugins = re.search(r"^\[project\.entry-points\.pytest11\]\n(.*?)\s*\Z", text, re.MULTILINE | re.DOTALL)
    assert scripts and plugins
    named["entry_points"] = f"[console_scripts]\n{scripts[1]}\n\n[pytest11]\n{plugins[1]}\n".replace('"', "")
    return named


def _metadata() -> str:
    project = _project()
    with open(os.path.join(HERE, "README.md"), encoding="utf-8") as file:
        readme = file.read()
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {project['name']}",
        f"Version: {project['version']}",
        f"Summary: {project['description']}",
        "License: MIT",
        f"Requires-Python: {project['requires-python']}",
        "Classifier: Framework :: Pytest",
        "Classifier: Typing :: Typed",
        "Description-Content-Type: text/markdown",
        "License-File: LICENSE",
    ]
    return "\n".join(lines) + "\n\n" + readme


def _sources() -> List[Tuple[str, str]]:
    """(name in the wheel, path) of each module."""
    root = os.path.join(HERE, "src", PACKAGE)
    return [(f"{PACKAGE}/{name}", os.path.join(root, name)) for name in sorted(os.listdir(root)) if name.endswith((".py", ".typed"))]


def rare_libraries(program: str) -> List[str]:
    """The libraries that a program needs and some machines lack."""
    try:
        told = subprocess.run(["ldd", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", check=False).stdout
    except OSError:
        return []
    names = [os.path.basename(line.split()[0]) for line in told.splitlines() if ".so" in line]
    return [name for name in names if not EVERYWHERE.match(name)]


def check_machine(program: str) -> None:
    """Whatever it was built on: the wheel says for which machine it is."""
    with open(program, "rb") as file:
        head = file.read(20)
    if head[:5] != b"\x7fELF\x02" or head[18:] != b"\x3e\x00":
        sys.exit(f"'{program}' is no program for Linux on x86-64, and there is no wheel for another machine")


def _platform(program: bytes, path: str) -> str:
    if rare_libraries(path):
        return "linux_x86_64"
    versions = [int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)\b", program)]
    return f"manylinux_2_{max(versions)}_x86_64" if versions else "manylinux_2_17_x86_64"


class _Wheel:
    """A wheel as it is written: each member is in RECORD."""

    def __init__(self, folder: str, tag: str, pure: bool) -> None:
        project = _project()
        distribution = f"{PACKAGE}-{project['version']}"
        self.name = f"{distribution}-{tag}.whl"
        self._info = f"{distribution}.dist-info"
        self._record: List[str] = []
        self._zip = zipfile.ZipFile(os.path.join(folder, self.name), "w", zipfile.ZIP_DEFLATED)
        self.add(f"{self._info}/METADATA", _metadata().encode())
        self.add(f"{self._info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: build_backend\nRoot-Is-Purelib: {str(pure).lower()}\nTag: {tag}\n".encode())
        self.add(f"{self._info}/entry_points.txt", project["entry_points"].encode())
        with open(os.path.join(HERE, "LICENSE"), "rb") as file:
            self.add(f"{self._info}/LICENSE", file.read())

    def add(self, name: str, data: bytes, mode: int = 0o644) -> None:
        info = zipfile.ZipInfo(name, WHEN)
        info.external_attr = (0o100000 | mode) << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        self._zip.writestr(info, data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        self._record.append(f"{name},sha256={digest},{len(data)}")

    def finish(self) -> str:
        record = f"{self._info}/RECORD"
        self.add(record, "\n".join([*self._record, f"{record},,", ""]).encode())
        self._zip.close()
        return self.name


def build_wheel(wheel_directory: str, config_settings: Optional[Dict[str, str]] = None, metadata_directory: Optional[str] = None) -> str:
    path = (config_settings or {}).get("program") or os.environ.get("TERAPI_KIT_PROGRAM")
    if not path:
        wheel = _Wheel(wheel_directory, "py3-none-any", pure=True)
    else:
        check_machine(path)
        with open(path, "rb") as file:
            program = file.read()
        wheel = _Wheel(wheel_directory, f"py3-none-{_platform(program, path)}", pure=False)
        wheel.add(f"{PACKAGE}/bin/terapi-simulator", program, 0o755)
        licences = (config_settings or {}).get("licences")
        if licences:
            with open(licences, "rb") as file:
                wheel.add(f"{PACKAGE}/bin/THIRD-PARTY.md", file.read())
    for name, source in _sources():
        with open(source, "rb") as file:
            wheel.add(name, file.read())
    return wheel.finish()


def build_editable(wheel_directory: str, config_settings: Optional[Dict[str, str]] = None, metadata_directory: Optional[str] = None) -> str:
    wheel = _Wheel(wheel_directory, "py3-none-any", pure=True)
    wheel.add(f"{PACKAGE}.pth", (os.path.join(HERE, "src") + "\n").encode())
    return wheel.finish()


def build_sdist(sdist_directory: str, config_settings: Optional[Dict[str, str]] = None) -> str:
    root = f"{PACKAGE}-{_project()['version']}"
    name = f"{root}.tar.gz"
    with tarfile.open(os.path.join(sdist_directory, name), "w:gz") as archive:
        for file in ("pyproject.toml", "build_backend.py", "README.md", "LICENSE"):
            archive.add(os.path.join(HERE, file), f"{root}/{file}")
        for member, source in _sources():
            archive.add(source, f"{root}/src/{member}")
        info = os.path.join(sdist_directory, "PKG-INFO.part")
        with open(info, "w", encoding="utf-8") as file:
            file.write(_metadata())
        archive.add(info, f"{root}/PKG-INFO")
        os.unlink(info)
    return name
