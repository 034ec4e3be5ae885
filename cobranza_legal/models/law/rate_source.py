import logging
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel.errors import KernelError
from ...kernel.legal_table import LegalValue, Validity
from ...kernel.published import merge_rates
from ..common.gate import CONTEXT_KEY, GATE
from ..common.transaction import CONCURRENCY, rollback
from ..common.words import say_error
from .parameter_value import CORRECTION, SHIPPED
from .rate_client import SourceTrouble

_logger = logging.getLogger(__name__)


AHEAD = relativedelta(months=2)
"""Values of days to come that a source may have published already."""


SHOWN = 20


class CobranzaRateSource(models.Model):
    """A public source of legal values that a manager may switch on: without that
    nothing is asked of the network.

    Values are the same for every company, and so are their sources. The sources that
    are switched on are asked series by series, each in a transaction of its own; what
    is stored already is never overwritten.
    """

    _name = "cobranza.rate.source"
    _inherit = ["cobranza.shared.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Source of legal values"
    _order = "country_id, name"

    code = fields.Char(required=True, readonly=True, help="Of its client.")
    name = fields.Char(required=True, translate=True, readonly=True)
    description = fields.Text(translate=True, readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    enabled = fields.Boolean(
        string="Switched on",
        tracking=True,
        copy=False,
        help="Ask the source every day. Values that differ are never overwritten.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Switched on by",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    days_back = fields.Integer(
        string="Days to look back",
        default=400,
        help="How many days before today are asked for, at least.",
    )
    tolerance = fields.Float(
        string="Tolerance (times)",
        default=1,
        help="Multiplies the largest plausible change of each parameter.",
    )
    needs_key = fields.Boolean(compute="_compute_client")
    has_key = fields.Boolean(compute="_compute_client", string="Key entered")
    api_key = fields.Char(
        compute="_compute_api_key",
        inverse="_inverse_api_key",
        string="Your own key",
        help="Kept where only administrators read it; it is never shown again.",
    )
    parameter_ids = fields.Many2many(
        "cobranza.parameter", string="Series", compute="_compute_client"
    )
    asked = fields.Json(
        readonly=True,
        copy=False,
        help="The day on which each series was last asked for, and what was wrong.",
    )
    last_fetch = fields.Datetime(string="Last asked", readonly=True, copy=False)
    last_error = fields.Text(string="What was wrong", compute="_compute_last_error")
    value_count = fields.Integer(
        string="Values fetched", compute="_compute_value_count"
    )
    next_run = fields.Datetime(string="Asked next", compute="_compute_next_run")
    _code_uniq = models.Constraint("UNIQUE (code)", "This source exists already.")
    _reach_check = models.Constraint(
        "CHECK (days_back BETWEEN 1 AND 4000 AND tolerance > 0)",
        "Ask for 1 to 4000 days, with a tolerance above zero.",
    )

    def _client(self):
        """The model that talks to this source."""
        self.ensure_one()
        return self.env[f"cobranza.rate.client.{self.code}"]

    @api.depends("code")
    def _compute_client(self):
        for source in self:
            client = source._client()
            source.needs_key = client._needs_key
            source.has_key = client._needs_key and bool(client._key())
            source.parameter_ids = source._parameters()

    def _using_companies(self):
        return self._companies_of(self._parameters().country_id)

    def _parameters(self):
        """The parameters that the source publishes, as they exist here."""
        codes = self._client()._codes()
        return self.env["cobranza.parameter"].search([("code", "in", codes)])

    def _compute_api_key(self):
        self.api_key = False

    def _inverse_api_key(self):
        for source in self.filtered("api_key"):
            source._client()._set_key(source.api_key)
        self.invalidate_recordset(["api_key", "has_key"])

    @api.depends("asked")
    def _compute_last_error(self):
        for source in self:
            source.last_error = "\n".join(source._wrong()) or False

    def _compute_value_count(self):
        groups = self.env["cobranza.parameter.value"]._read_group(
            [("source_id", "in", self.ids)], ["source_id"], ["__count"]
        )
        counts = dict(groups)
        for source in self:
            source.value_count = counts.get(source, 0)

    @api.depends("enabled")
    def _compute_next_run(self):
        # the list of crons is the administrator's
        cron = self.env.ref("cobranza_legal.ir_cron_rates").sudo()
        for source in self:
            source.next_run = source.enabled and cron.active and cron.nextcall

    def write(self, vals):
        result = super().write(vals)
        if vals.get("enabled"):
            self._through_gate().write({"user_id": self.env.uid})
        if "enabled" in vals:
            self.filtered("enabled")._check_key()
            self._switch_cron()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        sources = super().create(vals_list)
        sources.filtered("enabled")._check_key()
        self._switch_cron()
        return sources

    def unlink(self):
        result = super().unlink()
        self._switch_cron()
        return result

    def _check_key(self):
        for source in self:
            if source.needs_key and not source.has_key:
                raise UserError(
                    self.env._(
                        "%s asks for a key of your own: enter it first.",
                        source.display_name,
                    )
                )

    @api.model
    def _switch_cron(self):
        """The cron runs while a source is switched on."""
        cron = self.env.ref("cobranza_legal.ir_cron_rates", raise_if_not_found=False)
        if not cron:
            return
        # the manager of collection switches it, who is no administrator
        needed = bool(self.sudo().search_count([("enabled", "=", True)], limit=1))
        if cron.sudo().active != needed:
            cron.sudo().active = needed

    def action_forget_key(self):
        self.check_access("write")
        for source in self:
            source._client()._set_key(False)
        self.invalidate_recordset(["has_key"])
        self.filtered("needs_key").enabled = False

    def action_view_values(self):
        """The values that came from here."""
        values = self.env["cobranza.parameter.value"]
        values = values.search([("source_id", "in", self.ids)])
        return values._get_records_action(name=self.env._("Values fetched"))

    @api.model
    def _cron_fetch_rates(self):
        """Every series once a day; a killed cron goes on with those it did not reach.

        The trouble of one series or source does not stop the others.
        """
        todo = {}
        for source in self.search([("enabled", "=", True)]):
            company = self.env.company
            reader = source.user_id.filtered("active") or company._cobranza_manager()
            lang = company._cobranza_lang(reader.lang)
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
            lambda parameter: asked.get(parameter.code, {}).get("on") != today
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

    def _keep(self, parameter, rates):
        """(number of values added, [messages]): all that is new of a series or none of
        it, and what is stored otherwise is told."""
        held = parameter.value_ids._in_force()
        closable = {
            (value.key or "", value.date_from)
            for value in held
            if value.source_id or value.rank == SHIPPED
        }
        validity = Validity(parameter.validity)
        stored = [value._legal() for value in held]
        try:
            found = merge_rates(parameter.code, validity, stored, rates, closable)
        except KernelError as error:
            return 0, [say_error(self.env, error)]
        messages = [self._message_different(*pair) for pair in found.different]
        new = [self._legal(parameter, rate) for rate in found.new]
        wrong = self._implausible(parameter, new, held)
        if new and not wrong:
            wrong = self._add(parameter, new, found.closed)
        return 0 if wrong else len(new), wrong + messages

    def _legal(self, parameter, rate):
        return LegalValue(
            code=parameter.code,
            key=rate.key,
            first=rate.first,
            last=rate.last,
            value=rate.value,
            rank=CORRECTION,
            source=self._client()._citation,
        )

    def _implausible(self, parameter, legals, held):
        messages = []
        for key in dict.fromkeys(legal.key for legal in legals):
            mine = [legal for legal in legals if legal.key == key]
            there = held.filtered(lambda value, key=key: (value.key or "") == key)
            for legal, near in parameter._too_far(mine, there, self.tolerance):
                message = parameter._far_message(legal, near)
                messages.append(f"{legal.first}: {message}")
        return messages

    def _add(self, parameter, legals, closed):
        """Messages of what kept the values from being added; none of them is then."""
        values = self.env["cobranza.parameter.value"]
        values = values.with_context(**{CONTEXT_KEY: GATE})
        now = fields.Datetime.now()
        try:
            with self.env.cr.savepoint():
                for legal, last in closed:
                    self._close(values, parameter, legal, last)
                vals = self._prepare_value_vals(parameter, now)
                values.create([{**vals, **self._prepare_days(one)} for one in legals])
        except UserError as error:
            return [str(error)]
        # a mark that two who load the same series at once cannot both leave
        parameter._through_gate().fetched_at = now
        return []

    def _prepare_value_vals(self, parameter, now):
        return {
            "parameter_id": parameter.id,
            "reason": self.env._("Published by %s", self.name),
            "source_id": self.id,
            "fetched_at": now,
        }

    @staticmethod
    def _prepare_days(legal):
        return {
            "key": legal.key,
            "date_from": legal.first,
            "date_to": legal.last,
            "value": float(legal.value),
            "source": legal.source,
        }

    @staticmethod
    def _close(values, parameter, legal, last):
        """End a fetched value that had no end; one that was used gets a successor.

        A row of the addon stays as it is: the new value outranks it.
        """
        old = parameter.value_ids._in_force().filtered(
            lambda value: (
                (value.key or "", value.date_from, value.rank)
                == (legal.key, legal.first, CORRECTION)
            )
        )
        old = old.with_env(values.env)
        if old.used_on:
            same = {name: old[name] for name in ("used_on", "fetched_at")}
            links = {"supersedes_id": old.id, "source_id": old.source_id.id}
            old.copy({**same, **links, "date_to": last})
        else:
            old.date_to = last

    def _message_different(self, rate, value):
        name = f"{value.code}[{value.key}]" if value.key else value.code
        return self.env._(
            "%(name)s of %(day)s is %(stored)s here and %(published)s there. Nothing "
            "was overwritten: correct the value if theirs is right.",
            name=name,
            day=rate.first,
            stored="–" if value.value is None else value.value,
            published=rate.value,
        )
