from odoo import models
from odoo.tools import format_amount, format_date, html2plaintext


class CobranzaContact(models.Model):
    _inherit = "cobranza.contact"

    def _label(self, name):
        """The label of a selection, in the environment's language."""
        labels = dict(self._fields[name]._description_selection(self.env))
        return labels.get(self[name], "")

    def _said_plain(self):
        """What was said, as text: nothing of it is fetched or run."""
        parts = [html2plaintext(part) for part in (self.courtesy, self.body) if part]
        return "\n\n".join(parts)


class CobranzaDebtor(models.Model):
    """What an export tells about a debtor besides its contacts."""

    _inherit = "cobranza.debtor"

    def _log_sections(self):
        """[(title, [column], [[text]])] in the environment's language. Later parts of
        the suite add theirs."""
        self.ensure_one()
        return [
            self._log_debts(),
            self._log_matters(
                self.env._("Disputes"), self.dispute_ids, "debt_id", "reason", "outcome"
            ),
            self._log_matters(
                self.env._("Promises"),
                self.promise_ids,
                "amount",
                "promised_on",
                "result",
            ),
            self._log_matters(
                self.env._("Holds"), self.hold_ids, "reason", "date_from", "date_to"
            ),
            self._log_matters(
                self.env._("Charges"), self.charge_ids, "debt_id", "kind", "amount_due"
            ),
            self._log_matters(
                self.env._("Opt-outs"), self.opt_out_ids, "channel", "since", "until"
            ),
        ]

    def _log_debts(self):
        debts = self.debt_ids.sorted(lambda one: (one.original_due_date, one.id))
        columns = ("document", "original_due_date", "original_amount")
        title, heads, rows = self._log_matters(self.env._("Debts"), debts, *columns)
        return (
            title,
            [*heads, self.env._("Open")],
            [
                [
                    *row,
                    format_amount(
                        self.env, one.amount_residual_currency, one.currency_id
                    ),
                ]
                for row, one in zip(rows, debts, strict=True)
            ],
        )

    def _log_matters(self, title, records, *names):
        names = [*names, "state"] if "state" in records._fields else list(names)
        records = records.with_env(self.env)
        heads = [records._fields[name]._description_string(self.env) for name in names]
        rows = [[self._log_cell(one, name) for name in names] for one in records]
        return title, heads, rows

    def _log_cell(self, record, name):
        field, value = record._fields[name], record[name]
        if field.type == "monetary":
            return format_amount(self.env, value, record.currency_id)
        if field.type == "date":
            return format_date(self.env, value) if value else ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.relational:
            # who sees the debtor may read the names of what hangs from it
            return ", ".join(value.sudo().mapped("display_name"))
        return str(value or "")
