"""What stands of each debt on the account of the allowance."""

from ...kernel.provision import ZERO
from ..common.money import to_decimal

ADJUSTED = ("posted", "undone")


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
        lines = self.last.line_ids.filtered("target")
        lines.fetch(["debt_id", "move_line_id", "target"])
        for row in lines:
            self._add(row, to_decimal(row.target))
        for row, amount in self._since():
            self._add(row, amount)
        self.amounts = {key: one for key, one in self.amounts.items() if one}
        self.total = sum(self.amounts.values(), ZERO)

    def _add(self, row, amount):
        carrier = row.debt_id.move_line_id.id or row.move_line_id.id or -row.id
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
