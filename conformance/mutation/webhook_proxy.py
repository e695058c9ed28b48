"""WebhookProxy: stands between a server and those who get its webhooks; ControlProxy stands before the server's control API and sends its webhooks there."""
import dataclasses
import json
import re

import webhooks
from proxy import Answer, Proxy

TO = "/to/"  # and the port of the receiver, before its own path


class WebhookProxy(Proxy):
    """`mutant` and `keys` may be changed between runs."""

    def __init__(self):
        super().__init__()
        self.mutant = None
        self.keys = set()
        self.notes = None  # a list that webhooks are added to: see webhooks.find

    def exchange(self, request, onward):
        to, path = re.fullmatch(TO + r"(\d+)(/.*)", request.path).groups()
        headers = [(name, value) for name, value in request.headers if name.lower() != "host"]
        webhook = dataclasses.replace(request, path=path, headers=headers)
        if self.notes is not None:
            self.notes.append(webhook)
        sent = [webhook] if self.mutant is None else webhooks.change(self.mutant, webhook, self.keys)
        answers = [onward("127.0.0.1", int(to), each) for each in sent]
        return answers[0] if answers else Answer(200, [], b"")


class ControlProxy(Proxy):
    """Whatever is said of an address of webhooks is said of the proxy's to the server, and of the receiver's to those who ask."""

    def __init__(self, host, port, receiver):
        super().__init__()
        self.upstream = (host, port)
        self.receiver = receiver
        self.there = f"http://127.0.0.1:{receiver.port}{TO}".encode()

    def exchange(self, request, onward):
        body = re.sub(rb"http://127\.0\.0\.1:(\d+)(?=/)", lambda found: self.there + found[1], request.body)
        answer = onward(*self.upstream, dataclasses.replace(request, body=body))
        self.receiver.keys |= keys_in(request.body) | keys_in(answer.body)
        return dataclasses.replace(answer, body=answer.body.replace(self.there, b"http://127.0.0.1:"))


def keys_in(body):
    """What a world, or its environment, calls a key."""
    found = set()

    def look(value):
        if isinstance(value, dict):
            found.update(member for name, member in value.items() if name.endswith("_key") and isinstance(member, str))
            value = list(value.values())
        if isinstance(value, list):
            for each in value:
                look(each)

    try:
        look(json.loads(body))
    except ValueError:
        pass
    return found
