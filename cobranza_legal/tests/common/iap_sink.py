"""A real server on a free port of this machine that answers like Odoo's IAP."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from unittest.mock import patch

from odoo.addons.iap.tools import iap_tools

HANG_UP = "hang up"


class IapSink(ThreadingHTTPServer):
    """``asked`` keeps (path, params), in order.

    ``answer`` is what becomes of every message: a state of the provider, a status of
    HTTP, HANG_UP after the request was read, or the name of the exception that the
    service reports. ``reason`` goes with it.
    """

    daemon_threads = True

    def __init__(self):
        self.asked, self.answer, self.reason = [], "success", None
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def messages(self):
        """[(number, words)] of the SMS that were received, in order."""
        sent = [one for _path, params in self.asked for one in params["messages"]]
        return [(to["number"], one["content"]) for one in sent for to in one["numbers"]]

    def result(self, params):
        return [
            {"uuid": to["uuid"], "state": self.answer, "failure_reason": self.reason}
            for message in params["messages"]
            for to in message["numbers"]
        ]

    def handle_error(self, request, client_address):
        """Whoever asks may hang up."""


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        size = int(self.headers["Content-Length"])
        params = json.loads(self.rfile.read(size))["params"]
        answer = self.server.answer
        self.server.asked.append((self.path, params))
        if answer == HANG_UP:
            self.close_connection = True
            return
        if isinstance(answer, int):
            self.send_error(answer)
            return
        if answer.endswith("Error"):
            body = {"error": {"data": {"name": f"odoo.{answer}", "message": "no"}}}
        else:
            body = {"result": self.server.result(params)}
        raw = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *args):
        """Tests are quiet."""


@contextmanager
def iap_sink(env, parameter="sms.endpoint", kind=IapSink):
    """Everything that ``env`` sends through IAP goes over a socket, to the sink."""
    sink = kind()
    thread = threading.Thread(target=sink.serve_forever, daemon=True)
    thread.start()
    env["ir.config_parameter"].sudo().set_param(parameter, sink.address)
    # tests reach no IAP server otherwise
    outside = SimpleNamespace(module=SimpleNamespace(current_test=False))
    try:
        with patch.object(iap_tools, "modules", outside):
            yield sink
    finally:
        sink.shutdown()
        sink.server_close()
        thread.join()
