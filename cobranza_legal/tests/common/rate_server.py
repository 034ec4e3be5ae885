"""A web server on this machine that answers like a public source, or misbehaves."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from ...models.law import rate_client as rate_http

HANG_UP, DRIP = "hang up", "drip"


class RateServer(ThreadingHTTPServer):
    """``answers`` says what each path answers: text, bytes, a status, HANG_UP, DRIP, or
    a list of those, one for each request. ``asked`` keeps (path, query), in order."""

    daemon_threads = True

    def __init__(self):
        self.answers = {}
        self.asked = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"

    def paths(self):
        return [path for path, _query in self.asked]

    def handle_error(self, request, client_address):
        """Whoever asks may hang up."""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        self.server.asked.append((url.path, parse_qs(url.query)))
        answer = self.server.answers.get(url.path, 404)
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if answer == HANG_UP:
            self.close_connection = True
            return
        status = answer if isinstance(answer, int) else 200
        body = b"" if answer == DRIP or status != 200 else _to_bytes(answer)
        self.send_response(status)
        self.send_header("Location", f"{self.server.address}/elsewhere")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        while answer == DRIP:
            self.wfile.write(b" " * rate_http.CHUNK)
            self.wfile.flush()
            time.sleep(0.05)

    def log_message(self, *args):
        """Tests are quiet."""


def _to_bytes(answer):
    return answer if isinstance(answer, bytes) else answer.encode()


@contextmanager
def rate_server():
    """A server, with the waits of a real source made short."""
    server = RateServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        with (
            patch.object(rate_http, "PAUSE", 0.01),
            patch.object(rate_http, "DEADLINE", 0.3),
        ):
            yield server
    finally:
        server.shutdown()
        server.server_close()
