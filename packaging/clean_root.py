"""Roots of systems with nothing in them but a minimal Debian of this machine's version, to try packages in. Needs root, and debootstrap.

    root = CleanRoot.first(scratch)      # debootstrap: half a minute
    other = root.copy(scratch / "b")     # seconds
    other.inside("dpkg", "--install", "/tmp/x.deb")
    other.served(["terapi-simulator"], look)     # in a network of its own, where every port is free
"""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
ELSEWHERE = "192.0.2.1"  # an address in that network that is not the loopback one (RFC 5737)


class Failed(AssertionError):
    """A command in it ended otherwise than it should; says how."""


def lacking():
    """What this machine lacks for it, or None."""
    for tool in ("debootstrap", "chroot", "unshare", "ip"):
        if not shutil.which(tool):
            return f"there is no {tool}"
    return None if os.geteuid() == 0 else "making a root takes root"


def entering(root, user=None):
    """The beginning of a command line that is carried out in it. It has /proc, as every system has, for as long as that takes."""
    chroot = f"chroot {f'--userspec={user} ' if user else ''}"
    return ["unshare", "--mount", "sh", "-c", f'mount -t proc proc "$0/proc" && exec {chroot}"$0" "$@"', str(root)]


class CleanRoot:
    def __init__(self, path):
        self.path = path

    @classmethod
    def first(cls, path):
        release = pathlib.Path("/etc/os-release").read_text(encoding="utf-8")
        codename = re.search(r"^VERSION_CODENAME=(\S+)", release, re.MULTILINE)
        if not codename:
            raise Failed("/etc/os-release names no VERSION_CODENAME")
        made = subprocess.run(["debootstrap", "--variant=minbase", codename[1], str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        if made.returncode != 0:
            raise Failed(f"debootstrap: {made.stdout[-2000:]}")
        (path / "etc" / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n", encoding="utf-8")  # as an installer writes it
        return cls(path)

    def copy(self, path):
        subprocess.run(["cp", "-a", "--reflink=auto", str(self.path), str(path)], check=True)
        return CleanRoot(path)

    def inside(self, *words, user=None, **variables):
        """What it says. Ends it all where it does not end with 0."""
        ran = subprocess.run([*entering(self.path, user), *map(str, words)], env={**ENVIRONMENT, **variables}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, check=False)
        if ran.returncode != 0:
            raise Failed(f"in a clean root, {' '.join(map(str, words))} ended with {ran.returncode}:\n{ran.stdout}")
        return ran.stdout

    def install(self, *packages):
        self.inside("apt-get", "-qq", "-o", "Dpkg::Options::=--force-unsafe-io", "install", "-y", "--no-install-recommends", *packages)

    def files(self):
        """Their paths, but for what apt and dpkg keep of themselves."""
        own = ("var/cache/apt", "var/lib/apt", "var/lib/dpkg", "var/log", "proc", "sys", "dev", "tmp")
        found = set()
        for folder, folders, files in os.walk(self.path):
            here = os.path.relpath(folder, self.path)
            folders[:] = [name for name in folders if os.path.normpath(os.path.join(here, name)) not in own]
            found.update(os.path.normpath(os.path.join(here, name)) for name in folders + files)
        return found

    def served(self, words, look, user=None, wrapped=False, **variables):
        """Starts `words` in a network of its own, where 127.0.0.1 and ELSEWHERE are; answers what `look(ask, run)` does, and stops it.

        ask(url, *headers): (status, body) of a GET, as soon as something listens; run(*words): (exit code, what it said), in the
        same network, and as the same user. `wrapped`: it is started by another program, which may end in a way of its own.
        """
        network = f"terapi-{os.getpid()}-{time.monotonic_ns()}"
        subprocess.run(["ip", "netns", "add", network], check=True)
        enter, chroot = ["ip", "netns", "exec", network], entering(self.path, user)
        try:
            subprocess.run([*enter, "sh", "-c", f"ip link set lo up && ip addr add {ELSEWHERE}/32 dev lo"], check=True)
            # Each of these becomes the next one: this is the program's own process.
            process = subprocess.Popen([*enter, *chroot, *words], env={**ENVIRONMENT, **variables}, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

            def ask(url, *headers):
                flags = [flag for header in headers for flag in ("-H", header)]
                for _ in range(400):
                    got = subprocess.run([*enter, "curl", "-s", "-m", "10", "-o", "-", "-w", "\n%{http_code}", *flags, url], stdout=subprocess.PIPE,
                                         encoding="utf-8", check=False)
                    if got.returncode != 7 or process.poll() is not None:
                        break
                    time.sleep(0.005)
                body, _, status = got.stdout.rpartition("\n")
                return int(status or 0), body

            def run(*more):
                ran = subprocess.run([*enter, *chroot, *more], env={**ENVIRONMENT, **variables}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, text=True, check=False)
                return ran.returncode, ran.stdout

            try:
                return look(ask, run)
            finally:
                process.terminate()
                ended = process.wait(20)
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # whatever it has left
                if ended != 0 and not wrapped:
                    raise Failed(f"{' '.join(words)} ends with {ended} on SIGTERM")
        finally:
            subprocess.run(["ip", "netns", "delete", network], check=False)
