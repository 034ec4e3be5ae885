from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..common.rows import Row


class CobranzaCaseAct(models.Model):
    """What was done in a case, by whom and when, with its files. Append-only: who wrote
    it down may lose the rights on the case, what was written stays."""

    _name = "cobranza.case.act"
    _inherit = "cobranza.gate.mixin"
    _description = "Act in a legal case"
    _order = "day desc, id desc"
    _rec_name = "summary"

    _evidence_files = {"file_ids": []}

    case_id = fields.Many2one(
        "cobranza.case", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True)
    day = fields.Date(
        required=True, default=lambda self: self.env.company._cobranza_today()
    )
    kind = Row("cobranza.case.act.kind", required=True, default="note")
    summary = fields.Char("What", required=True)
    note = fields.Text()
    confidential = fields.Boolean(
        help="Between lawyers, or said in a negotiation: no report and no dossier "
        "shows it.",
    )
    file_ids = fields.Many2many(
        "ir.attachment", "cobranza_case_act_file_rel", string="Files", copy=False
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )

    @api.constrains("day", "case_id")
    def _check_day(self):
        for act in self:
            if act.day > act.case_id.company_id._cobranza_today():
                raise ValidationError(
                    self.env._("%s: that day has not come yet.", act.summary)
                )

    @api.model_create_multi
    def create(self, vals_list):
        acts = super().create(vals_list)
        if not self._is_through_gate():
            kinds = self.env["cobranza.case.act.kind"]
            for act in acts:
                if not kinds._is(act.kind, "by_hand"):
                    raise UserError(
                        self.env._(
                            "“%s” is written down by what is done with buttons.",
                            kinds._label(act.kind),
                        )
                    )
                act.case_id._check_worked()
        for act in acts:
            # sudo: whoever writes acts may not change them; its files are evidence now
            mine = act._through_gate().sudo()
            mine.file_ids.filtered(lambda file: not file.res_id).write(
                {"res_model": self._name, "res_id": act.id}
            )
        return acts

    def write(self, vals):
        if not self._is_through_gate():  # erasing for privacy
            raise UserError(
                self.env._("What was done in a case is not changed: add what is new.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was done in a case is never deleted."))
