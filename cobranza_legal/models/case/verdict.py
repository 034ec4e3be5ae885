"""Which titles the creditor of a case has, which procedures they open, and why not."""

from dataclasses import dataclass, field
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ...kernel.errors import MissingValue, NoSuchRule
from ..common.checklist import DocumentChecklist
from ..common.money import to_decimal
from ..common.title import UNTITLED
from ..common.words import say_error
from ..document.custody import OURS
from ..limitation.reader import LimitationReader

OPEN, LACKING, CLOSED = "open", "lacking", "closed"


@dataclass(slots=True)
class Way:
    """One procedure for a case: ``standing`` open, lacking (something may still be
    done about it) or closed; ``closed`` and ``lacking`` say why, in words. ``unknown``:
    closed only because a legal value lacks, which decides it."""

    procedure: models.BaseModel
    closed: list = field(default_factory=list)
    lacking: list = field(default_factory=list)
    lawyer: bool = True
    fee: Decimal = Decimal(0)
    unknown: bool = False

    @property
    def standing(self):
        return CLOSED if self.closed else LACKING if self.lacking else OPEN


class CaseVerdict:
    """What the documents of one case are good for on a day. As superuser."""

    def __init__(self, case, day=None):
        self.case = case.sudo()
        self.env = self.case.env
        self.company = self.case.company_id
        self.day = day or self.company._cobranza_today()
        self.debts = self.case.debt_ids
        self.titles = {debt: debt._known_title() for debt in self.debts}
        self.amount = self._amount()
        stages = self.case.proceeding_ids.stage_id
        self.following = {
            code for one in stages for code in one._codes("next_procedures")
        }

    def _amount(self):
        """What decides the band: all that is claimed but costs, in the currency of the
        company."""
        return to_decimal(
            self.case._in_company(
                {row: row.amount - row.costs for row in self.case.line_ids}
            )
        )

    def ways(self):
        """[``Way``] of each procedure of the country that is in force."""
        rules = self.company._cobranza_rules()
        table = self.company._cobranza_legal_table(self.day, self.day)
        documents, originals = self._missing_documents(), self._missing_originals()
        barred = self._barred()
        result = []
        for row in self.env["cobranza.proceeding.type"]._on(self.company, self.day):
            way = Way(row)
            try:
                known = row._kernel(table, self.day)
            except (MissingValue, NoSuchRule) as error:
                way.closed.append(say_error(self.env, error))
                way.unknown = True
                result.append(way)
                continue
            way.lawyer = known.needs_lawyer(self.amount)
            way.fee = known.court_fee(self.amount)
            way.closed += self._closed(row, known, barred)
            way.lacking += [*documents, *originals]
            if row.negotiation:
                way.lacking += rules._negotiation_lacks(self.case, row, self.day)
            result.append(way)
        return result

    def _closed(self, row, known, barred):
        """Why a procedure cannot be taken at all."""
        if row.only_after:
            if row.code not in self.following:
                yield self.env._("Only after a judgment, or what stands for one.")
            return
        env, names = self.env, self.env["cobranza.debt.title"]
        refused = known.refused_titles(self.titles.values())
        for title in refused:
            debts = [one for one, own in self.titles.items() if own == title]
            label = (
                env._("nobody has said what proves it")
                if title == UNTITLED
                else names._label(title)
            )
            yield env._(
                "Not by this title (%(title)s): %(debts)s.",
                title=label,
                debts=", ".join(one.display_name for one in debts),
            )
        if not refused and not known.admits(self.amount, self.titles.values()):
            yield self._band_words(known)
        if not row._is_for(self.case.debtor_id.regime):
            yield env._("Not against a debtor of this regime.")
        home = self.company._cobranza_rules()._country()
        lives = self.case.partner_id.country_id
        if row.abroad and not (lives and lives != home):
            yield env._("Only against who lives in another country.")
        kinds = row._codes("claim_kinds")
        if kinds:
            stated = {
                one.claim_kind or self.company.cobranza_claim_kind for one in self.debts
            }
            if stated - set(kinds):
                claims = self.env["cobranza.claim.kind"]
                yield env._(
                    "Only for: %s.", ", ".join(claims._label(one) for one in kinds)
                )
        gone = barred.get(row.action)
        if gone:
            yield env._("Time-barred: %s.", ", ".join(one.display_name for one in gone))

    def _band_words(self, known):
        currency = self.company.currency_id

        def say(amount):
            return formatLang(self.env, float(amount), currency_obj=currency)

        if known.above is not None and self.amount <= known.above:
            return self.env._(
                "For claims above %(limit)s; this one is of %(amount)s.",
                limit=say(known.above),
                amount=say(self.amount),
            )
        return self.env._(
            "For claims up to %(limit)s; this one is of %(amount)s.",
            limit=say(known.up_to),
            amount=say(self.amount),
        )

    def _missing_documents(self):
        """What is required of the debts and lacks, in words."""
        checklist = DocumentChecklist(self.env, self.company, self.day)
        lacking = checklist.of_debts([("id", "in", self.debts.ids)])
        return [
            self.env._(
                "%(debt)s: %(documents)s.",
                debt=debt.display_name,
                documents=checklist.names(self.env, lacking[debt.id]),
            )
            for debt in self.debts
            if debt.id in lacking
        ]

    def _missing_originals(self):
        """Paper titles whose original is not with us, in words."""
        found = []
        for document in self.debts.document_ids.filtered("paper"):
            if document.custody not in OURS and document.custody != "deposited":
                found.append(
                    self.env._(
                        "%(document)s: the original is held by %(holder)s.",
                        document=document.display_name,
                        holder=document.holder or "–",
                    )
                )
        return found

    def _barred(self):
        """{action: debts of which it is lost against the debtor}."""
        found = {}
        answers = LimitationReader(self.company).answers(self.debts)
        for debt in self.debts:
            for one in answers.get(debt.id, ()):
                if one.is_debtor and one.found.is_barred(self.day):
                    found.setdefault(one.found.term.action, []).append(debt)
        return found

    def words(self):
        """Values of the template ``cobranza_legal.case_verdict``."""
        titles = self.env["cobranza.debt.title"]
        currency = self.company.currency_id
        by_title = {}
        for debt, title in self.titles.items():
            by_title.setdefault(title, []).append(debt.display_name)
        return {
            "titles": [
                {
                    "title": titles._label(title)
                    if title != UNTITLED
                    else self.env._("Nobody has said what proves it"),
                    "untitled": title == UNTITLED,
                    "debts": ", ".join(names),
                }
                for title, names in by_title.items()
            ],
            "ways": [
                {
                    "name": way.procedure.name,
                    "article": way.procedure.article,
                    "standing": way.standing,
                    "unknown": way.unknown,
                    "why": way.closed or way.lacking,
                    "lawyer": way.lawyer,
                    "fee": way.fee
                    and formatLang(self.env, float(way.fee), currency_obj=currency),
                    "negotiation": way.procedure.negotiation,
                }
                for way in sorted(
                    self.ways(),
                    key=lambda way: (
                        (OPEN, LACKING, CLOSED).index(way.standing),
                        not way.unknown,
                    ),
                )
            ],
        }


class CobranzaCase(models.Model):
    """What the documents of a case are good for."""

    _inherit = "cobranza.case"

    verdict = fields.Html(
        compute="_compute_verdict",
        sanitize=False,
        help="Which titles the debts have, which procedures they open today, and what "
        "is missing for the others.",
    )

    @api.depends("debt_ids", "line_ids.amount")
    @api.depends_context("lang")
    def _compute_verdict(self):
        for case in self:
            case.verdict = bool(case.debt_ids) and self.env["ir.qweb"]._render(
                "cobranza_legal.case_verdict", CaseVerdict(case).words()
            )
