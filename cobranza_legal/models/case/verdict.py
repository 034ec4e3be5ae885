"""Which titles the creditor of a case has, which procedures they open, and why not."""

from dataclasses import dataclass, field
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_date
from odoo.tools.misc import formatLang
from odoo.tools.translate import LazyGettext

from ...kernel.errors import KernelError, MissingValue, NoSuchRule
from ...kernel.procedure import Option, recommend
from ..common.money import to_decimal
from ..common.title import UNTITLED
from ..common.words import say_error
from ..document.custody import OURS
from .reading import CaseReading

_lt = LazyTranslate(__name__)

OPEN, LACKING, CLOSED = "open", "lacking", "closed"

REASONS: dict[str, LazyGettext] = {
    "wished": _lt("The company prefers it for this amount."),
    "only": _lt("It is the only one that is open."),
    "only_ready": _lt("It is the only one for which nothing lacks."),
    "nature": _lt("It leads to an attachment soonest."),
    "cheaper": _lt("It costs least to begin."),
    "faster": _lt("It usually lasts shortest."),
    "first": _lt("It comes first in the list of procedures."),
}
"""The codes of ``kernel.procedure.recommend`` in words."""


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
    """What the documents of one case are good for on a day. As superuser.
    ``reading``: what was read of it and others, for that day."""

    def __init__(self, case, day=None, reading=None):
        self.case = case.sudo()
        self.env = self.case.env
        self.company = self.case.company_id
        self.reading = reading or CaseReading(self.case, day)
        self.day = self.reading.day
        self.debts = self.case.debt_ids
        self.titles = {debt: debt._known_title() for debt in self.debts}
        self.amount = self._amount()
        self.spares = None
        """Whether the proceeding that is asked about goes not against the debtor; None:
        none is asked about."""
        self.following = {
            code: one
            for one in self.case.proceeding_ids.filtered("can_go_on")
            for code in one.stage_id._codes("next_procedures")
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
        documents, originals = self._missing_documents(), self._missing_originals()
        result = self.known_ways()
        for way in result:
            row = way.procedure
            if way.unknown:
                continue
            if row.code not in self.following:
                way.lacking += [*documents, *originals]
            if row.negotiation:
                way.lacking += self._negotiation_lacks(row)
        return result

    def known_ways(self):
        """As ``ways``, but nobody has looked yet at what lacks."""
        barred, result = self._barred(), []
        for row, known in self.reading.procedures.items():
            way = Way(row)
            result.append(way)
            if isinstance(known, KernelError):
                way.closed.append(say_error(self.env, known))
                way.unknown = True
                continue
            way.lawyer = known.needs_lawyer(self.amount)
            way.fee = known.court_fee(self.amount)
            way.closed += self._closed(row, known, barred)
            stops = self._insolvency_words(row)
            if stops and self.spares is None and self.alone(row):
                way.lacking.append(self._alone_words(row))
            elif stops:
                way.closed.insert(0, stops)
        return result

    def way(self, proceeding):
        """The ``Way`` of the procedure of a proceeding of the case, which may go on
        from another; None: it is not in force."""
        parent, code = proceeding.parent_id, proceeding.type_id.code
        self.spares = proceeding.spares_debtor
        if code in parent.stage_id._next_codes():
            self.following = {code: parent}
        else:
            self.following = {}
        return next((one for one in self.ways() if one.procedure.code == code), None)

    def admits(self, row, table):
        """Whether the band of a procedure holds the amount, or nobody knows its
        limits; ``table``: the ``LegalTable`` of the day."""
        try:
            known = row._kernel(table, self.day)
        except (MissingValue, NoSuchRule):
            return True
        return known.admits(self.amount, self.titles.values())

    def _negotiation_lacks(self, row):
        """What a negotiation lacks, in words; of what goes on from another proceeding,
        on the day on which the first of them was filed: it is one claim, and none is
        asked for in the same file."""
        day, parent = self.day, self.following.get(row.code)
        if parent:
            if row.code in parent.stage_id._same_file_stages():
                return []
            day = parent._origin_day(parent.filed_on) or day
        return self.company._cobranza_rules()._negotiation_lacks(self.case, row, day)

    def _running(self):
        """The proceedings that are before a court and have not come so far that
        another follows from them: meanwhile nothing else is filed."""
        filed = self.case.proceeding_ids.filtered(lambda one: one.state == "filed")
        return filed if not self.following else filed.browse()

    # -- the one that is recommended ---------------------------------------------------

    def advice(self, ways=None):
        """(``kernel.procedure.Advice``, the same without the company's preferences,
        {code: ``Option``}) of the procedures that are not closed; of those that may
        follow, where a proceeding has come so far."""
        ways = self.ways() if ways is None else ways
        bands = self.env["cobranza.proceeding.preference"]._bands(self.company)
        days = self.env["cobranza.proceeding.stage"]._usual_days(self.company)
        if self.following:
            ways = [one for one in ways if one.procedure.code in self.following]
            bands = []
        options = {
            way.procedure.code: Option(
                way.procedure.code,
                way.procedure.nature,
                ready=way.standing == OPEN,
                cost=self._cost(way),
                days=days.get(way.procedure.code, 0),
                order=order,
            )
            for order, way in enumerate(ways)
            if way.standing != CLOSED
        }
        return (
            recommend(options.values(), bands, self.amount),
            recommend(options.values(), (), self.amount),
            options,
        )

    def _cost(self, way):
        """What it takes to begin: the fee of the court, and where a lawyer is needed
        what one, and an agent, usually cost the company."""
        people = self.case.suit_lawyer + self.case.suit_agent if way.lawyer else 0
        return way.fee + to_decimal(people)

    def recommended(self):
        """The procedure that is recommended; an empty row: none is open."""
        ways = self.ways()
        code = self.advice(ways)[0].code
        rows = [one.procedure for one in ways if one.procedure.code == code]
        return rows[0] if rows else self.env["cobranza.proceeding.type"]

    def _advice_words(self, ways):
        """Values of the part of the template that recommends; None: nothing is open."""
        advice, plain, options = self.advice(ways)
        by_code = {way.procedure.code: way for way in ways}
        if advice.code is None:
            return None
        way, option = by_code[advice.code], options[advice.code]
        return {
            "name": way.procedure.name,
            "cost": self._say(option.cost) if option.cost else "",
            "days": option.days,
            "why": [self.env._(REASONS[code]) for code in advice.reasons],
            "lacking": way.lacking,
            "differs": self._difference(advice, plain, by_code),
        }

    def _difference(self, advice, plain, by_code):
        """What the company's preference and the law say differently, in words."""
        wished, env = advice.wished, self.env
        if not wished:
            return ""
        if wished == advice.code:
            if plain.code == advice.code:
                return ""
            return env._(
                "By the preference of the company. Without it: %s.",
                by_code[plain.code].procedure.name,
            )
        way = by_code.get(wished)
        return env._(
            "The preference of the company for this amount is %(procedure)s, which the "
            "law does not open: %(why)s",
            procedure=way.procedure.name if way else wished,
            why=" ".join(way.closed) if way else env._("It is not in force."),
        )

    def _say(self, amount):
        currency = self.company.currency_id
        return formatLang(self.env, float(amount), currency_obj=currency)

    def _closed(self, row, known, barred):
        """Why a procedure cannot be taken at all, whoever is sued."""
        if row.code in self.following:
            if not known.admits(self.amount, self.titles.values()):
                yield self._band_words(known)
            yield from self.other_court_words(row)
            return
        if row.only_after:
            yield self.env._("Only after a judgment, or what stands for one.")
            return
        yield from self._refused(row, known)
        gone = () if self.spares else barred.get(row.action)
        if gone:
            yield self.env._(
                "Time-barred: %s.", ", ".join(one.display_name for one in gone)
            )

    def alone(self, row):
        """The obligors of the case who may be sued without the debtor; of what goes on
        from another proceeding those who were sued there: it decided about nobody
        else."""
        found = self.case.obligor_ids._answering_alone(self.day)
        parent = self.following.get(row.code)
        if parent and parent.defendant_ids:
            sued = parent.defendant_ids.partner_id
            found = found.filtered(lambda one: one.partner_id in sued)
        return found

    def _alone_words(self, row):
        names = ", ".join(self.alone(row).partner_id.mapped("display_name"))
        return self.env._(
            "The debtor is in insolvency proceedings since %(day)s: only against "
            "%(names)s, who answer beside it.",
            day=format_date(self.env, self.case.debtor_id.insolvent_on),
            names=names,
        )

    def only_alone(self, row):
        """Whether it may begin, if at all, only without the debtor."""
        return bool(self._insolvency_words(row) and self.alone(row))

    def _insolvency_words(self, row):
        """Why it may not begin against who is in insolvency proceedings, and the way
        out; empty: it may."""
        debtor = self.case.debtor_id
        if not debtor.insolvent_on or debtor.insolvent_on > self.day:
            return ""
        if self.spares and self.alone(row):
            return ""
        rules = self.company._cobranza_rules()
        article = rules._insolvency_bars(row, debtor.insolvency_kind)
        if article is None:
            return ""
        words = self.env._(
            "The debtor is in insolvency proceedings since %s: no execution begins. "
            "Tell the credit there, by the claim in the insolvency",
            format_date(self.env, debtor.insolvent_on),
        )
        words = f"{words} ({article})." if article else f"{words}."
        names = ", ".join(self.alone(row).partner_id.mapped("display_name"))
        if not names:
            return words
        other = self.env._("Or begin it only against %s, who answer beside it.", names)
        return f"{words} {other}"

    def other_court_words(self, row):
        """Why the court that judged enforces it no more, by a procedure that asks for
        that court."""
        found = row.same_court and self.case._enforces_before_judge(self.day)
        if not found or found[0]:
            return
        term = found[1]
        yield self.env._(
            "The %(months)s months since it is firm, in which the court that judged "
            "enforces it, have passed (%(article)s).",
            months=term.months,
            article=term.article,
        )

    def _refused(self, row, known):
        """Why it is not for these titles, this amount or this debtor."""
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
        if row.undisputed and (disputed := self._disputed()):
            yield env._(
                "Only for what the debtor does not dispute: %s.",
                ", ".join(disputed.mapped("display_name")),
            )
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

    def _disputed(self):
        """The debts of the case that the debtor disputes or contests before a court or
        an authority."""
        if self.case.debtor_id.authority_claim_on:
            return self.debts
        disputes = self.env["cobranza.dispute"].search(
            [("debt_id", "in", self.debts.ids), ("state", "in", ("open", "upheld"))]
        )
        contested = self.env["cobranza.block.case"]._contested_in_court(
            self.debts.ids, self.day
        )
        return (disputes.debt_id & self.debts) | self.debts.browse(sorted(contested))

    def _band_words(self, known):
        say = self._say
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
        checklist, lacking = self.reading.checklist, self.reading.lacking
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
        for debt in self.debts:
            for one in self.reading.limits.get(debt.id, ()):
                if one.is_debtor and one.found.is_barred(self.day):
                    found.setdefault(one.found.term.action, []).append(debt)
        return found

    def words(self):
        """Values of the template ``cobranza_legal.case_verdict``."""
        titles = self.env["cobranza.debt.title"]
        ways = self.ways()
        options = self.advice(ways)[2]
        by_title = {}
        for debt, title in self.titles.items():
            by_title.setdefault(title, []).append(debt.display_name)
        running = self._running()
        return {
            "advice": None if running else self._advice_words(ways),
            "running": ", ".join(one.display_name for one in running),
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
                    "fee": way.fee and self._say(way.fee),
                    "cost": way.procedure.code in options
                    and options[way.procedure.code].cost
                    and self._say(options[way.procedure.code].cost),
                    "days": way.procedure.code in options
                    and options[way.procedure.code].days,
                    "negotiation": way.procedure.negotiation,
                }
                for way in sorted(
                    ways,
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

    recommended_type_id = fields.Many2one(
        "cobranza.proceeding.type",
        "Recommended procedure",
        compute="_compute_recommended_type_id",
        help="Of those that are open today; why, stands beside it.",
    )

    insolvent_on = fields.Date(
        related="debtor_id.insolvent_on", string="Insolvent since"
    )

    @api.depends("debt_ids", "line_ids.amount", "proceeding_ids.state")
    def _compute_recommended_type_id(self):
        for case in self:
            case.recommended_type_id = (
                CaseVerdict(case).recommended() if case.debt_ids else False
            )

    @api.depends("debt_ids", "line_ids.amount", "proceeding_ids.stage_id")
    @api.depends_context("lang")
    def _compute_verdict(self):
        for case in self:
            case.verdict = bool(case.debt_ids) and self.env["ir.qweb"]._render(
                "cobranza_legal.case_verdict", CaseVerdict(case).words()
            )

    def action_insolvency_claim(self):
        """What the debtor of this case owes, as it is told to its insolvency; prepared
        where nobody has. UserError while no insolvency is known."""
        self.ensure_one()
        self._check_worked()
        # sudo: it is prepared from what the case knows, whoever asks
        case = self.sudo()
        if not case.debtor_id.insolvent_on:
            raise UserError(
                self.env._("No insolvency of %s is known.", case.debtor_id.display_name)
            )
        case.env["cobranza.insolvency.claim"]._prepare(
            case, case.company_id._cobranza_today()
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_insolvency_claim"
        )
        return {**action, "domain": [("debtor_id", "=", self.debtor_id.id)]}
