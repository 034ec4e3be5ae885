from odoo import api, fields, models
from odoo.fields import Domain

from ...kernel.errors import MissingValue, NoSuchRule
from ..common.money import to_decimal
from ..common.rows import Row

PHASES = [
    ("prepared", "Being prepared"),
    ("filed", "Before the court"),
    ("judgment", "Judgment"),
    ("enforcement", "Enforcement"),
    ("over", "Over"),
]


UNITS = [
    ("court_day", "Court days"),
    ("working_day", "Working days"),
    ("natural_day", "Natural days"),
    ("month", "Months"),
    ("year", "Years"),
]


CONTEST = [
    ("opens", "The debtor opposes the claim"),
    ("ends", "Nothing is contested any more"),
]


WHO = [
    ("us", "We"),
    ("debtor", "The debtor"),
    ("court", "The court"),
    ("other", "Somebody else"),
]


class CobranzaProceedingStage(models.Model):
    """A stage of a procedure: what has happened when a proceeding is in it."""

    _name = "cobranza.proceeding.stage"
    _inherit = "cobranza.catalog.mixin"
    _description = "Stage of a procedure"
    _order = "sequence, id"

    procedure_code = fields.Char(
        "Code of the procedure",
        required=True,
        help="As that of the procedures, whatever the days of their validity.",
    )
    phase = fields.Selection(PHASES, required=True, default="filed")
    article = fields.Char()
    next_codes = fields.Char(
        "Next stages", help="Codes, with commas. Empty: any later stage."
    )
    next_procedures = fields.Char(
        "Goes on by",
        help="Codes of the procedures that may follow from this stage, with commas: "
        "the amount says by which of them.",
    )
    same_file = fields.Char(
        "In the same file",
        help="Codes of those of them that go on before the same court, with the same "
        "number; with a colon, the stage in which they begin.",
    )
    ends_as = Row(
        "cobranza.proceeding.outcome",
        help="How the proceeding ends that comes to this stage. Empty: it goes on.",
    )
    firm = fields.Boolean(
        "Judgment is final",
        help="From this stage on runs the time in which it may be enforced.",
    )
    serves = fields.Boolean(
        "The debtor is served",
        help="Who brings a proceeding to this stage says that the debtor was served on "
        "its day.",
    )
    contest = fields.Selection(
        CONTEST,
        "The claim is contested",
        help="From a stage in which the debtor opposes it until one in which that is "
        "over, also of what goes on from it, no credit register is told of its debts.",
    )
    usual_days = fields.Integer(
        help="How many days it usually takes: a planning guess, no term of the law."
    )

    _code_uniq = models.UniqueIndex(
        "(procedure_code, code, COALESCE(country_id, 0), COALESCE(company_id, 0)) "
        "WHERE active",
        "This procedure has a stage of this code already.",
    )

    @api.model
    def _of_procedure(self, company, code):
        """The stages of a procedure for a company, in their order."""
        country = company._cobranza_rules()._country()
        return self._standing(company, country, Domain("procedure_code", "=", code))

    def _following(self, company):
        """The stages that may come next for a company: those that it names, in the
        order in which it names them, else all the later ones."""
        self.ensure_one()
        stages = self._of_procedure(company, self.procedure_code)
        named = self._codes("next_codes")
        if not named:
            mine = self.sequence, self.id
            return stages.filtered(lambda one: (one.sequence, one.id) > mine)
        by_code = stages.grouped("code")
        return self.union(*(by_code[code] for code in named if code in by_code)) - self

    @api.model
    def _usual_days(self, company):
        """{code of a procedure: how many days it usually takes}, by its first ways; 0:
        nobody knows. One query."""
        country = company._cobranza_rules()._country()
        domain = Domain("company_id", "in", (company.id, False))
        domain &= Domain("country_id", "in", (country.id, False))
        rows = {}
        for row in self.search_fetch(domain).sorted(lambda one: bool(one.company_id)):
            rows.setdefault(row.procedure_code, {})[row.code] = row
        result = {}
        for procedure, own in rows.items():
            stages = sorted(own.values(), key=lambda one: (one.sequence, one.id))
            total, seen, stage = 0, set(), stages[0]
            while stage and stage not in seen:
                total += stage.usual_days
                seen.add(stage)
                later = stages[stages.index(stage) + 1 :]
                named = [own[one] for one in stage._codes("next_codes") if one in own]
                stage = next(iter(named or later), None)
            result[procedure] = total
        return result

    def _next_codes(self):
        """The codes of the procedures that may follow; none for no stage."""
        return self._codes("next_procedures") if self else []

    def _same_file_stages(self):
        """{code of a procedure that goes on in the same file: code of the stage in
        which it begins, empty: its first}; nothing for no stage."""
        if not self:
            return {}
        pairs = (one.partition(":") for one in self._codes("same_file"))
        return {code.strip(): stage.strip() for code, _colon, stage in pairs}


