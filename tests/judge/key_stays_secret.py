"""A server that repeats the secret key in each of its answers does not get it into any report: python3 key_stays_secret.py BIN"""
import http.server, os, subprocess, sys, tempfile, threading

# A letter, too, is a key; and a report in which each such letter was taken out could not be read.
KEYS = ["0badc0de-5ec2-4e7f-8a11-a1b2c3d4e5f6", "k"]


class Chatterbox(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = ('{"error":{"code":"oops","message":"you are %s"}}' % self.headers.get("Authorization")).encode()
        self.send_response(500)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Chatterbox)
threading.Thread(target=server.serve_forever, daemon=True).start()


def problems_with(key):
    with tempfile.TemporaryDirectory() as folder:
        reports = {kind: os.path.join(folder, f"report.{kind}") for kind in ("junit", "json", "html", "markdown")}
        judge = subprocess.run([os.path.join(sys.argv[1], "terapi-conformance"), "server", "--base-url",
                                f"http://127.0.0.1:{server.server_port}", "--read-only", "--filter", "server/exact-page-on-any-data", "--annotations", "on",
                                *[word for kind, file in reports.items() for word in (f"--{kind}", file)]],
                               env={**os.environ, "TERAPI_SECRET_KEY": key}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               encoding="utf-8", timeout=60, check=False)
        texts = {"output": judge.stdout}
        for kind, file in reports.items():
            with open(file, encoding="utf-8") as text:
                texts[kind] = text.read()
    if judge.returncode != 1:
        yield f"expected a failure, exit code 1, got {judge.returncode}:\n{judge.stdout}"
    for name, text in texts.items():
        if (f"you are Bearer {key}" if len(key) < 8 else key) in text:
            yield f"the key '{key}' stands in the {name}"
        if "[redacted]" not in text:
            yield f"no [redacted] in the {name}: this test would prove nothing"
        if "server/exact-page-on-any-data" not in text:
            yield f"the {name} cannot be read with the key '{key}'"


problems = [problem for key in KEYS for problem in problems_with(key)]
print("\n".join(problems) or "no report holds the key")
sys.exit(1 if problems else 0)
