"""Serves one part: says which it is, counts orders in the part's own database, and asks
another part by the address that it was given."""
import json
import os
import subprocess
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from signal import SIGTERM, signal

PART = sys.argv[1]


def database(statement):
    """Answers what psql says, or why not."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return "none"
    done = subprocess.run(["psql", "-XqAt", url, "-c", statement], capture_output=True, text=True, timeout=5)
    return (done.stdout or done.stderr).strip()


def answer(path):
    if path == "/alive":
        return "ok"
    if path == "/api/orders/new":
        return database("INSERT INTO orders DEFAULT VALUES RETURNING id")
    if path == "/api/orders/count":
        return database("SELECT count(*) FROM orders")
    if path == "/asks":
        with urllib.request.urlopen(os.environ["ORDERS_SERVICE_URL"] + "/api/orders/said", timeout=5) as said:
            return said.read().decode()
    said = {"part": PART, "greeting": os.environ.get("GREETING"), "secret": os.environ.get("API_KEY"),
            "database": database("SELECT current_database()"), "version": os.environ.get("VERSION", "1")}
    return json.dumps(said)


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        text, code = answer(self.path), 200
        if self.path == "/health":  # the path of rung's own app, not of this one
            text, code = "not here", 404
        body = text.encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, text, *values):
        print(PART, text % values, flush=True)


signal(SIGTERM, lambda *_: os._exit(0))
ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Page).serve_forever()
