"""The entry of a write-off, and the one that takes it back."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...kernel.provision import ZERO
from ..common.money import to_decimal
from .rules import LOSS
from .taken_back import is_whole, match_back, reversals
from .write_off import ACCOUNTANT


class CobranzaWriteOff(models.Model):
    """One entry for all debts of a write-off: each is booked against the account on
    which it stands and settled by it, the allowance of each is used or released."""

    _inherit = "cobranza.write.off"

    def _roles(self):
        """The accounts that the entry needs."""
        self.ensure_one()
        roles = [LOSS]
        if self.released:
            roles.append("allowance")
            if not self.company_id._cobranza_rules()._write_off_uses_allowance():
                roles.append("release")
        return tuple(roles)

    @api.model
    def _released_after(self, company, day):
        """Those of a company that took of the allowance after a day, or were undone
        after it."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("line_ids.released", ">", 0),
                ("move_id.state", "=", "posted"),
                "|",
                "&",
                ("state", "in", ("posted", "undone")),
                ("day", ">", day),
                "&",
                ("state", "=", "undone"),
                ("undone_on", ">", day),
            ],
            limit=1,
        )

    @api.model
    def _released_of(self, run):
        """Those that took of the allowance of a run, or gave it back since, and not
        both."""
        lines = self.env["cobranza.write.off.line"].search(
            [
                ("released", ">", 0),
                ("write_off_id.state", "in", ("posted", "undone")),
                "|",
                ("run_id", "=", run.id),
                ("undone_run_id", "=", run.id),
            ]
        )
        return lines.filtered(
            lambda line: (line.run_id == run) != (line.undone_run_id == run)
        ).write_off_id

    def action_create_accounts(self):
        """Create the accounts that the chart lacks, as the law of the country names
        them."""
        self.ensure_one()
        self.check_access("write")
        self.company_id._cobranza_create_accounts(self)
        return True

    # -- post --------------------------------------------------------------------------

    def action_post(self):
        """Book what was approved by one entry. UserError when it grew since, may not be
        written off yet, an account lacks or the day is locked."""
        self.check_access("write")
        self._check_role(ACCOUNTANT)
        for one in self:
            one._expect("approved")
            company = one.company_id
            company.sudo().lock_for_update(allow_referencing=True)
            one._check_day()
            approved = one.amount
            one.line_ids._refresh()
            one._check_lines()
            one._check_grown(approved)
            accounts = company._cobranza_check_accounts(one._roles())
            journal = company._cobranza_provision_journal()
            one._book(accounts, journal)
        return True

    def _check_day(self):
        if self.day > self.company_id._cobranza_today():
            raise UserError(
                self.env._("%s has not come yet.", format_date(self.env, self.day))
            )
        last = self.env["cobranza.provision.run"]._last_posted(self.company_id)
        if last.day and last.day > self.day:
            raise UserError(
                self.env._(
                    "%(run)s is posted: choose its day or a later one for %(this)s.",
                    run=last.display_name,
                    this=self.display_name,
                )
            )

    def _check_grown(self, approved):
        if self.currency_id.compare_amounts(self.amount, approved) > 0:
            raise UserError(
                self.env._(
                    "%(this)s: %(approved)s were approved, %(now)s are open now. "
                    "Cancel it and ask again.",
                    this=self.display_name,
                    approved=self._say(approved),
                    now=self._say(self.amount),
                )
            )

    def _book(self, accounts, journal):
        lines = self.line_ids.filtered("amount")
        carriers = lines._carriers()
        vals = [
            line._prepare_item(carriers[line], number)
            for number, line in enumerate(lines, 1)
        ]
        vals += self._other_sides(accounts, lines)
        move = self.company_id._cobranza_book_entry(
            journal, self.day, self.display_name, vals
        )
        items = {item.sequence: item for item in move.line_ids}
        for number, line in enumerate(lines, 1):
            # sudo: what was booked is written by the engine alone
            line.sudo()._through_gate().entry_line_id = items[number]
        self.env["cobranza.write.off.line"].flush_model(["entry_line_id"])
        self._set_state("posted", move_id=move.id, posted_by_id=self.env.uid)
        self.flush_recordset(["state"])
        self.env["account.move.line"]._reconcile_plan(
            [carriers[line] + line.entry_line_id for line in lines]
        )
        self._tell(self.env._("Written off: %s", self.display_name), lines)

    def _other_sides(self, accounts, lines):
        """The items of the loss and of the allowance."""
        amount = sum(map(to_decimal, lines.mapped("amount")), ZERO)
        released = sum(map(to_decimal, lines.mapped("released")), ZERO)
        uses = self.company_id._cobranza_rules()._write_off_uses_allowance()
        sides = [(LOSS, amount - released if uses else amount), ("allowance", released)]
        if not uses:
            sides.append(("release", -released))
        return [
            {
                "account_id": accounts[role].id,
                "balance": float(value),
                "sequence": 1000000 + number,
            }
            for number, (role, value) in enumerate(sides)
            if value
        ]

    def _tell(self, words, lines, reason=None):
        """The debts, and whoever works on them, are told."""
        # sudo: whoever keeps the books need not see cases and agreements
        debts = lines.sudo().debt_id
        history = self.env["cobranza.history"]
        history._append((debt, words, reason) for debt in debts.with_env(self.env))
        live = [("debt_ids", "in", debts.ids), ("state", "in", ("active", "breached"))]
        agreements = self.env["cobranza.agreement"].sudo().search(live)
        agreements._log(words, reason)
        for block in self.env["cobranza.block"]._blocks():
            block.sudo()._debts_written_off(debts, words)
        debts.debtor_id._redecide_later()

    # -- undo --------------------------------------------------------------------------

    def action_undo(self):
        return self.env["cobranza.write.off.act"]._ask("undo", self)

    def _undo(self, reason, day):
        """Take the entry back on a day: the debts are owed again, and what was taken of
        the allowance is given back. UserError when money came for one of them."""
        self.check_access("write")
        self._check_role(ACCOUNTANT)
        for one in self:
            one._expect("posted")
            one._check_undo(day)
            one._check_entry()
            company = one.company_id
            company.sudo().lock_for_update(allow_referencing=True)
            run = self.env["cobranza.provision.run"]._last_posted(company)
            items = one.line_ids.entry_line_id
            items.remove_move_reconcile()
            back = one._book_back(day)
            pairs = {item.sequence: item for item in back.line_ids}
            # sudo: what was booked is written by the engine alone
            lines = one.sudo().line_ids._through_gate()
            lines.write({"undone_run_id": run.id})
            one._set_state(
                "undone",
                reason,
                undone_by_id=self.env.uid,
                undone_on=day,
                reverse_move_id=back.id,
            )
            one.flush_recordset(["state"])
            self.env["account.move.line"]._reconcile_plan(
                [item + pairs[item.sequence] for item in items]
            )
            words = self.env._("No longer written off: %s", one.display_name)
            one._tell(words, one.line_ids.filtered("entry_line_id"), reason)

    def _check_undo(self, day):
        today = self.company_id._cobranza_today()
        last = self.env["cobranza.provision.run"]._last_posted(self.company_id)
        first = max(filter(None, (self.day, last.day)))
        if not first <= day <= today:
            raise UserError(
                self.env._(
                    "%(this)s is undone on a day from %(first)s to today.",
                    this=self.display_name,
                    first=format_date(self.env, first),
                )
            )
        if self.recovered:
            raise UserError(
                self.env._(
                    "%s: money came for it. Reverse the entries of what was recovered "
                    "first.",
                    self.display_name,
                )
            )

    def _check_entry(self):
        """UserError when its entry was changed or taken back in part beside it: the
        books and the write-off would say different things."""
        move = self.move_id
        back = reversals(self.move_id)
        if move.state != "posted" or back:
            raise UserError(
                self.env._(
                    "%(entry)s was taken back in part by hand: cancel %(back)s first, "
                    "and undo the write-off here.",
                    entry=move.display_name,
                    back=", ".join(back.mapped("display_name")) or "–",
                )
            )

    # -- what is done with its entry by hand -------------------------------------------

    @api.model
    def _follow_entries(self, entries):
        """What somebody did with these entries beside the write-offs: one whose entry
        is posted no more, or was taken back in whole, is undone. UserError for an entry
        that would write off again what was undone. As superuser."""
        found = self.search(
            [
                ("state", "in", ("posted", "undone")),
                "|",
                ("move_id", "in", (entries | entries.reversed_entry_id).ids),
                ("reverse_move_id", "in", entries.ids),
            ]
        )
        for one in found:
            if one.state == "posted":
                one._follow_entry()
            else:
                one._check_stays_undone()

    def _follow_entry(self):
        back = reversals(self.move_id)
        if self.move_id.state == "posted" and not is_whole(self.move_id, back):
            if back:
                self._tell_accountants(back)
            return
        lines = self.line_ids._through_gate()
        if self.move_id.state == "posted":
            day = max(back.mapped("date"))
            words = self.env._(
                "Its entry was taken back by hand: %s",
                ", ".join(back.mapped("name")),
            )
            last = self.env["cobranza.provision.run"]._last_posted(self.company_id)
            lines.undone_run_id = last
        else:
            day = self.company_id._cobranza_today()
            words = self.env._("Its entry was taken out of the books by hand.")
            for line in lines:  # nothing of it stands any more
                line.undone_run_id = line.run_id
        self._set_state(
            "undone",
            words,
            undone_by_id=self.env.uid,
            undone_on=day,
            reverse_move_id=back[:1].id,
        )
        self.flush_recordset(["state"])
        if self.move_id.state == "posted":
            match_back(self.line_ids.entry_line_id, back)
        else:  # Odoo keeps what it was matched with, which settles nothing
            self.line_ids.entry_line_id.remove_move_reconcile()
        said = self.env._("No longer written off: %s", self.display_name)
        self._tell(said, self.line_ids.filtered("entry_line_id"), words)

    def _tell_accountants(self, back):
        """A task for whoever booked it: its entry was taken back in part."""
        words = self.env._(
            "%(entry)s was taken back in part by hand: cancel %(back)s first, "
            "and undo the write-off here.",
            entry=self.move_id.display_name,
            back=", ".join(back.mapped("display_name")),
        )
        if words not in self.activity_ids.mapped("summary"):
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                self.company_id._cobranza_today(),
                words,
                user_id=self.posted_by_id.id,
                automated=True,
            )

    def _check_stays_undone(self):
        """UserError when its debts would be written off again by its entry."""
        if self.reverse_move_id:
            again = self.reverse_move_id.state != "posted"
        else:
            again = self.move_id.state == "posted"
        if again and self.move_id.state == "posted":
            raise UserError(
                self.env._(
                    "%s was undone: its entry and the one that takes it back stay as "
                    "they are. Ask for another write-off of these debts.",
                    self.display_name,
                )
            )

    def _book_back(self, day):
        move = self.move_id
        lines = [
            {
                "account_id": item.account_id.id,
                "partner_id": item.partner_id.id,
                "currency_id": item.currency_id.id,
                "amount_currency": -item.amount_currency,
                "balance": -item.balance,
                "sequence": item.sequence,
                "no_followup": True,
            }
            for item in move.line_ids
        ]
        ref = self.env._("Reversal of: %s", move.ref)
        return self.company_id._cobranza_book_entry(move.journal_id, day, ref, lines)


class CobranzaWriteOffLine(models.Model):
    _inherit = "cobranza.write.off.line"

    def _carriers(self):
        """{line: journal item on which its debt stands}. UserError where the books say
        something else is open of it than what can be booked."""
        found = {}
        for line in self:
            debt = line.debt_id.sudo()  # sudo: of the debt's item, past branches
            item = debt.move_line_id
            currency = debt.currency_id
            if currency.compare_amounts(
                item.amount_residual_currency, debt.amount_residual_currency
            ):
                raise UserError(
                    self.env._(
                        "%s is matched with an entry that settles nothing: take that "
                        "off first.",
                        debt.display_name,
                    )
                )
            found[line] = item.sudo(self.env.su)
        return found

    def _prepare_item(self, item, number):
        """The item that settles the debt on the account of ``item``."""
        source = item.sudo()  # sudo: as above
        return {
            "name": self.debt_id.display_name,
            "account_id": source.account_id.id,
            "partner_id": source.partner_id.id,
            "currency_id": source.currency_id.id,
            "amount_currency": -source.amount_residual_currency,
            "balance": -source.amount_residual,
            "sequence": number,
            "no_followup": True,
        }
