"""Drafts of what is filed: a template of the law's country, filled with the case."""

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_date

from ...kernel.draft import Facts, Names, Table, UnclearTemplate, check, fill
from ...kernel.errors import KernelError
from ...kernel.judgment import Part
from ...kernel.money import total
from ..common.money import amount_words, say_amount
from .dossier import claim_table
from .paper_docx import write_docx
from .paper_pdf import write_pdf

_lt = LazyTranslate(__name__)


VALUES = {
    "court": _lt("court"),
    "docket": _lt("docket number"),
    "place": _lt("place of signature"),
    "day": _lt("day"),
    "case": _lt("number of the case"),
    "procedure": _lt("procedure"),
    "procedure_article": _lt("article of the procedure"),
    "creditor_name": _lt("name of the creditor"),
    "creditor_vat": _lt("tax number of the creditor"),
    "creditor_address": _lt("address of the creditor"),
    "creditor_email": _lt("e-mail of the creditor"),
    "creditor_phone": _lt("telephone of the creditor"),
    "creditor_account": _lt("bank account of the creditor"),
    "representative": _lt("who represents the creditor"),
    "representative_id": _lt("identity number of who represents the creditor"),
    "power": _lt("power of who represents the creditor"),
    "lawyer": _lt("lawyer"),
    "lawyer_number": _lt("number of the lawyer in the bar"),
    "lawyer_identity": _lt("identity number of the lawyer"),
    "agent": _lt("procurador or receptor"),
    "debtor_name": _lt("name of the debtor"),
    "debtor_vat": _lt("tax number of the debtor"),
    "debtor_address": _lt("address of the debtor"),
    "debtor_email": _lt("e-mail of the debtor"),
    "debtor_phone": _lt("telephone of the debtor"),
    "debtor_representative": _lt("who represents the debtor"),
    "amount": _lt("amount claimed"),
    "amount_words": _lt("amount claimed, in words"),
    "principal": _lt("principal"),
    "interest": _lt("interest"),
    "fees": _lt("other charges"),
    "costs": _lt("costs"),
    "claimed_on": _lt("day until which interest is claimed"),
    "facts": _lt("what was sold or done, and when"),
    "title": _lt("the title that is executed, with its day"),
    "assets": _lt("goods of the debtor that are known"),
    "acceptance": _lt("how and when the invoices were accepted"),
    "hearing": _lt("whether a hearing is asked for"),
    "owed": _lt("amount owed by the judgment"),
    "owed_words": _lt("amount owed by the judgment, in words"),
    "owed_principal": _lt("principal owed by the judgment"),
    "owed_interest": _lt("interest owed by the judgment"),
    "owed_costs": _lt("costs owed by the judgment"),
    "enforcement_costs": _lt("interest and costs of the enforcement that are foreseen"),
    "negotiation_proof": _lt("proof of the attempt to negotiate"),
    "negotiation_form": _lt("way of negotiating"),
    "negotiation_sent": _lt("day of the invitation to negotiate"),
    "negotiation_received": _lt("day on which the invitation was received"),
    "negotiation_ended": _lt("day on which the negotiation ended"),
}
"""What a template may name, in the words that stand where it is not known."""


TABLES = {
    "claim": _lt("the debts with their amounts"),
    "judged": _lt("what was granted, what came in since and what is owed"),
    "documents": _lt("the documents that go with it"),
    "obligors": _lt("who else is claimed from"),
}


FLAGS = frozenset(
    {
        *("interest", "fees", "obligors", "consumer", "company", "public"),
        *("legal_person", "paper", "judged"),
        *("negotiated", "certified", "received", "sworn", "attempted", "represented"),
    }
)
"""What a template may ask. Of a negotiation only that it was tried: ``certified`` by
somebody else, ``received`` by everybody, ``sworn`` where nobody knew the address,
``attempted`` without reception; ``negotiated`` in any of these ways."""


