"""A real SMTP server on a free port of this machine that keeps what it is given."""

import email
import email.policy
import logging
from contextlib import contextmanager
from unittest.mock import patch

from aiosmtpd.controller import Controller

logging.getLogger("mail.log").setLevel(logging.WARNING)


class SmtpSink(Controller):
    """``messages`` holds what was accepted, in order.

    ``answer`` is what the server says after DATA; None hangs up instead, so that the
    sender never learns whether the message was taken. ``on_data`` is called first.
    """

    def __init__(self):
        self.messages = []
        self.envelopes = []
        self.answer = "250 OK"
        self.refused = set()
        self.on_data = None
        super().__init__(self, hostname="127.0.0.1", port=0)

    def start(self):
        super().start()
        return self

    def _trigger_server(self):
        """Port 0 was asked for: find out which one we got."""
        self.port = self.server.sockets[0].getsockname()[1]
        return super()._trigger_server()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.on_data:
            self.on_data(envelope)
        if self.answer is None or self.answer.startswith("2"):
            message = email.message_from_bytes(
                envelope.content, policy=email.policy.SMTP
            )
            self.messages.append(message)
            self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        if self.answer is None:
            server.transport.close()
            return ""
        return self.answer

    def recipients(self):
        return [address for _sender, to in self.envelopes for address in to]


def body_of(message):
    return message.get_body(("html", "plain")).get_content()


@contextmanager
def smtp_sink(env):
    """Everything that ``env`` sends really goes over a socket, to the sink."""
    sink = SmtpSink().start()
    servers = env["ir.mail_server"].sudo()
    servers.search([]).active = False
    servers.create(
        {
            "name": "Sink",
            "smtp_host": sink.hostname,
            "smtp_port": sink.port,
            "smtp_encryption": "none",
            "smtp_authentication": "login",
        }
    )
    try:
        # tests do not send mail otherwise
        model = env.registry["ir.mail_server"]
        with patch.object(model, "_disable_send", lambda *_args: False):
            yield sink
    finally:
        sink.stop()
