from odoo import api, fields, models

from .cobranza_reason import REASONS

WAITING = [("state", "=", "planned"), ("released", "=", False)]


class CobranzaRun(models.Model):
    """The run as a proposal: whom it would write to, and whom it leaves alone."""

    _inherit = "cobranza.run"

    company_mode = fields.Selection(
        related="company_id.cobranza_mode", string="Mode of the company now"
    )
    counts_html = fields.Html(
        compute="_compute_counts_html", sanitize=False, string="Decisions"
    )
    shown_contact_ids = fields.Many2many(
        "cobranza.contact",
        compute="_compute_shown_contact_ids",
        string="Whom it writes to",
        help="What this run planned. The newest run also shows what earlier ones have "
        "planned and nobody has released.",
    )
    contact_count = fields.Integer(compute="_compute_contact_counts")
    waiting_count = fields.Integer(
        compute="_compute_contact_counts", string="Waiting for release"
    )
    unmatched_ids = fields.Many2many(
        "cobranza.debtor",
        compute="_compute_unmatched_ids",
        string="Payments to allocate first",
        help="Debtors who owe and also have payments or credit notes that nobody has "
        "allocated: allocate them before writing to them.",
    )

    @api.depends("counts")
    def _compute_counts_html(self):
        field = self.env["cobranza.debt"]._fields["reason"]
        why = self.env["cobranza.why"]
        labels = dict(field._description_selection(self.env))
        order = [code for code, _label in REASONS]
        for run in self:
            counts = run.counts or {}
            rows = [
                (labels.get(code, code), counts[code], why._sentence(code))
                for code in sorted(counts, key=order.index)
            ]
            run.counts_html = self.env["ir.qweb"]._render(
                "cobranza_legal.run_counts",
                {"rows": rows, "total": sum(counts.values())},
            )

    @api.depends("contact_ids.state", "contact_ids.released")
    def _compute_contact_counts(self):
        contacts = self.env["cobranza.contact"]
        own = dict(
            contacts._read_group([("run_id", "in", self.ids)], ["run_id"], ["__count"])
        )
        domain = [("company_id", "in", self.company_id.ids), *WAITING]
        groups = contacts._read_group(domain, ["company_id", "run_id"], ["__count"])
        for run in self:
            waiting = [row for row in groups if row[0] == run.company_id]
            if not run._is_newest():
                waiting = [row for row in waiting if row[1] == run]
            run.contact_count = own.get(run, 0)
            run.waiting_count = sum(row[2] for row in waiting)

    @api.depends("contact_ids")
    def _compute_shown_contact_ids(self):
        for run in self:
            run.shown_contact_ids = run._waiting_contacts() | run.contact_ids

    def _waiting_contacts(self):
        """Contacts that wait for a person: of this run, and of all earlier ones when
        it is the newest of its company."""
        self.ensure_one()
        domain = [("company_id", "=", self.company_id.id), *WAITING]
        if not self._is_newest():
            domain.append(("run_id", "=", self.id))
        return self.env["cobranza.contact"].search(domain)

    def _is_newest(self):
        return self == self._newest(self.company_id)

    @api.model
    def _newest(self, company):
        return self.search([("company_id", "=", company.id)], limit=1)

    def _compute_unmatched_ids(self):
        for company, runs in self.grouped("company_id").items():
            debtors = self.env["cobranza.debtor"].search(
                [("company_id", "=", company.id), ("total", ">", 0)]
            )
            credits = self._read_credits(debtors)
            runs.unmatched_ids = debtors.browse(
                debtor.id for debtor in debtors if credits.get(debtor.id)
            )

    def action_release(self):
        """Release every contact of this run that waits for a person."""
        self.ensure_one()
        return self._waiting_contacts().action_release()
