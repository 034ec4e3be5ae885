import logging

from odoo import fields, models
from odoo.exceptions import UserError

from ...kernel.errors import IllegalTransition
from ...kernel.lifecycle import Lifecycle

_logger = logging.getLogger(__name__)


GATE = object()
"""Proof that a write comes from this code: a client cannot send an object."""


CONTEXT_KEY = "cobranza_gate"


class CobranzaStateMixin(models.AbstractModel):
    """One gate for ``state``, with the allowed changes as data."""

    _name = "cobranza.state.mixin"
    _description = "State with one gate"

    _lifecycle: Lifecycle

    state_reason = fields.Char(readonly=True, copy=False)

    def _through_gate(self):
        """These records with the right to write what only code may write."""
        return self.with_context(**{CONTEXT_KEY: GATE})

    def _is_through_gate(self):
        return self.env.context.get(CONTEXT_KEY) is GATE

    def _set_state(self, target, reason=None, **values):
        """Move every record to ``target``; records already there are left alone.

        ``values`` are written with the state. UserError, logged, when the lifecycle
        has no such change; nothing is written then.
        """
        todo = self.filtered(lambda record: record.state != target)
        for record in todo:
            try:
                self._lifecycle.check(record.state, target)
            except IllegalTransition as error:
                _logger.warning("%s refused: %s", record, error)
                raise UserError(record._refused_message(target)) from error
        if todo:
            values = {**values, "state": target, "state_reason": reason}
            todo._through_gate().write(values)
            todo._on_state(target, reason)
        return todo

    def _refused_message(self, target):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(record)s cannot go from “%(before)s” to “%(after)s”.",
            record=self.display_name,
            before=labels.get(self.state, self.state),
            after=labels.get(target, target),
        )

    def _on_state(self, target, reason):
        """Hook: what follows from a change of state, on the records that changed."""

    def _check_state_values(self, vals):
        if "state" not in vals or self._is_through_gate():
            return
        raise UserError(
            self.env._(
                "The state of %(record)s changes through its buttons only.",
                record=", ".join(self.mapped("display_name")) or self._description,
            )
        )

    def create(self, vals_list):
        initial = self._lifecycle.initial
        for vals in vals_list if isinstance(vals_list, list) else [vals_list]:
            if vals.get("state", initial) != initial:
                self._check_state_values(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_state_values(vals)
        return super().write(vals)
