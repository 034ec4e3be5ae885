"""Asking a public source of rates, within limits; no Odoo in here."""

import json
import time
from datetime import date
from decimal import Decimal

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry, exceptions

from odoo import models

from ...kernel.errors import UnclearText, UnreadableTable
from ...kernel.table import read_table
from ...kernel.typed import check_digits, read_number

PAUSE = 1.0
"""Seconds before the second try; twice as many before the third."""


TRIES = 3
"""Of what may pass: no connection, no answer, or one of ``AGAIN``."""


TIMEOUT = 10
"""Seconds to connect, and between two pieces of an answer."""


DEADLINE = 30
"""Seconds for a whole answer."""


LIMIT = 2_000_000
"""Bytes of an answer."""


CHUNK = 256


AGAIN = frozenset({429, 500, 502, 503, 504})


class SourceTrouble(Exception):
    """A source gave nothing that can be used.

    ``kind``: unreachable, slow, status, large, format, empty or key; ``detail`` never
    holds the address, which may carry somebody's key.
    """

    def __init__(self, kind, detail=""):
        self.kind = kind
        self.detail = detail
        super().__init__(f"{kind} {detail}".strip())


class _Retry(Retry):
    """Waits before the first try again too, and twice as long before each next one."""

    def get_backoff_time(self):
        return PAUSE * 2 ** max(0, len(self.history) - 1)


def ask(url, params=None):
    """The bytes that a source answers; what may pass is tried again, later each time.

    SourceTrouble otherwise. Redirections are not followed: they would take the key of
    the user elsewhere. What a source asks to wait for is not waited for: the cron
    comes again tomorrow.
    """
    tries = _Retry(
        total=TRIES - 1,
        status_forcelist=AGAIN,
        raise_on_status=False,
        respect_retry_after_header=False,
    )
    # errors of requests tell the whole address: they go no further
    try:
        with requests.Session() as session:
            for scheme in ("https://", "http://"):
                session.mount(scheme, HTTPAdapter(max_retries=tries))
            with session.get(
                url,
                params=params,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
                headers={"User-Agent": "cobranza_legal"},
            ) as response:
                if response.status_code != 200:
                    raise SourceTrouble("status", str(response.status_code))
                return _read(response)
    except requests.RequestException as error:
        raise SourceTrouble("slow" if _is_slow(error) else "unreachable") from None


def _is_slow(error):
    """Whether it was a wait that ended it, of the last try too."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.Timeout) or isinstance(
        reason, exceptions.TimeoutError
    )


def _read(response):
    end = time.monotonic() + DEADLINE
    content = bytearray()
    for piece in response.iter_content(CHUNK):
        content += piece
        if len(content) > LIMIT:
            raise SourceTrouble("large", str(LIMIT))
        if time.monotonic() > end:
            raise SourceTrouble("slow")
    return bytes(content)


def read_json(content):
    """What a JSON answer says, with exact decimals."""
    try:
        return json.loads(
            content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number
        )
    except (ValueError, RecursionError):
        raise SourceTrouble("format", "JSON") from None


def _no_number(text):
    raise ValueError(text)


def read_csv(content, columns):
    """[{column: text}] of a CSV answer, which has to have these columns; an empty
    answer has no rows."""
    if not content.strip():
        return []
    try:
        return [cells for _line, cells in read_table(content, columns)]
    except UnreadableTable as error:
        raise SourceTrouble("format", error.detail or "CSV") from None


def read_list(data, name):
    """The list of objects that an answer holds under a name."""
    found = data.get(name) if isinstance(data, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise SourceTrouble("format", name)
    return found


def to_day(text):
    """A day from text that starts with 2026-09-15; what follows is a time."""
    try:
        return date.fromisoformat(text[:10])
    except (TypeError, ValueError):
        raise SourceTrouble("format", str(text)[:40]) from None


def to_number(value):
    """A number of JSON, or text with a decimal point: 23.66 and never 23,66."""
    if isinstance(value, str):
        return _to_number(value, ".")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise SourceTrouble("format", str(value)[:40])
    try:
        return check_digits(Decimal(value), str(value))
    except UnclearText as error:
        raise SourceTrouble("format", error.text[:40]) from None


def to_number_with_comma(text):
    """Text with a decimal comma and thousands points: 40.934,58; 40.804 is 40804."""
    if not isinstance(text, str):
        raise SourceTrouble("format", str(text)[:40])
    return _to_number(text, ",")


def _to_number(text, point):
    try:
        return read_number(text, point)
    except UnclearText:
        raise SourceTrouble("format", text[:40]) from None


class CobranzaRateClient(models.AbstractModel):
    """A public source of legal values. ``cobranza.rate.client.<code>`` answers for the
    source with that code; countries add theirs.

    A client only reads: it neither stores nor judges what was published.
    """

    _name = "cobranza.rate.client"
    _description = "Client of a source of legal values"

    _address = ""
    """Where the source is, without a slash at the end."""
    _citation = ""
    """How its values are cited in a letter."""
    _needs_key = False
    """Whether the user's own key has to be sent."""

    def _codes(self):
        """Codes of the parameters that the source publishes."""
        return ()

    def _rates(self, code, first, last):
        """List of ``Rate`` of a parameter from a day to another, in its unit.

        More days may come. SourceTrouble when the answer is not what the source
        documents; an empty list when it has no value.
        """
        raise NotImplementedError(self._name)

    def _key(self):
        """The key of the user for this source; empty if there is none."""
        # secrets are the administrator's to read; who fetches only uses them
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters.get_param(self._key_name(), "")

    def _key_name(self):
        return f"cobranza_legal.rate_key.{self._name.rpartition('.')[2]}"

    def _set_key(self, key):
        # the manager of collection enters it, who is no administrator
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(self._key_name(), (key or "").strip())

    def _ask_json(self, path, **params):
        return read_json(ask(f"{self._address}/{path}", params))

    def _ask_csv(self, path, columns, **params):
        return read_csv(ask(f"{self._address}/{path}", params), columns)

    def _say(self, trouble):
        """What a ``SourceTrouble`` means, in the user's language."""
        host = self._address.split("/")[2] if self._address else self._name
        messages = {
            "unreachable": self.env._("%s cannot be reached.", host),
            "slow": self.env._("%s does not answer in time.", host),
            "status": self.env._(
                "%(host)s answered with the error %(status)s.",
                host=host,
                status=trouble.detail,
            ),
            "large": self.env._("The answer of %s is too large.", host),
            "format": self.env._(
                "The answer of %(host)s is not what it documents: “%(detail)s”.",
                host=host,
                detail=trouble.detail,
            ),
            "empty": self.env._("%s has published no value.", host),
            "key": self.env._("%s does not accept the key.", host),
        }
        return messages[trouble.kind]

    def _is_down(self, trouble):
        """Whether the other series of the source would meet the same trouble."""
        return trouble.kind in ("unreachable", "slow", "key")
