import logging
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .commit import CONCURRENCY, rollback
from .rate_http import SourceTrouble

_logger = logging.getLogger(__name__)
AHEAD = relativedelta(months=2)
"""Values of days to come that a source may have published already."""
SHOWN = 20


class CobranzaRateSource(models.Model):
    """Asking the sources that are switched on, a series in each transaction."""

    _inherit = "cobranza.rate.source"

    @api.model
    def _cron_fetch_rates(self):
        """Every series once a day; a killed cron goes on with those it did not reach.

        The trouble of one series or source does not stop the others.
        """
        todo = {}
        for source in self.search([("enabled", "=", True)]):
            lang = self.env.company._cobranza_lang(source.user_id.lang)
            source = source.with_context(lang=lang)
            todo[source] = source._unasked()
        remaining = sum(len(series) for series in todo.values())
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        for source, series in todo.items():
            if series and not source._fetch_in_cron(series):
                return

    def _fetch_in_cron(self, series):
        """False when the cron's time is over."""
        progress = self.env["ir.cron"]._commit_progress
        for done, parameter in enumerate(series, start=1):
            _count, down = self._fetch_safely(parameter, progress)
            if not progress(1):
                return False
            if down:
                progress(len(series) - done)
                break
        self._tell()
        progress(0)
        return True

    def _today(self):
        return self.env.company._cobranza_today()

    def _unasked(self):
        """The series that were not asked for today."""
        today = self._today().isoformat()
        asked = self.asked or {}
        return self._parameters().filtered(
            lambda one: asked.get(one.code, {}).get("on") != today
        )

    def _fetch_safely(self, parameter, progress=None):
        """(number of values loaded, whether the source is down) for one series.

        ``progress`` ends the transaction: what breaks is then kept and not raised.
        """
        try:
            return self._fetch(parameter, progress), False
        except SourceTrouble as trouble:
            client = self._client()
            self._note_asked(parameter, [client._say(trouble)])
            return 0, client._is_down(trouble)
        except CONCURRENCY:
            if not progress:
                raise
            rollback(self.env)  # somebody else is loading it
        except Exception as error:
            if not progress:
                raise
            rollback(self.env)
            _logger.exception("Fetching %s from %s", parameter.code, self.code)
            self._note_asked(parameter, [str(error)])
        return 0, False

    def _fetch(self, parameter, progress):
        first, last = self._span(parameter)
        rates = [
            rate
            for rate in self._client()._rates(parameter.code, first, last)
            if rate.first <= last and self._last_day(parameter, rate) >= first
        ]
        if not rates:
            raise SourceTrouble("empty")
        if progress:
            progress(0)  # see what others have loaded while the source was asked
        count, messages = self._keep(parameter, rates)
        self._note_asked(parameter, messages)
        return count

    def _span(self, parameter):
        """The days to ask for: enough of them not to leave a gap after the last one
        that is known."""
        today = self._today()
        first = today - timedelta(days=self.days_back)
        ends = [one for one in parameter._series_ends()[parameter.id] if one]
        if parameter.validity == "period" and ends:
            first = min(first, min(ends) + timedelta(days=1))
        if parameter.validity == "month":
            first = first.replace(day=1)
        return first, today + AHEAD

    @staticmethod
    def _last_day(parameter, rate):
        if parameter.validity == "period":
            return rate.last or date.max
        return rate.first

    def _note_asked(self, parameter, messages):
        """Keep the day on which a series was asked for, and what was wrong with it."""
        mark = {"on": self._today().isoformat(), "wrong": messages}
        asked = {**(self.asked or {}), parameter.code: mark}
        values = {"asked": asked, "last_fetch": fields.Datetime.now()}
        self._through_gate().write(values)

    def _wrong(self):
        """["code: message"] of what was wrong when each series was last asked for."""
        return [
            f"{code}: {message}"
            for code, mark in sorted((self.asked or {}).items())
            for message in mark["wrong"]
        ]

    def _tell(self):
        """Tell the manager who switched the source on, once a day, what was wrong."""
        wrong = self._wrong()
        if not wrong:
            return
        self.env.company._cobranza_ask_manager(
            self,
            self.env._("Legal values of %s", self.name),
            wrong,
            user=self.user_id.filtered("active"),
        )

    def action_fetch(self):
        """Ask now a source that a manager has switched on."""
        self.ensure_one()
        self.check_access("write")
        if not self.enabled:
            raise UserError(self.env._("Switch %s on first.", self.display_name))
        source = self.sudo()  # the marks on parameters are nobody's to write
        total = 0
        for parameter in source._parameters():
            count, down = source._fetch_safely(parameter)
            total += count
            if down:
                break
        wrong = source._wrong()
        lines = [self.env._("Values loaded: %s", total), *wrong[:SHOWN]]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.name,
                "message": "\n".join(lines),
                "type": "warning" if wrong else "success",
                "sticky": bool(wrong),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
