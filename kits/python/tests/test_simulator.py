"""What it does: records, faults, time, states. Needs nothing but Python: python3 -m unittest."""

import datetime
import json
import os
import unittest
import urllib.error
import urllib.request

from receiver import Receiver
from terapi_simulator import SimulatorError, start_simulator

NOTES = "github/demo/Note"


@unittest.skipUnless(os.environ.get("TERAPI_SIMULATOR"), "TERAPI_SIMULATOR names no program")
class SimulatorTest(unittest.TestCase):
    def start(self, **options):
        terapi = start_simulator(**{"world": {}, **options})
        self.addCleanup(terapi.close)
        return terapi

    def refused(self, code, call, *arguments, **options):
        with self.assertRaises(SimulatorError) as caught:
            call(*arguments, **options)
        self.assertEqual(caught.exception.code, code, caught.exception)
        return caught.exception

    def served(self, terapi, query):
        headers = {"Authorization": f"Bearer {terapi.secret_key}", "Provider-Config-Key": "github", "Connection-Id": "demo"}
        try:
            with urllib.request.urlopen(urllib.request.Request(f"{terapi.url}/records?{query}", headers=headers)) as answer:
                return json.load(answer)["records"]
        except urllib.error.HTTPError as error:
            error.close()
            raise

    # ---- Records ----

    def test_runs_change_records_one_or_several(self):
        terapi = self.start()
        added = terapi.save(NOTES, [{"id": 1, "text": "a", "about": {"x": 1}}, {"id": "two"}])
        self.assertEqual((added["added"], added["deliveries"]), (2, []))
        self.assertEqual(terapi.save(NOTES, {"id": "1", "text": "a", "about": {"x": 1}})["unchanged"], 1)
        self.assertEqual(terapi.update(NOTES, {"id": "1", "about": {"y": 2}})["updated"], 1)
        self.assertEqual(terapi.delete(NOTES, "two")["deleted"], 1)
        state = {line["id"]: line for line in terapi.truth(NOTES)}
        self.assertTrue(state["two"]["deleted"])
        self.assertEqual(state["1"]["payload"], {"id": "1", "text": "a", "about": {"x": 1, "y": 2}})
        self.assertEqual(terapi.replace(NOTES, [{"id": "3"}])["deleted"], 1)
        run = terapi.run(NOTES, save=({"id": number} for number in (4, 5)), delete=["3"], webhook=False)
        self.assertEqual((run["added"], run["deleted"]), (2, 1))

    def test_a_stream_is_a_text_a_dict_or_an_object(self):
        terapi = self.start()
        parts = {"integration": "git/hub", "connection": "demo", "model": "Note", "variant": "v"}
        stream = terapi.stream(parts)
        stream.save({"id": "1"})
        terapi.save(parts, {"id": "2"})
        self.assertEqual(len(stream.truth()), 2)
        self.assertTrue(stream.diff([{"id": "1"}, {"id": "2"}])["equal"])
        terapi.save("github/demo/Note/mine", {"id": "1"})
        self.assertEqual(sorted(each["variant"] for each in terapi.streams()), ["mine", "v"])

    def test_diff_takes_records_as_they_were_served_and_lines_of_a_dump(self):
        terapi = self.start()
        terapi.save(NOTES, [{"id": "1", "text": "a"}, {"id": "2", "text": "b"}, {"id": "3", "text": "c"}])
        terapi.delete(NOTES, "3")
        records = self.served(terapi, "model=Note")
        self.assertEqual(len(records), 3)
        for held in (records, {one["id"]: one for one in records}.values(), terapi.truth(NOTES), [{"id": "1", "text": "a"}, {"id": "2", "text": "b"}]):
            self.assertTrue(terapi.diff(NOTES, held)["equal"])
        self.assertTrue(terapi.diff(None, terapi.truth())["equal"])
        wrong = terapi.diff(NOTES, [{"id": "1", "text": "old"}, {"id": "3", "text": "c"}, {"id": "4"}])
        ids = {kind: [one["id"] for one in wrong[kind]] for kind in ("lost", "stale", "phantom", "resurrected")}
        self.assertEqual(ids, {"lost": ["2"], "stale": ["1"], "phantom": ["4"], "resurrected": ["3"]})
        self.assertEqual(terapi.diff(NOTES, [])["counts"]["lost"], 2)

    def test_in_the_nango_dialect(self):
        terapi = self.start(dialect="nango")
        terapi.save(NOTES, {"id": "1", "text": "a"})
        records = self.served(terapi, "model=Note")
        self.assertIn("_nango_metadata", records[0])
        self.assertTrue(terapi.diff(NOTES, records)["equal"])

    def test_what_cannot_be_right_is_said_before_it_is_sent(self):
        terapi = self.start()
        self.assertIn("expected 'INTEGRATION/CONNECTION/MODEL'", str(self.refused("invalid_options", terapi.save, "Note", {"id": "1"})))
        self.refused("invalid_options", terapi.save, "a/b/c/d/e", {"id": "1"})
        self.assertIn("no 'modle'", str(self.refused("invalid_options", terapi.truth, {"integration": "github", "connection": "demo", "modle": "Note"})))
        self.assertIn("a list of records; got str", str(self.refused("invalid_options", terapi.diff, NOTES, "records")))
        self.assertIn("it has no id", str(self.refused("invalid_options", terapi.diff, NOTES, [{"text": "a"}])))
        self.assertIn("JSON", str(self.refused("invalid_options", terapi.save, NOTES, {"id": "1", "at": datetime.datetime.now()})))
        error = self.refused("invalid_body", terapi.save, NOTES, {"text": "a"})
        self.assertEqual((error.status, error.errors[0]["path"]), (400, ["save", "0"]))

    # ---- Faults ----

    def test_webhooks_are_lost_as_often_as_asked_for(self):
        receiver = Receiver.of(self)
        terapi = self.start(webhook_url=receiver.url)
        lost = terapi.lose_webhooks(times=1)
        first = terapi.save(NOTES, {"id": "1"})["deliveries"][0]
        terapi.save(NOTES, {"id": "2"})
        terapi.until_idle()
        self.assertEqual((len(receiver.webhooks), lost.fired), (1, 1))
        self.assertEqual([(one["id"], one["dropped_by"]) for one in terapi.deliveries(state="dropped")], [(first, lost.id)])
        terapi.resend(first)
        terapi.until_idle()
        self.assertEqual(terapi.delivery(first)["state"], "delivered")

    def test_rules_are_added_set_removed_and_cleared(self):
        terapi = self.start()
        rule = {"on": "api", "do": {"status": 503}}
        one, two = terapi.faults.add(rule), terapi.faults.add(rule)
        self.assertEqual((one.id, two.id), ("fault-1", "fault-2"))
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.served(terapi, "model=Note")
        self.assertEqual(caught.exception.code, 503)
        self.assertEqual(one.fired, 1)
        one.remove()
        self.assertEqual(terapi.faults.add(rule).id, "fault-1")
        self.assertEqual([each.id for each in terapi.faults.set([{**rule, "id": "a"}, {**rule, "id": "b"}])], ["a", "b"])
        terapi.faults.clear()
        self.assertEqual(terapi.faults.list(), [])
        error = self.refused("invalid_body", terapi.faults.add, {"on": "wehbook", "do": {}})
        self.assertIn('on is "wehbook"; expected one of "api"', str(error))
        self.refused("invalid_options", terapi.faults.add, [])

    # ---- Time ----

    def test_time_stands_still_until_it_is_advanced(self):
        status = [500]
        receiver = Receiver.of(self, lambda webhook: status[0])
        terapi = self.start(webhook_url=receiver.url)
        delivery = terapi.save(NOTES, {"id": "1"})["deliveries"][0]
        terapi.advance("0s")
        self.assertEqual(len(receiver.webhooks), 1)
        self.assertEqual(terapi.advance(datetime.timedelta(milliseconds=100))["attempts"], 1)
        self.assertEqual(len(receiver.webhooks), 2)
        status[0] = 204
        terapi.until_idle()
        self.assertEqual(terapi.delivery(delivery)["state"], "delivered")
        moment = datetime.datetime(2024, 2, 1, tzinfo=datetime.timezone.utc)
        self.assertEqual(terapi.advance_to(moment)["now"], "2024-02-01T00:00:00.000000+00:00")
        self.assertEqual(terapi.until_idle(limit="1d")["advanced"], "0s")
        self.refused("invalid_options", terapi.advance, 5)
        self.refused("invalid_options", terapi.advance_to, datetime.datetime(2025, 1, 1))

    def test_a_receiver_may_call_the_simulator_while_time_moves(self):
        seen = []

        def answer(_):
            seen.append(len(terapi.truth(NOTES)))
            return 204

        receiver = Receiver.of(self, answer)
        terapi = self.start(webhook_url=receiver.url)
        terapi.save(NOTES, {"id": "1"})
        terapi.until_idle()
        self.assertEqual(seen, [1])

    def test_where_a_clock_begins_and_the_machines_own(self):
        terapi = self.start(start=datetime.datetime(2025, 6, 7, 8, 9, 10, tzinfo=datetime.timezone.utc))
        self.assertEqual(terapi.clock()["now"], "2025-06-07T08:09:10.000000+00:00")
        system = self.start(clock="system")
        self.assertEqual(self.refused("not_virtual", system.advance, "5m").status, 409)
        system.until_idle()

    # ---- States ----

    def test_a_reset_gives_the_world_of_the_start(self):
        source = {"connection": "demo", "integration": "github", "model": "Note", "items": [{"id": "1"}]}
        world = {"integrations": [{"id": "github"}], "connections": [{"id": "demo", "integration": "github"}], "records": [source]}
        terapi = self.start(world=world)
        before = terapi.truth()
        terapi.save(NOTES, {"id": "2"})
        terapi.lose_webhooks()
        terapi.patch_environment(webhook_urls=["http://127.0.0.1:9/"], retry={"attempts": 3})
        terapi.advance("1h")
        terapi.reset()
        self.assertEqual((terapi.truth(), terapi.faults.list(), terapi.environment()["webhook_urls"]), (before, [], []))
        self.assertEqual(terapi.clock()["now"], "2024-01-01T00:00:00.000000+00:00")

    def test_snapshots(self):
        terapi = self.start()
        terapi.save(NOTES, {"id": "1"})
        one = terapi.snapshot()
        terapi.save(NOTES, {"id": "2"})
        terapi.snapshot("two/2")
        terapi.save(NOTES, {"id": "3"})
        terapi.restore("two/2")
        self.assertEqual(len(terapi.truth()), 2)
        terapi.restore(one)
        self.assertEqual(len(terapi.truth()), 1)
        self.assertEqual(len(terapi.snapshots()), 2)
        self.assertIn("there is no snapshot 'three'", str(self.refused("unknown_snapshot", terapi.restore, "three")))

    def test_what_happened_and_any_other_call(self):
        terapi = start_simulator()
        self.addCleanup(terapi.close)
        for _ in range(5):
            self.served(terapi, "model=Issue")
        self.assertEqual(len(terapi.requests(stream="github/demo/Issue")), 5)
        self.assertEqual(len(terapi.requests(limit=2)), 2)
        self.assertEqual([one["code"] for one in terapi.advisories()], ["asks_for_the_same_page"])
        self.assertTrue(terapi.logs(kind="run"))
        terapi.put_world({"integrations": [{"id": "gitlab"}]})
        self.assertEqual([one["id"] for one in terapi.world()["integrations"]], ["gitlab"])
        self.assertEqual(terapi.control("GET", "/ready")["status"], "ready")
        self.refused("invalid_options", terapi.control, "GET", "ready")


if __name__ == "__main__":
    unittest.main()