class CobranzaPetitionKind(models.Model):
    """A kind of written piece: for which procedures, and its words. Rows that an addon
    ships are copied to be changed."""

    _name = "cobranza.petition.kind"
    _inherit = "cobranza.catalog.mixin"
    _description = "Kind of petition"
    _order = "sequence, id"

    article = fields.Char()
    procedures = fields.Char(
        help="Codes of the procedures that it is for, with commas. Empty: any."
    )
    up_to = fields.Float(
        "Claims up to",
        digits=(16, 2),
        help="In the currency of the country; 0: without limit.",
    )
    valid_from = fields.Date(help="Empty: since ever.")
    valid_until = fields.Date("Valid until", help="Last day. Empty: without end.")
    lang_code = fields.Char(
        "Language", help="In which amounts and days are written. Empty: the company's."
    )
    mark = fields.Char(
        "Marked as",
        default="DRAFT",
        required=True,
        help="Stands on every page.",
    )
    body = fields.Text(
        "Words",
        required=True,
        help="One block a line: # title, ## heading, > at the right, - item, | table, "
        "--- another page. {name} is a value, **words** are bold. [if name], "
        "[if not name] and [end] stand alone on their lines.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(country_id, 0), COALESCE(company_id, 0), "
        "COALESCE(valid_from, '0001-01-01')) WHERE active",
        "There is a petition of this code that begins on that day already.",
    )
    _up_to_positive = models.Constraint("CHECK (up_to >= 0)", "Amounts are positive.")

    @api.constrains("body")
    def _check_body(self):
        names = Names(VALUES, TABLES, FLAGS)
        for kind in self:
            try:
                check(kind.body, names)
            except UnclearTemplate as error:
                raise ValidationError(
                    self.env._(
                        "%(petition)s, line %(line)s: %(problem)s",
                        petition=kind.name,
                        line=error.line,
                        problem=self._say_unclear(error),
                    )
                ) from error

    def _say_unclear(self, error):
        known = {"value": VALUES, "table": TABLES, "flag": sorted(FLAGS)}
        words = {
            "nested": self.env._("a condition stands within another."),
            "open": self.env._("a condition has no [end]."),
            "closed": self.env._("[end] without a condition."),
            "bold": self.env._("** begins and does not end."),
        }
        return words.get(error.kind) or self.env._(
            "nobody knows “%(name)s”. Known: %(known)s.",
            name=error.name,
            known=", ".join(known.get(error.kind, ())),
        )

    @api.model
    def _on(self, company, day):
        """The kinds of a company and of the law of its country on a day."""
        country = company._cobranza_rules()._country()
        domain = Domain("valid_from", "=", False) | Domain("valid_from", "<=", day)
        domain &= Domain("valid_until", "=", False) | Domain("valid_until", ">=", day)
        return self._standing(company, country, domain)

    @api.model
    def _for(self, case, procedure_code=None):
        """Those that may be filed for a case, and by a procedure if one is known; the
        most fitting first."""
        company = case.company_id
        amount = case._in_company(
            {row: row.amount - row.costs for row in case.line_ids}
        )
        return self._on(company, company._cobranza_today()).filtered(
            lambda one: (
                one._is_for(case.debtor_id.regime)
                and (not one.up_to or amount <= one.up_to)
                and (not procedure_code or procedure_code in one._codes("procedures"))
            )
        )


@dataclass(frozen=True, slots=True)
class Petition:
    """A draft that is written: ``draft`` as ``kernel.draft.Draft``."""

    name: str
    draft: object
    mark: str
    foot: str

    def pdf(self):
        return write_pdf(self.draft, self.mark, self.foot)

    def docx(self, env):
        """UserError where the library is not installed."""
        return write_docx(env, self.draft, self.mark, self.foot)


def write_petition(case, kind, proceeding=None):
    """``Petition`` of a case. AccessError for who may not read it; UserError for a kind
    that is not for it."""
    case.check_access("read")
    if kind not in kind._for(case):
        raise UserError(
            case.env._(
                "%(petition)s is not for %(case)s.",
                petition=kind.name,
                case=case.display_name,
            )
        )
    lang = kind.lang_code or case.company_id.partner_id.lang or case.env.lang
    lang = case.env["cobranza.debtor"]._installed_lang(lang)
    # sudo: who reads the case may write what is claimed, whatever the other rights
    own = case.sudo().with_context(lang=lang)
    proceeding = (proceeding or case.env["cobranza.proceeding"]).sudo()
    facts = PetitionFacts(own, proceeding.with_env(own.env)).facts()
    words = {name: own.env._(label) for name, label in VALUES.items()}
    tables = {name: own.env._(label) for name, label in TABLES.items()}
    draft = fill(kind.body, Names(words, tables, FLAGS), facts)
    name = kind.with_context(lang=lang).name
    return Petition(f"{name} {case.name}", draft, kind.mark, f"{name} · {case.name}")


