"""What stands of each debt on the account of the allowance."""

from decimal import Decimal

from odoo.tools import SQL

from ...kernel.provision import ZERO
from ..common.money import to_decimal

ADJUSTED = ("posted", "undone")


STANDS = """
    SELECT l.id, COALESCE(d.move_line_id, l.move_line_id, -l.id), l.target::text
      FROM cobranza_provision_line l
      LEFT JOIN cobranza_debt d ON d.id = l.debt_id
     WHERE l.run_id = %s AND l.target <> 0
     ORDER BY l.days DESC, l.id
"""


class Booked:
    """The allowance of a company, debt by debt: what the last posted run has provided
    for, less what was written off since, more what of that was undone. What stands on
    the account beside it was booked by hand. As superuser.

    ``amounts``: {journal item that carries the debt now: amount}; ``rows``: {the same:
    the line of the run}; ``total``: their sum.
    """

    def __init__(self, company):
        self.env, self.company = company.env, company
        self.last = self.env["cobranza.provision.run"]._last_posted(company)
        self.rows, self.amounts = {}, {}
        self._read_last()
        for row, amount in self._since():
            self._add(row, self._carrier(row), amount)
        self.amounts = {key: one for key, one in self.amounts.items() if one}
        self.total = sum(self.amounts.values(), ZERO)

    def _read_last(self):
        lines = self.env["cobranza.provision.line"]
        for model in ("cobranza.debt", lines._name):
            self.env[model].flush_model()
        found = self.env.execute_query(SQL(STANDS, self.last.id or None))
        lines = lines.browse(line for line, _carrier, _target in found)
        for row, (_line, carrier, target) in zip(lines, found, strict=True):
            self._add(row, carrier, Decimal(target))

    @staticmethod
    def _carrier(row):
        return row.debt_id.move_line_id.id or row.move_line_id.id or -row.id

    def _add(self, row, carrier, amount):
        self.rows[carrier] = row
        self.amounts[carrier] = self.amounts.get(carrier, ZERO) + amount

    def _since(self):
        """(line of a run, change) by the write-offs that took of the last run's."""
        if not self.last:
            return
        lines = self.env["cobranza.write.off.line"].search_fetch(
            [
                ("provision_line_id", "!=", False),
                ("released", ">", 0),
                ("write_off_id.state", "in", ADJUSTED),
                ("write_off_id.move_id.state", "=", "posted"),
                "|",
                ("run_id", "=", self.last.id),
                ("undone_run_id", "=", self.last.id),
            ],
            ["provision_line_id", "released", "run_id", "undone_run_id"],
        )
        for line in lines:
            amount = to_decimal(line.released)
            if line.run_id == self.last:
                yield line.provision_line_id, -amount
            if line.undone_run_id == self.last:
                yield line.provision_line_id, amount
