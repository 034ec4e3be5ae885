"""The account that a debtor gives on its page when it signs a mandate without one."""

import re
import unicodedata
from dataclasses import dataclass

from odoo import models
from odoo.exceptions import UserError

from ...kernel.epc import NAME, in_fours, is_iban
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
        return in_fours(self.number)


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
        if self._closed(number).debtor_id & self.debtor_id:
            return self.env._(
                "The bank told us that this account is closed: please give another "
                "one, or ask us how else to pay."
            )
        return ""

    def _closed(self, number):
        """The debits of this creditor, of whatever debtor, that came back from the
        account ``number`` because it is closed."""
        # sudo: those of debtors whom nobody here need see
        debits = self.env["cobranza.debit"].sudo()
        codes = self.env["cobranza.debit.return.code"]._where(account=True)
        amended = [("kind", "=", "account"), ("old", "=", number)]
        found = debits.search(
            [
                ("company_id", "=", self.company_id.id),
                ("return_code", "in", codes),
                "|",
                ("mandate_id.account_number", "=", number),
                ("mandate_id.amendment_ids", "any", amended),
            ]
        )
        return found.filtered(lambda debit: debit._account_debited() == number)

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
        account = self._account_of(typed)
        self._through_gate().write(
            {
                "bank_account_id": account.id,
                "account_number": account.sanitized_acc_number,
            }
        )
        return super()._take_answers()

    def _account_of(self, typed):
        """The account of the debtor with this number, made where there is none; one
        that was archived stays so until a person has looked. As superuser: the debtor
        gave it; whether we may pay to it is for others to say."""
        partner = self.debtor_id.partner_id
        own = self._accounts_of(typed).filtered(lambda one: one.partner_id == partner)
        account = own.sorted("active", reverse=True)[:1] or own.create(
            {
                "acc_number": typed.number,
                "partner_id": partner.id,
                "acc_holder_name": typed.holder,
            }
        )
        return account.with_context(**self.env.context)

    def _accounts_of(self, typed):
        accounts = self.env["res.partner.bank"].sudo().with_context(active_test=False)
        return accounts.search([("sanitized_acc_number", "=", typed.number)])

    # -- whose it is -------------------------------------------------------------------

    def _doubt_typed(self, signer):
        """Suspend this mandate, signed by ``signer``, where the account that was
        written may be another's or is used no more: nothing is debited until a person
        takes the mandate into use."""
        typed = self._typed()
        doubts = self._doubts(typed, signer) if typed else []
        if not doubts:
            return
        self._stop("suspended", "holder", "")
        owner = self.debtor_id._task_owner()
        lang = self.company_id._cobranza_lang(owner.lang)
        spoken = self.with_context(lang=lang)
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            self.company_id._cobranza_today(),
            summary=spoken.env._("Whose account was signed for?"),
            note=self.env["ir.qweb"]._render(
                "cobranza_legal.mandate_doubts",
                {
                    "doubts": spoken._doubts(typed, signer),
                    "way": spoken.env._(
                        "Nothing is debited meanwhile. Find out whose the account is, "
                        "then take the mandate into use again or revoke it."
                    ),
                },
            ),
            user_id=owner.id,
        )

    def _doubts(self, typed, signer):
        """[why, in words] a person has to look at the account that was written."""
        partner = self.debtor_id.partner_id
        account, result = masked(typed.number), []
        tree = self.company_id._cobranza_tree()
        others = self._accounts_of(typed).filtered(
            lambda one: (
                one.partner_id.commercial_partner_id != partner
                and (not one.company_id or one.company_id.id in tree)
            )
        )
        if others:
            result.append(
                self.env._(
                    "%(account)s is known as an account of %(people)s.",
                    account=account,
                    people=", ".join(others.partner_id.mapped("display_name")),
                )
            )
        if _words(typed.holder) not in (_words(partner.name), _words(signer)):
            result.append(
                self.env._(
                    "%(account)s is said to be of %(holder)s, who neither is the "
                    "debtor nor signed.",
                    account=account,
                    holder=typed.holder,
                )
            )
        if self._closed(typed.number):
            result.append(self.env._("The bank told us that %s is closed.", account))
        elif not self.bank_account_id.sudo().active:
            result.append(self.env._("%s was archived here.", account))
        return result


def _words(name):
    """The words of a name in no order, without accents or case."""
    plain = unicodedata.normalize("NFKD", (name or "").casefold())
    text = "".join(one for one in plain if not unicodedata.combining(one))
    return sorted(re.findall(r"\w+", text))
