import re

from odoo import api, fields, models

BUCKET = re.compile(r"^bucket\b(.*)$")


class CobranzaProvisionLine(models.Model):
    """What a run provides for one open item, and what is booked for it."""

    _name = "cobranza.provision.line"
    _inherit = "cobranza.gate.mixin"
    _description = "Line of a provision run"
    _order = "run_id, days desc, id"
    _rec_name = "document"

    run_id = fields.Many2one(
        "cobranza.provision.run",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    debt_id = fields.Many2one(
        "cobranza.debt", readonly=True, ondelete="set null", index="btree_not_null"
    )
    debtor_id = fields.Many2one(
        "cobranza.debtor", readonly=True, ondelete="set null", index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, ondelete="restrict"
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        "Journal item",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    document = fields.Char(readonly=True)
    due_on = fields.Date("Due", readonly=True)
    days = fields.Integer("Days past due", readonly=True, aggregator=None)
    bucket = fields.Char(readonly=True)
    first_day = fields.Integer("Bucket from", readonly=True, aggregator=None)
    document_currency_id = fields.Many2one(
        "res.currency", "Currency of the document", readonly=True
    )
    open_currency = fields.Monetary(
        "Open in its currency",
        currency_field="document_currency_id",
        readonly=True,
        aggregator=None,
    )
    currency_id = fields.Many2one(related="run_id.currency_id")
    open = fields.Monetary(
        readonly=True, help="Net of what the debtor has paid and nobody matched yet."
    )
    base = fields.Monetary(
        readonly=True,
        help="What may be lost: without what an insurer pays and, by setting, the tax "
        "that comes back.",
    )
    percent = fields.Float("%", readonly=True, digits=(5, 2), aggregator=None)
    target = fields.Monetary(
        "Allowance", readonly=True, help="What is to be booked in all."
    )
    booked = fields.Monetary(
        "Booked before", readonly=True, help="By the last posted run."
    )
    movement = fields.Monetary(readonly=True, help="What this run books.")
    why = fields.Char(readonly=True)
    sued = fields.Boolean("Claimed in court", readonly=True)
    tax_deductible = fields.Monetary(
        "Deductible",
        readonly=True,
        help="What the tax on profits lets be deducted of the allowance on this day.",
    )
    tax_difference = fields.Monetary(
        "Not deductible", readonly=True, help="Of what is booked."
    )
    tax_since = fields.Date("Deductible since", readonly=True)
    tax_why = fields.Char("Why by tax law", readonly=True)
    tax_lacking = fields.Char("Evidence missing", readonly=True)
    state = fields.Selection(related="run_id.state")
    day = fields.Date(related="run_id.day", store=True)

    @api.depends("document", "partner_id")
    def _compute_display_name(self):
        for one in self:
            parts = one.document, one.partner_id.name
            one.display_name = " · ".join(filter(None, parts))

    def _read_group_orderby(self, order, groupby_terms, query):
        """Buckets follow by their days, not by their words."""
        if "bucket" in groupby_terms:
            parts = (order or ",".join(groupby_terms)).split(",")
            parts = [BUCKET.sub(r"first_day:min\1", one.strip()) for one in parts]
            order = ",".join(parts)
        return super()._read_group_orderby(order, groupby_terms, query)

    def _discardable(self):
        """Those of runs that were not posted."""
        return self.filtered(lambda one: one.run_id.state in ("draft", "computed"))
