"""The changes to webhooks: which are found in what was recorded, what each makes of one, and the proxies on their way."""
import contextlib
import hashlib
import hmac
import http.client
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import webhooks
from proxy import Answer, Proxy, Request
from webhook_proxy import ControlProxy, WebhookProxy, keys_in

KEY = "the-key"
EVENT = {"connectionId": "demo", "responseResults": {"added": 1}, "success": True, "syncType": "INITIAL", "type": "sync"}


def signatures(body, key=KEY):
    return hmac.new(key.encode(), body, "sha256").hexdigest(), hashlib.sha256(key.encode() + body).hexdigest()


def webhook(event=None, attempt=1, key=KEY):
    body = json.dumps(event or EVENT, separators=(",", ":")).encode()
    by_key, legacy = signatures(body, key)
    headers = [("Content-Type", "application/json"), ("X-Terapi-Signature", legacy), ("X-Terapi-Hmac-Sha256", by_key),
               ("X-Terapi-Delivery", "7"), ("X-Terapi-Attempt", str(attempt))]
    return Request("POST", "/hook", headers, body)


class Webhooks(unittest.TestCase):
    def one(self, path, operator):
        found = [mutant for mutant in webhooks.find([webhook(), webhook(attempt=2)])
                 if (".".join(mutant.place.path) or mutant.place.kind) == path and mutant.operator == operator]
        self.assertEqual(len(found), 1, (path, operator))
        return found[0]

    def changed(self, path, operator, request=None):
        made = webhooks.change(self.one(path, operator), request or webhook(), [KEY])
        self.assertEqual(len(made), 1)
        return made[0], {name.lower(): value for name, value in made[0].headers}

    def test_what_it_says_is_signed_as_it_is_said(self):
        request, headers = self.changed("responseResults.added", "one-more")
        self.assertEqual(json.loads(request.body)["responseResults"]["added"], 2)
        self.assertEqual((headers["x-terapi-hmac-sha256"], headers["x-terapi-signature"]), signatures(request.body))

    def test_each_of_a_list_of_signatures_is_made_again(self):
        twice = webhook()
        listed = ",".join([signatures(twice.body, "new")[0], signatures(twice.body)[0]])
        twice.headers[2] = ("X-Terapi-Hmac-Sha256", listed)
        made = webhooks.change(self.one("syncType", "another"), twice, ["new", KEY])[0]
        self.assertEqual(json.loads(made.body)["syncType"], "INCREMENTAL")
        self.assertEqual(dict(made.headers)["X-Terapi-Hmac-Sha256"], ",".join([signatures(made.body, "new")[0], signatures(made.body)[0]]))

    def test_a_forged_signature_stays_forged(self):
        forged = webhook(key="somebody's")
        made = webhooks.change(self.one("syncType", "another"), forged, [KEY])[0]
        self.assertEqual(made.headers, forged.headers)

    def test_may_sign_other_bytes_than_it_sends(self):
        request, headers = self.changed("bytes", "spaced-when-signed")
        self.assertEqual(request.body, webhook().body)
        self.assertNotEqual(headers["x-terapi-hmac-sha256"], signatures(request.body)[0])

    def test_headers_change_alone(self):
        request, headers = self.changed("x-terapi-attempt", "always-one", webhook(attempt=2))
        self.assertEqual((request.body, headers["x-terapi-attempt"]), (webhook().body, "1"))
        self.assertNotIn("x-terapi-hmac-sha256", self.changed("x-terapi-hmac-sha256", "left-out")[1])

    def test_may_be_lost_or_come_twice(self):
        self.assertEqual(webhooks.change(self.one("delivery", "lost"), webhook(), [KEY]), [])
        self.assertEqual(webhooks.change(self.one("delivery", "doubled"), webhook(), [KEY]), [webhook(), webhook()])

    def test_other_types_are_left_alone(self):
        other = webhook({"type": "auth", "syncType": "INITIAL"})
        self.assertEqual(webhooks.change(self.one("syncType", "another"), other, [KEY]), [other])

    def test_gives_each_an_id_of_its_own(self):
        found = webhooks.find([webhook(), webhook({**EVENT, "success": False}), webhook({"type": "auth"})])
        self.assertEqual(len({mutant.id for mutant in found}), len(found))
        self.assertEqual({mutant.place.route for mutant in found}, {"webhook sync", "webhook failed sync", "webhook auth"})


class Echo(Proxy):
    """Answers with what it got."""

    def exchange(self, request, onward):
        return Answer(200, [], f"{request.method} {request.path} {request.body.decode()}".encode())


def ask(port, method, path, body=b""):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request(method, path, body)
        return connection.getresponse().read().decode()


class Proxies(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.echo = self.stack.enter_context(Echo())
        self.hooks = self.stack.enter_context(WebhookProxy())

    def test_a_webhook_goes_to_its_receiver(self):
        self.hooks.notes = []
        self.assertEqual(ask(self.hooks.port, "POST", f"/to/{self.echo.port}/hook", webhook().body), f"POST /hook {webhook().body.decode()}")
        self.assertEqual([(request.path, request.body) for request in self.hooks.notes], [("/hook", webhook().body)])

    def test_a_lost_one_is_answered_all_the_same(self):
        self.hooks.mutant = next(mutant for mutant in webhooks.find([webhook()]) if mutant.operator == "lost")
        self.assertEqual(ask(self.hooks.port, "POST", f"/to/{self.echo.port}/hook", webhook().body), "")

    def test_the_server_is_told_the_address_of_the_proxy_and_nobody_else(self):
        control = self.stack.enter_context(ControlProxy("127.0.0.1", self.echo.port, self.hooks))
        told = []
        self.echo.exchange = lambda request, _: (told.append(request.body), Answer(200, [], request.body))[1]
        said = b'{"webhook_urls":["http://127.0.0.1:7/hook"],"signing_key":"k"}'
        self.assertEqual(ask(control.port, "PUT", "/_simulator/world", said), said.decode())
        self.assertIn(f"http://127.0.0.1:{self.hooks.port}/to/7/hook".encode(), told[0])
        self.assertEqual(self.hooks.keys, {"k"})

    def test_keys_are_found_where_they_are(self):
        self.assertEqual(keys_in(b'{"environments":[{"secret_key":"a","signing_key":"b","name":"c"}]}'), {"a", "b"})
        self.assertEqual(keys_in(b"no JSON"), set())


if __name__ == "__main__":
    unittest.main()
