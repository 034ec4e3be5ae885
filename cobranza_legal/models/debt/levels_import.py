from odoo import models
from odoo.exceptions import UserError

from ...kernel.errors import UnclearText
from ...kernel.table import read_cell
from ...kernel.typed import read_day
from ..common.csv_file import say_cell


class CobranzaDebt(models.Model):
    """Debts that come from another system with a level already reached."""

    _inherit = "cobranza.debt"

    def _import_levels(self, company, rows):
        """Open the debts of ``rows`` and put them at their level; their number.

        ``rows`` are (line number, {document, instalment, level, since}): the number of
        a posted document, the place of the instalment (empty: 1), the name or number
        of a level of the policy that applies, the day it was reached (as people write
        it; empty: today). UserError with every bad line; nothing is written then.
        """
        # a collection manager opens debts of documents that he may read only
        engine = self.sudo().with_company(company)
        moves = engine._moves_by_name(company, [row["document"] for _no, row in rows])
        problems, found = [], []
        for number, row in rows:
            try:
                found.append(engine._parse_level_row(company, moves, row))
            except (UserError, UnclearText) as problem:
                unclear = isinstance(problem, UnclearText)
                what = say_cell(self.env, problem) if unclear else str(problem)
                problems.append(
                    self.env._("Line %(no)s: %(what)s", no=number, what=what)
                )
        if problems:
            raise UserError("\n".join(problems))
        for line, policy, reason, level, since in found:
            engine._put_at_level(line, policy, reason, level, since)
        return len(found)

    def _moves_by_name(self, company, names):
        moves = self.env["account.move"].search(
            [
                ("company_id", "in", company._cobranza_tree()),
                ("name", "in", names),
                ("state", "=", "posted"),
            ]
        )
        return {move.name: move for move in moves}

    def _parse_level_row(self, company, moves, row):
        """(journal item, policy, its reason, level, day). UserError, UnclearText."""
        move = moves.get(row["document"])
        if not move:
            raise UserError(
                self.env._("there is no posted document “%s”.", row["document"])
            )
        accounts = company._cobranza_followed_accounts()
        lines = move.line_ids.filtered(
            lambda line: line.account_id in accounts and line.balance > 0
        ).sorted(lambda line: (line.date_maturity or line.date, line.id))
        place = row["instalment"] or "1"
        number = int(place) if place.isdecimal() and len(place) < 5 else 0
        if not 0 < number <= len(lines):
            raise UserError(
                self.env._(
                    "“%(place)s” is not one of the %(count)s instalments of %(move)s.",
                    place=place,
                    count=len(lines),
                    move=move.name,
                )
            )
        line = lines[number - 1]
        policy, reason = self._policy_of_line(company, line)
        level = self._level_named(policy, row["level"])
        since = company._cobranza_today()
        if row["since"]:
            since = read_cell(row, "since", read_day)
        return line, policy, reason, level, since

    def _policy_of_line(self, company, line):
        """(policy, why) that the engine would choose for a journal item."""
        partner = line.partner_id.commercial_partner_id
        tags = partner.category_id.cobranza_policy_id.sorted("sequence")
        choices = (
            (line.move_id.cobranza_policy_id, "invoice"),
            (partner.cobranza_policy_id, "partner"),
            (tags[:1], "category"),
            (company._cobranza_default_policy(), "company"),
        )
        for policy, reason in choices:
            if policy.active and policy.level_ids:
                return policy, reason
        raise UserError(self.env._("no policy applies to %s.", line.move_id.name))

    def _level_named(self, policy, text):
        for level in policy.level_ids:
            if text in (level.name, str(level.number)):
                return level
        raise UserError(
            self.env._(
                "“%(text)s” is no level of %(policy)s: use its name or number.",
                text=text,
                policy=policy.name,
            )
        )

    def _open_lines(self, lines):
        """The debts of these journal items; those that had none get the next number of
        their document, in the order of their dates."""
        debts = self._of_lines(lines)
        missing = lines - debts.move_line_id
        for move, items in missing.grouped("move_id").items():
            last = max(move.cobranza_debt_ids.mapped("instalment_no"), default=0)
            items = items.sorted(
                lambda item: (item.date_maturity or item.date, item.id)
            )
            for number, line in enumerate(items, start=last + 1):
                debts |= self._open_from(line, self._line_partner(line), number)
        return debts

    def _put_at_level(self, line, policy, reason, level, since):
        self._open_lines(line).write(
            {
                "policy_id": policy.id,
                "policy_reason": reason,
                "level": level.number,
                "level_id": level.id,
                "level_since": since,
            }
        )
