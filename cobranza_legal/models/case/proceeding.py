from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...kernel.lifecycle import PROCEEDING

STATES = [
    ("draft", "Being prepared"),
    ("filed", "Before the court"),
    ("ended", "Ended"),
    ("cancelled", "Cancelled"),
]


class CobranzaProceeding(models.Model):
    """One procedure that a case takes before a court, a notary or a public body: where
    it is, under which number, and in which stage. A case may have several, one after
    another (a payment order, the suit that follows it, the enforcement)."""

    _name = "cobranza.proceeding"
    _inherit = ["cobranza.followup.item.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Proceeding"
    _order = "id desc"

    _lifecycle = PROCEEDING
    _logged = ("type_id", "court_id", "docket", "judge", "stage_id", "user_id")
    _after_close = frozenset({"note", "user_id", "docket", "judge", "court_id"})

    case_id = fields.Many2one(
        "cobranza.case",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    debtor_id = fields.Many2one(
        related="case_id.debtor_id", store=True, precompute=True, ondelete="restrict"
    )
    type_id = fields.Many2one(
        "cobranza.proceeding.type",
        string="Procedure",
        required=True,
        ondelete="restrict",
    )
    procedure_code = fields.Char(related="type_id.code")
    parent_id = fields.Many2one(
        "cobranza.proceeding",
        string="Follows from",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('case_id', '=', case_id), ('id', '!=', id)]",
        help="The proceeding that this one goes on from.",
    )
    court_id = fields.Many2one(
        "cobranza.court", string="Court", ondelete="restrict", index="btree_not_null"
    )
    docket = fields.Char("Docket number", copy=False, index="btree_not_null")
    judge = fields.Char(copy=False)
    stage_id = fields.Many2one(
        "cobranza.proceeding.stage",
        string="Stage",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
    )
    stage_on = fields.Date("In this stage since", readonly=True, copy=False)
    phase = fields.Selection(related="stage_id.phase", store=True)
    state = fields.Selection(
        STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        "Amount claimed",
        readonly=True,
        copy=False,
        help="Frozen when it is filed: what the case claims, without costs.",
    )
    filed_on = fields.Date(readonly=True, copy=False)
    ended_on = fields.Date(readonly=True, copy=False)
    note = fields.Text()

    @api.depends("type_id", "docket", "case_id")
    def _compute_display_name(self):
        for one in self:
            parts = (one.type_id.name, one.docket or one.case_id.name)
            one.display_name = " · ".join(part for part in parts if part)

    @api.constrains("parent_id", "case_id")
    def _check_parent(self):
        for one in self:
            if one.parent_id and one.parent_id.case_id != one.case_id:
                raise ValidationError(
                    self.env._(
                        "%s: choose a proceeding of the same case.", one.display_name
                    )
                )

    def _on_stage(self, before, day):
        """What follows from a change of stage on a day: these were in the stage
        ``before``."""
        self._follow_stage(before, day)