class CobranzaProceedingTerm(models.Model):
    """A term of the law that runs from what opens a stage of a procedure."""

    _name = "cobranza.proceeding.term"
    _inherit = "cobranza.catalog.mixin"
    _description = "Term of a stage"
    _order = "stage_id, sequence, id"

    stage_id = fields.Many2one(
        "cobranza.proceeding.stage", required=True, ondelete="cascade", index=True
    )
    number = fields.Integer(required=True)
    unit = fields.Selection(UNITS, required=True, default="court_day")
    who = fields.Selection(WHO, "Whose", required=True, default="us")
    elapses = fields.Boolean(
        "Must have elapsed",
        help="Something may be done only after it: the latest day that is known holds. "
        "Else one has to act within it, and the earliest day holds.",
    )
    from_receipt = fields.Boolean(
        "From a notice",
        default=True,
        help="It runs from the day on which a notice counts, else from the day of the "
        "stage.",
    )
    carries = fields.Boolean(
        "Goes on after the stage",
        help="It is proposed to carry it when the proceeding leaves the stage.",
    )
    alarm_days = fields.Integer(
        "Told before",
        help="Days before the last one on which its owner is told. 0: as the company "
        "says.",
    )
    automatic = fields.Boolean(
        "Opened with the stage",
        default=True,
        help="Else somebody opens it, when it comes to that.",
    )
    for_procedure = fields.Char(
        "Only where open",
        help="Code of a procedure that has to admit the amount claimed. Empty: any.",
    )
    claims_above = fields.Float(
        "Only for claims above", digits=(16, 2), help="0: for all."
    )
    article = fields.Char()
    next_code = fields.Char(
        "Then", help="Code of the stage that follows when nobody has acted."
    )

    _number_positive = models.Constraint(
        "CHECK (number > 0)", "A term is longer than nothing."
    )
    _code_uniq = models.UniqueIndex(
        "(stage_id, code, COALESCE(company_id, 0)) WHERE active",
        "This stage has a term of this code already.",
    )

    def _goes_on(self):
        """Whether it is carried on when its stage is left and nobody decides: what we
        have to do, and what the row says."""
        return self.carries or (self.who == "us" and not self.elapses)

    def _fits(self, proceeding, day):
        """Whether it runs in a proceeding of its amount on a day; yes where that is not
        known."""
        self.ensure_one()
        amount = proceeding.amount or proceeding.case_id.amount
        if not amount:
            return True
        if self.claims_above and amount <= self.claims_above:
            return False
        if not self.for_procedure:
            return True
        company = proceeding.company_id
        types = self.env["cobranza.proceeding.type"]._on(company, day)
        row = types.filtered(lambda one: one.code == self.for_procedure)
        if not row:
            return True
        try:
            known = row._kernel(company._cobranza_legal_table(day, day), day)
        except (MissingValue, NoSuchRule):
            return True
        return known.admits(to_decimal(amount))
