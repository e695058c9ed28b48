"""How a simulator begins and ends."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
import urllib.parse

from terapi_simulator import SimulatorError, start_simulator

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src")
PATIENCE = 30.0  # seconds, until a test has failed


def connect(url):
    address = urllib.parse.urlsplit(url)
    return socket.create_connection((address.hostname, address.port), PATIENCE)


@unittest.skipUnless(os.environ.get("TERAPI_SIMULATOR"), "TERAPI_SIMULATOR names no program")
class LifeTest(unittest.TestCase):
    def run_python(self, code):
        """Runs code in a Python of its own, which prints a line of JSON."""
        environment = {**os.environ, "PYTHONPATH": SOURCES}
        child = subprocess.Popen([sys.executable, "-W", "error", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=environment)
        self.addCleanup(child.communicate)
        self.addCleanup(child.kill)
        return child, json.loads(child.stdout.readline())

    def assert_ends(self, connection):
        """Its connections are closed with it."""
        self.assertTrue(select.select([connection], [], [], PATIENCE)[0])
        self.assertEqual(connection.recv(1), b"")
        connection.close()

    def test_close_ends_it_and_may_be_called_twice(self):
        with start_simulator(world={}) as terapi:
            connection = connect(terapi.url)
        terapi.close()
        self.assert_ends(connection)
        with self.assertRaisesRegex(SimulatorError, "^the simulator was closed$"):
            terapi.reset()

    def test_it_ends_with_a_process_that_is_killed_though_that_has_forked(self):
        child, told = self.run_python(
            """if True:
            import json, os, signal, sys, time
            from terapi_simulator import start_simulator
            terapi = start_simulator(world={})
            pid = os.fork()
            if pid == 0:
                terapi.save("github/demo/Note", {"id": "from a fork"})
                print(json.dumps([terapi.url, os.getpid(), len(terapi.truth())]), flush=True)
            while True: signal.pause()"""
        )
        url, fork, count = told
        self.addCleanup(os.kill, fork, signal.SIGKILL)
        self.assertEqual(count, 1)
        connection = connect(url)
        child.kill()
        self.assert_ends(connection)

    def test_one_that_is_not_closed_ends_with_its_process(self):
        child, url = self.run_python(
            """if True:
            import json, sys
            from terapi_simulator import start_simulator
            terapi = start_simulator(world={})
            print(json.dumps(terapi.url), flush=True)
            sys.stdin.readline()"""
        )
        connection = connect(url)
        child.stdin.write("end\n")
        child.stdin.flush()
        self.assert_ends(connection)
        self.assertEqual(child.wait(PATIENCE), 0)

    def test_several_at_once_do_not_meet(self):
        all_of_them = [start_simulator(world={}) for _ in range(3)]
        for number, terapi in enumerate(all_of_them):
            self.addCleanup(terapi.close)
            terapi.save("github/demo/Note", {"id": number})
        self.assertEqual([terapi.truth()[0]["id"] for terapi in all_of_them], ["0", "1", "2"])

    def test_one_that_ends_by_itself_says_how(self):
        terapi = start_simulator(world={})
        self.addCleanup(terapi.close)
        os.kill(terapi.pid, signal.SIGKILL)
        with self.assertRaisesRegex(SimulatorError, "^the simulator ended by itself with SIGKILL$"):
            terapi.reset()

    def test_what_a_client_needs(self):
        with start_simulator(world={"environment": {"secret_key": "a-key", "signing_key": "another"}}) as terapi:
            self.assertEqual(terapi.env, {"TERAPI_BASE_URL": terapi.url, "TERAPI_SECRET_KEY": "a-key", "TERAPI_SIGNING_KEY": "another"})
        with start_simulator(world={}, secret_key="mine") as terapi:
            self.assertEqual((terapi.secret_key, terapi.signing_key, terapi.control_url), ("mine", "mine", f"{terapi.url}/_simulator"))

    def test_worlds_are_dicts_and_paths_and_nothing_is_left_of_them(self):
        source = {"connection": "demo", "integration": "github", "model": "Note"}
        world = {"integrations": [{"id": "github"}], "connections": [{"id": "demo", "integration": "github"}]}
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "notes.ndjson"), "w", encoding="utf-8") as file:
                file.write('{"id":"1"}\n')
            path = os.path.join(folder, "world.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump({**world, "records": [{**source, "file": "notes.ndjson"}]}, file)
            relative = os.path.relpath(os.path.join(folder, "notes.ndjson"))
            scratch = os.path.join(folder, "scratch")  # others use the machine's, too
            os.mkdir(scratch)
            with unittest.mock.patch.object(tempfile, "tempdir", scratch):
                for one in (path, {**world, "records": [{**source, "file": relative}]}):
                    with start_simulator(world=one) as terapi:
                        self.assertEqual(len(terapi.truth()), 1)
            self.assertEqual(os.listdir(scratch), [])

    def test_what_is_wrong_at_the_start_is_told_with_what_to_do(self):
        for code, words, options in (
            ("start_failed", "world:2:3: unknown key 'integratons' in the document; did you mean 'integrations'?", {"world": {"integratons": []}}),
            ("start_failed", "--webhook-url: 'localhost'", {"webhook_url": "localhost"}),
            ("start_failed", "--clock", {"clock": "warped"}),
            ("start_failed", "cannot be run: No such file or directory: '/no/such/program'", {"program": "/no/such/program"}),
            ("start_failed", "exit code", {"program": "/bin/false"}),
            ("not_ready", "ready_within", {"ready_within": 0}),
        ):
            with self.subTest(options=options), self.assertRaises(SimulatorError) as caught:
                start_simulator(**options)
            self.assertEqual(caught.exception.code, code)
            self.assertIn(words, str(caught.exception))


if __name__ == "__main__":
    unittest.main()
