from odoo import fields, models
from odoo.exceptions import UserError

from ..kernel.errors import KernelError
from ..kernel.legal_table import LegalValue, Validity
from ..kernel.published import merge_rates
from .cobranza_parameter_value import CORRECTION, SHIPPED
from .cobranza_state_mixin import CONTEXT_KEY, GATE
from .kernel_words import say_error


class CobranzaRateSource(models.Model):
    """Keeping what a source published: what is stored already is never overwritten."""

    _inherit = "cobranza.rate.source"

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
            lambda one: (
                (one.key or "", one.date_from, one.rank)
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
