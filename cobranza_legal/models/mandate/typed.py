"""The account that a debtor gives on its page when it signs a mandate without one."""

from dataclasses import dataclass

from odoo import models
from odoo.exceptions import UserError

from ...kernel.epc import NAME, is_iban
from ..text.document import Asked
from .method import masked

TYPED = "cobranza_mandate_typed"
"""Context key: the ``TypedAccount`` with which a mandate reads. No client can hand one
in."""
WRITTEN = 42
"""Characters of the longest account number with a blank after each four."""


@dataclass(frozen=True, slots=True)
class TypedAccount:
    """``number`` in capitals without blanks, ``holder`` as it was written."""

    number: str
    holder: str

    @property
    def grouped(self):
        """The number as people read it, in groups of four."""
        parts = range(0, len(self.number), 4)
        return " ".join(self.number[one : one + 4] for one in parts)


class CobranzaMandate(models.Model):
    """A mandate that was proposed without an account asks for it on the debtor's page.
    The number and the holder are words of what is signed, and nothing of them is kept
    before."""

    _inherit = "cobranza.mandate"

    def _typed(self):
        """The ``TypedAccount`` with which this mandate reads, None for none."""
        typed = self.env.context.get(TYPED)
        return typed if isinstance(typed, TypedAccount) else None

    def _document_asks(self):
        if self.bank_account_id or not self._scheme().has_file:
            return super()._document_asks()
        name = self.debtor_id.partner_id.name or ""
        return [
            Asked("account", self.env._("Account number (IBAN)"), WRITTEN),
            Asked("holder", self.env._("Holder of the account"), NAME, name, "name"),
        ]

    def _document_with(self, answers):
        number = "".join(str(answers.get("account") or "").split()).upper()
        number = number.replace("-", "").removeprefix("IBAN")
        problem = self._typed_problem(number)
        if problem:
            raise UserError(problem)
        holder = " ".join(str(answers.get("holder") or "").split())
        if not holder or len(holder) > NAME or not holder.isprintable():
            raise UserError(
                self.env._(
                    "Please write the name of the holder of the account, in %s "
                    "characters at most.",
                    NAME,
                )
            )
        return self.with_context(**{TYPED: TypedAccount(number, holder)})

    def _typed_problem(self, number):
        """Why an account number is not taken, in words for the debtor; "" if it is."""
        if not number:
            return self.env._("Please write your account number (IBAN).")
        # ``base_iban`` knows the numbers of each country; ``stdnum.iban`` does not find
        # its data within Odoo
        accounts = self.env["res.partner.bank"]
        known = "iban" in dict(accounts._get_supported_account_types())
        if not is_iban(number) or (
            known and accounts.retrieve_acc_type(number) != "iban"
        ):
            return self.env._(
                "This is not a correct account number (IBAN). Please compare it with "
                "the one of your bank, character by character."
            )
        zone = self.env.ref("base.sepa_zone").sudo()
        if number[:2] not in zone.country_ids.mapped("code"):
            return self.env._(
                "Accounts of this country cannot be debited in euro: please give one "
                "of the SEPA area, or ask us how else to pay."
            )
        if self._is_closed(number):
            return self.env._(
                "The bank told us that this account is closed: please give another "
                "one, or ask us how else to pay."
            )
        return ""

    def _is_closed(self, number):
        """Whether a debit of this debtor came back because the account is closed."""
        codes = self.env["cobranza.debit.return.code"]._where(account=True)
        domain = [
            ("debtor_id", "=", self.debtor_id.id),
            ("mandate_id.account_number", "=", number),
            ("return_code", "in", codes),
        ]
        return bool(self.env["cobranza.debit"].search_count(domain, limit=1))

    def _document_answers(self):
        typed = self._typed()
        if not typed:
            return super()._document_answers()
        return [
            (self.env._("Account number (IBAN)"), masked(typed.number)),
            (self.env._("Holder of the account"), typed.holder),
        ]

    def _take_answers(self):
        typed = self._typed()
        account, others = self._account_of(typed)
        self._through_gate().write(
            {
                "bank_account_id": account.id,
                "account_number": account.sanitized_acc_number,
            }
        )
        if others:
            self._ask_whose(typed, others)
        return super()._take_answers()

    def _account_of(self, typed):
        """(the account of the debtor with this number, made where there is none; the
        accounts of other people with it). As superuser: the debtor gave it; whether we
        may pay to it is for others to say."""
        partner = self.debtor_id.partner_id
        accounts = self.env["res.partner.bank"].sudo().with_context(active_test=False)
        found = accounts.search([("sanitized_acc_number", "=", typed.number)])
        tree = self.company_id._cobranza_tree()
        own = found.filtered(lambda one: one.partner_id == partner)[:1]
        others = found.filtered(
            lambda one: (
                one.partner_id.commercial_partner_id != partner
                and (not one.company_id or one.company_id.id in tree)
            )
        )
        if not own:
            own = accounts.create(
                {
                    "acc_number": typed.number,
                    "partner_id": partner.id,
                    "acc_holder_name": typed.holder,
                }
            )
        elif not own.active:
            own.active = True
        return own.with_context(self.env.context), others

    def _ask_whose(self, typed, others):
        """One task: the account is known as somebody else's."""
        owner = self.debtor_id._task_owner()
        lang = self.company_id._cobranza_lang(owner.lang)
        spoken = self.with_context(lang=lang)
        spoken.activity_schedule(
            "mail.mail_activity_data_todo",
            self.company_id._cobranza_today(),
            summary=spoken.env._("The account that was signed for is another's too"),
            note=spoken.env._(
                "%(account)s is known as an account of %(people)s. Find out whose it "
                "is before anything is debited.",
                account=masked(typed.number),
                people=", ".join(others.partner_id.mapped("display_name")),
            ),
            user_id=owner.id,
        )