class PetitionFacts:
    """What is known of a case for a petition, in the language of its environment. Run
    as superuser. What nobody has written down stays unknown."""

    def __init__(self, case, proceeding):
        self.case, self.proceeding, self.env = case, proceeding, case.env
        self.company, self.debtor = case.company_id, case.debtor_id
        self.currency = self.company.currency_id
        self.today = self.company._cobranza_today()
        self.judgment = case._judgment_on(self.today)
        self.owed = self._owed()
        self.against, self.others = case.partner_id, case.obligor_ids
        if proceeding.spares_debtor:
            alone = case.obligor_ids._answering_alone(self.today)
            self.against, self.others = alone[:1].partner_id, alone[1:]

    def _owed(self):
        """``kernel.judgment.Owed`` of today by the judgment that counts; None: there is
        none, or nobody knows its interest."""
        if not self.judgment:
            return None
        try:
            return self.judgment._owed(self.today)
        except KernelError:
            return None

    def facts(self):
        values, flags = self._negotiation()
        tables = {"claim": claim_table(self.env, self.case)}
        if self.owed:
            tables["judged"] = self._judged_table()
        if obligors := self._obligors():
            tables["obligors"] = obligors
        tables["documents"] = self._documents()
        values = {
            **self._parties(),
            **self._claim(),
            **self._place(),
            **self._enforced(),
            **self._people(),
            **values,
        }
        return Facts(values, tables, frozenset({*flags, *self._flags(values)}))

    def _flags(self, values):
        flags = {
            "consumer": self.debtor.regime == "consumer",
            "company": self.debtor.regime == "company",
            "public": self.debtor.regime == "public",
            "legal_person": self.against.is_company,
            "interest": any(row.interest for row in self.case.line_ids),
            "fees": any(row.fees for row in self.case.line_ids),
            "obligors": bool(self.others),
            "paper": self._has_paper(),
            "judged": bool(self.judgment),
            "represented": bool(values.get("lawyer")),
        }
        return {name for name, holds in flags.items() if holds}

    def _has_paper(self):
        """Whether a title of the debts is on paper and there."""
        papers = self.case.debt_ids.document_ids.filtered("paper")
        held = papers.filtered(lambda one: one.state in ("received", "checked"))
        return bool(held) or any(one.custody for one in papers)

    def _place(self):
        proceeding = self.proceeding
        return {
            "court": proceeding.court_id.name,
            "docket": proceeding.docket,
            "place": self.company.city,
            "day": format_date(self.env, self.today, date_format="long"),
            "case": self.case.name,
            "procedure": proceeding.type_id.name,
            "procedure_article": proceeding.type_id.article,
        }

    def _parties(self):
        found = {}
        line = self.env["cobranza.contact"]._one_line
        for who, partner in (
            ("creditor", self.company.partner_id),
            ("debtor", self.against),
        ):
            found[f"{who}_name"] = partner.name
            found[f"{who}_vat"] = partner.vat
            # a country alone is no address
            found[f"{who}_address"] = partner.street and line(partner)
            found[f"{who}_email"] = partner.email
            found[f"{who}_phone"] = partner.phone
        account = (
            self.company.cobranza_bank_account_id or self.company.partner_id.bank_ids
        )
        found["creditor_account"] = account[:1].acc_number
        return found

    def _enforced(self):
        """What is enforced, what of the debtor is known, and what may be asked for
        beside it."""
        found, judgment = self._owed_values(), self.judgment
        over = ("released", "realised", "refused", "dropped")
        known = self.case.measure_ids.filtered(lambda one: one.state not in over)
        if known:
            found["assets"] = "; ".join(known.mapped("display_name"))
        if judgment:
            kinds, suit = self.env["cobranza.judgment.kind"], judgment.proceeding_id
            day = format_date(self.env, judgment.day, date_format="long")
            parts = (kinds._label(judgment.kind), day, suit.court_id.name, suit.docket)
            found["title"] = ", ".join(part for part in parts if part)
        if judgment.ceiling:
            most = say_amount(self.env, judgment.ceiling, self.currency)
            found["enforcement_costs"] = most
        return found

    def _say_money(self, money):
        return say_amount(self.env, float(money.amount), self.currency)

    def _owed_values(self):
        """What is owed by the judgment, the costs that it awarded with it."""
        if not self.owed:
            return {}
        whole, of = self.owed.total, self.owed.of
        late = (Part.INTEREST, Part.DEFAULT, Part.AFTER)
        interest = total((of(part) for part in late), whole.currency)
        currency = self.currency.with_env(self.env)
        return {
            "owed": self._say_money(whole),
            "owed_words": amount_words(currency, float(whole.amount)),
            "owed_principal": self._say_money(of(Part.PRINCIPAL)),
            "owed_interest": self._say_money(interest),
            "owed_costs": self._say_money(of(Part.COSTS)),
        }

    def _judged_table(self):
        """What the judgment granted of each part, and what has accrued since; what came
        in; and what is owed of it."""
        owed, label = self.owed, self.env["cobranza.claim.part"]._label
        zero = owed.surplus * 0
        given = {one.part: one.granted for one in self.judgment._grants(owed.on)}
        if owed.accrual:
            given[Part.AFTER] = owed.accrual.amount
        paid = dict.fromkeys(given, zero)
        for _receipt, shares in owed.spreads:
            for part, money in shares.shares:
                paid[part] = paid.get(part, zero) + money
        sums = [(label(part.value), given[part], paid[part]) for part in given]
        words = [
            (name, own, came, own - came)
            for name, own, came in sums
            if own.amount or came.amount
        ]
        whole = [total((row[at] for row in words), zero.currency) for at in range(1, 4)]
        rows = [
            (name, *map(self._say_money, amounts))
            for name, *amounts in [*words, (self.env._("Total"), *whole)]
        ]
        head = (
            *(self.env._("Part"), self.env._("By the judgment")),
            *(self.env._("Came in since"), self.env._("Owed")),
        )
        right = frozenset(range(1, 4))
        return Table(head, tuple(rows), right, total=True, widths=(40, 20, 20, 20))

    def _people(self):
        """Who acts for whom, as it stands among those who take part, in the powers that
        are in force, in the case, else in the bills of its costs; of several that
        nobody tells apart, none."""
        powers = self.env["cobranza.power"]._of_case(self.case, self.today)
        powers = (self.proceeding.power_id & powers) or powers
        lawyer = self._one_of(
            self._party("lawyer"),
            self._empowered(powers, "lawyer"),
            self.case.lawyer_ids.partner_id,
        )
        agent = self._one_of(
            self._party("agent"),
            self._empowered(powers, "agent"),
            self._paid_as("agent"),
        )
        own = self._empowered(powers, "") - lawyer - agent
        representative = self._one_of(self._party("representative"), own)
        debtor = self._one_of(self._party("debtor_representative"))
        return {
            "lawyer": lawyer.name,
            "lawyer_number": lawyer.cobranza_bar_number,
            "lawyer_identity": lawyer.vat,
            "agent": agent.name,
            "representative": representative.name,
            "representative_id": representative.vat,
            "power": self._power_words(powers, representative),
            "debtor_representative": debtor.name,
        }

    @staticmethod
    def _one_of(*sources):
        """The person of the first of these sources that names somebody; empty where it
        names several."""
        found = next(filter(None, sources), sources[0])
        return found if len(found) == 1 else found.browse()

    def _party(self, role):
        """Who takes part in the proceeding, else in one that is not over, in a role."""
        suits = self.proceeding or self.case.proceeding_ids.filtered(
            lambda one: one.state in ("draft", "filed")
        )
        rows = self.env["cobranza.proceeding.capacity"]._by_code()
        parties = suits.party_ids.filtered(lambda one: rows[one.capacity].role == role)
        return parties.partner_id

    def _empowered(self, powers, role):
        """Who has a power as which somebody acts in a role."""
        rows = self.env["cobranza.power.title"]._by_code()
        return powers.filtered(lambda one: rows[one.title].role == role).partner_id

    def _paid_as(self, role):
        """Who sent a bill for what the case costs in a role."""
        rows = self.env["cobranza.cost.kind"]._by_code()
        costs = self.case.cost_ids.filtered(lambda one: rows[one.kind].role == role)
        return costs.vendor_bill_id.partner_id

    def _power_words(self, powers, representative):
        """By which deed somebody represents the company, or whoever acts for it; the
        only one, else none."""
        own = powers.filtered(lambda one: one.partner_id == representative)
        power = own[:1] or (powers if len(powers) == 1 else powers.browse())
        if not power:
            return None
        day = format_date(self.env, power.valid_from)
        label = self.env["cobranza.power.title"]._label(power.title)
        return ", ".join(filter(None, (label, power.number, day)))

    def _claim(self):
        lines, found = self.case.line_ids, {}
        for name in ("principal", "interest", "fees", "costs"):
            amount = self.case._in_company({row: row[name] for row in lines})
            found[name] = say_amount(self.env, amount, self.currency)
        if lines:
            total = self.case._in_company({row: row.amount for row in lines})
            found["amount"] = say_amount(self.env, total, self.currency)
            currency = self.currency.with_env(self.env)
            found["amount_words"] = amount_words(currency, total)
        if self.case.claimed_on:
            found["claimed_on"] = format_date(self.env, self.case.claimed_on)
        return found

    def _obligors(self):
        label = self.env["cobranza.obligor.capacity"]._label
        line = self.env["cobranza.contact"]._one_line
        rows = tuple(
            (
                one.partner_id.name,
                label(one.capacity),
                one.partner_id.vat or None,
                line(one.partner_id) or None,
            )
            for one in self.others
        )
        head = (
            *(self.env._("Name"), self.env._("Capacity")),
            *(self.env._("Tax number"), self.env._("Address")),
        )
        return Table(head, rows, widths=(30, 18, 16, 36)) if rows else None

    def _documents(self):
        """The documents that prove the debts, as they are filed with it."""
        names, seen = [], self.env["account.move"]
        for debt in self.case.debt_ids.sorted(
            lambda one: (one.original_due_date, one.id)
        ):
            if debt.has_invoice and debt.move_id not in seen:
                seen |= debt.move_id
                day = debt.move_id.invoice_date
                names.append((self.env._("Invoice %s", debt.document), day))
        for document in self.case.document_ids.filtered("file_ids"):
            if document.state in ("received", "checked"):
                names.append((document.display_name, document.dated_on))
        if any(one.statement_id for one in self._negotiations()):
            words = self.env._("Statement of the attempt to negotiate")
            names.append((words, None))
        rows = tuple(
            (str(number), name, format_date(self.env, day) if day else "")
            for number, (name, day) in enumerate(names, 1)
        )
        head = (self.env._("No."), self.env._("Document"), self.env._("Date"))
        return Table(head, rows, widths=(8, 72, 20))

    def _negotiations(self):
        return self.env["cobranza.negotiation"]._about(self.case.debt_ids)

    def _negotiation(self):
        """(values, flags) of the attempt to negotiate that opens most: that it was
        tried, by whom it was received and when it ended. Nothing of what was said."""
        best = ({}, set())
        for one in self._negotiations():
            found = self._attempt(one)
            if len(found[1]) > len(best[1]):
                best = found
        return best

    def _attempt(self, one):
        parties, values, flags = one.party_ids, {}, set()
        attempted = [row.attempted_on for row in parties if row.attempted_on]
        received = [row.received_on for row in parties if row.received_on]
        sworn = [row.sworn_on for row in parties if row.sworn_on]
        if one.certified and one.ended_on:
            flags = {"negotiated", "certified", "received"}
        elif parties and len(received) == len(parties):
            flags = {"negotiated", "received"}
        elif parties and received + sworn and len(received + sworn) >= len(parties):
            flags = {"negotiated", "sworn"}
        elif attempted:
            flags = {"attempted"}
        label = self.env["cobranza.negotiation.form"]._label(one.form)
        values["negotiation_form"] = label
        for name, days in (
            ("sent", attempted),
            ("received", received),
            ("ended", [one.ended_on] if one.ended_on else []),
        ):
            if days:
                values[f"negotiation_{name}"] = format_date(self.env, max(days))
        return values, flags
