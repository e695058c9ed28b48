"""AnswerProxy: stands before a server, notes its answers, and changes each as a mutant says."""
import dataclasses
import urllib.parse

import answers
from proxy import Proxy


class AnswerProxy(Proxy):
    """`mutant` may be None, and be changed between runs."""

    def __init__(self, host, port):
        super().__init__()
        self.upstream = (host, port)
        self.mutant = None
        self.notes = None  # a list that answers are added to: see answers.find

    def exchange(self, request, onward):
        answer = onward(*self.upstream, request)
        split = urllib.parse.urlsplit(request.path)
        route = answers.route_of(request.method, split.path, answer.status)
        query = urllib.parse.parse_qs(split.query, keep_blank_values=True)
        if self.notes is not None:
            self.notes.append((route, query, answer.status, {name.lower() for name, _ in answer.headers}, answer.body))
        if self.mutant is None:
            return answer
        status, headers, body = answers.change(self.mutant, route, query, answer.status, answer.headers, answer.body)
        return dataclasses.replace(answer, status=status, headers=headers, body=body, reason=answer.reason if status == answer.status else None)
