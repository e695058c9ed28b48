"""The changes to a server's answers: which are found in what was recorded, and what each makes of an answer."""
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import answers
import mutate_server

PAGE = {"records": [{"id": "1", "n": 7, "_terapi_metadata": {"last_modified_at": "2024-01-01T00:00:00.000001+00:00", "deleted_at": None}},
                    {"id": "2", "n": 8, "_terapi_metadata": {"last_modified_at": "2024-01-01T00:00:00.000002+00:00", "deleted_at": None}}],
        "next_cursor": "abc"}


def recorded(query=(), status=200, body=None):
    return (answers.route_of("GET", "/records", status), dict.fromkeys(query, [""]), status, {"content-type"}, json.dumps(body or PAGE).encode())


class Answers(unittest.TestCase):
    def changed(self, mutant, query=()):
        status, headers, body = answers.change(mutant, "GET /records", dict.fromkeys(query, [""]), 200, [("Content-Type", "application/json")], recorded()[4])
        return status, headers, json.loads(body)

    def one(self, path, operator, condition="", query=()):
        found = [mutant for mutant in answers.find([recorded(query)])
                 if ".".join(mutant.place.path) == path and mutant.operator == operator and mutant.condition == condition]
        self.assertEqual(len(found), 1, (path, operator))
        return found[0]

    def test_changes_one_member_of_every_record(self):
        body = self.changed(self.one("records.[]._terapi_metadata.last_modified_at", "a-microsecond-more"))[2]
        self.assertEqual([record["_terapi_metadata"]["last_modified_at"][-12:] for record in body["records"]], ["000002+00:00", "000003+00:00"])
        self.assertEqual(body["next_cursor"], "abc")

    def test_takes_the_members_of_a_payload_as_one(self):
        body = self.changed(self.one("records.[].*", "one-more"))[2]
        self.assertEqual([(record["id"], record["n"]) for record in body["records"]], [("1", 8), ("2", 9)])

    def test_changes_lists_headers_and_the_status(self):
        self.assertEqual([record["id"] for record in self.changed(self.one("records", "last-doubled"))[2]["records"]], ["1", "2", "2"])
        self.assertEqual(self.changed(self.one("content-type", "left-out"))[1], [])
        self.assertEqual(self.changed(self.one("", "server-error"))[0], 500)

    def test_keeps_to_its_condition(self):
        mutant = self.one("next_cursor", "null", "filter", query=["filter"])
        self.assertEqual(self.changed(mutant)[2]["next_cursor"], "abc")
        self.assertIsNone(self.changed(mutant, query=["filter"])[2]["next_cursor"])

    def test_leaves_other_answers_alone(self):
        mutant = self.one("next_cursor", "null")
        about = ("GET /connections", {}, 200, [], b'{"next_cursor":"abc"}')
        self.assertEqual(answers.change(mutant, *about), about[2:])

    def test_finds_no_change_that_changes_nothing(self):
        self.assertNotIn("upper-case", [mutant.operator for mutant in answers.find([recorded(body={"status": "DONE"})])
                                        if mutant.place.path == ("status",)])

    def test_gives_each_an_id_of_its_own(self):
        found = answers.find([recorded(query=answers.CONDITIONS), recorded(status=404, body={"error": {"code": "x", "message": "y"}})])
        self.assertEqual(len({mutant.id for mutant in found}), len(found))

    def test_reads_globs_of_places_in_which_brackets_are_brackets(self):
        self.assertTrue(answers.fits("GET /connections 200 *.[].id: *", "GET /connections 200 connections.[].id: left-out"))
        self.assertFalse(answers.fits("GET /connections 200 *.[].id: *", "GET /connections 200 connections.x.id: left-out"))
        self.assertTrue(answers.fits("a.[].b.[].c", "a.[].b.[].c"))
        self.assertFalse(answers.fits("a.b", "a.bc"))
        self.assertFalse(answers.fits("a.b", "axb"))


class ServerHarmless(unittest.TestCase):
    def listed(self, *globs):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "listed.json"
            file.write_text(json.dumps({"reasons": [{"reason": "nobody says", "mutants": list(globs)}]}), encoding="utf-8")
            return mutate_server.Harmless(file)

    def test_tells_the_reason_of_what_fits(self):
        harmless = self.listed("* status: success", "GET /records 200 *")
        self.assertEqual(harmless.reason("GET /records 200 next_cursor: null"), "nobody says")
        self.assertIsNone(harmless.reason("GET /sync/status 200 syncs: null"))

    def test_tells_what_nothing_fits_any_more(self):
        self.assertEqual(self.listed("gone: *", "here: *").stale(["here: null"]), ["gone: *"])

    def test_what_is_listed_is_read_and_has_reasons(self):
        harmless = mutate_server.Harmless(mutate_server.HARMLESS)
        self.assertTrue(all(reason.strip() for reason in harmless.globs.values()))


if __name__ == "__main__":
    unittest.main()
