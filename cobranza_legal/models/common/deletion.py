"""The two ways in which this suite deletes. Whatever has an age is deleted up to a day,
never anything newer, and one row says who deleted what, how many, up to which day and
why. What never was evidence to anybody is discarded, and nothing else can be.
"""

from datetime import datetime, time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .gate import CONTEXT_KEY, GATE
from .transaction import now

FREE = {
    "mail.activity": [("automated", "=", True)],
    "account.move": [("state", "=", "draft"), ("posted_before", "=", False)],
    "account.move.line": [("parent_state", "=", "draft")],
    "account.partial.reconcile": [],
    "mail.followers": [("res_model", "=like", "cobranza.%")],
    "ir.model.data": [],
}
"""{model of Odoo: domain of its records that code of ours may discard}. A model of ours
says so itself: ``_discardable``."""


def _allowed(records):
    if records._name in FREE:
        return records.filtered_domain(FREE[records._name])
    return records._discardable()


def _check_free(records):
    # sudo: a check only
    left = records.sudo() - _allowed(records.sudo())
    if left:
        raise UserError(
            records.env._("%s is kept: it may be evidence.", left[0].display_name)
        )


def discard(records):
    """Delete what never left us and nobody relied on, such as a planned contact with
    nothing left to claim. UserError, before anything is deleted, for all else."""
    if records:
        _check_free(records)
        records.unlink()


def discarding(records):
    """The commands that do the same where the parent has to know."""
    _check_free(records)
    return [Command.delete(one.id) for one in records]


def delete_before(records, cutoff, why, age=None, company=None):
    """Delete those of ``records`` that are older than the day ``cutoff``, and write it
    down; returns those that stay.

    ``age`` says how old they are: the name of a field, by default that of their making,
    or {id: naive UTC moment}; without one nothing is deleted. The day begins where
    ``company`` is; of data of no company in UTC. ValueError for a day to come. Run as
    superuser.
    """
    env = records.env
    today = company._cobranza_today() if company else now(env).date()
    if cutoff > today:
        raise ValueError(f"Nothing is deleted up to a day to come: {cutoff}")
    begin = datetime.combine(cutoff, time.min)
    if company:
        begin = company._cobranza_midnight(cutoff)
    if not isinstance(age, dict):
        name = age or "create_date"
        age = {one.id: one[name] for one in records}
    old = records.filtered(lambda one: age.get(one.id) and age[one.id] < begin)
    if old:
        env["cobranza.deletion"]._note(old, cutoff, why, company)
        old.with_context(**{CONTEXT_KEY: GATE}).unlink()
    return records - old


class CobranzaDeletion(models.Model):
    """Append-only: who deleted how many of what, up to which day and why. What was
    deleted is not told."""

    _name = "cobranza.deletion"
    _inherit = "cobranza.gate.mixin"
    _description = "What was deleted"
    _order = "id desc"
    _rec_name = "what"

    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")
    what = fields.Char(required=True, readonly=True, string="Kind of record")
    count = fields.Integer(required=True, readonly=True, string="How many")
    cutoff = fields.Date(
        required=True, readonly=True, string="Older than", help="Nothing of that day."
    )
    reason = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, string="By")
    moment = fields.Datetime(required=True, readonly=True, string="On")

    @api.model
    def _note(self, records, cutoff, why, company=None):
        # sudo: nobody but this code may append
        return self.sudo().create(
            {
                "company_id": company and company.id,
                "what": records._name,
                "count": len(records),
                "cutoff": cutoff,
                "reason": why,
                "user_id": self.env.uid,
                "moment": now(self.env),
            }
        )

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("What was deleted is never rewritten."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was deleted is never forgotten."))
