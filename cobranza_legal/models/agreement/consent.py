from odoo import api, fields, models
from odoo.exceptions import UserError

FREE = "agreement_free"
"""Kind of the approval to go on without a guarantor's consent."""


class CobranzaAgreementConsent(models.Model):
    """A guarantor consented in writing to the time that an agreement gives.

    Without it the guarantee ends: CC (ES) art. 1851, CC (CL) art. 1649. Append-only.
    """

    _name = "cobranza.agreement.consent"
    _inherit = "cobranza.gate.mixin"
    _description = "Consent of a guarantor"
    _order = "agreement_id, id"
    _rec_name = "obligor_id"
    _evidence_files = {"file_ids": []}

    agreement_id = fields.Many2one(
        "cobranza.agreement",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    obligor_id = fields.Many2one(
        "cobranza.obligor",
        "Guarantor",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    consented_on = fields.Date("Consented on", required=True, readonly=True)
    file_ids = fields.Many2many(
        "ir.attachment", "cobranza_agreement_consent_file_rel", readonly=True
    )
    user_id = fields.Many2one("res.users", "Recorded by", required=True, readonly=True)
    void = fields.Boolean(
        "Of other terms",
        readonly=True,
        help="The agreement was taken back afterwards: it consents to nothing now.",
    )

    _valid_uniq = models.UniqueIndex(
        "(agreement_id, obligor_id) WHERE void IS NOT TRUE",
        "This guarantor has consented already.",
    )

    def write(self, vals):
        if not self._is_through_gate():
            raise UserError(self.env._("A consent is never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A consent is never deleted."))


class CobranzaAgreement(models.Model):
    """Who else answers for the debts of an agreement, and whether the time that it
    gives would free them."""

    _inherit = "cobranza.agreement"

    consent_ids = fields.One2many(
        "cobranza.agreement.consent", "agreement_id", "Consents", readonly=True
    )
    guarantor_ids = fields.Many2many(
        "cobranza.obligor", compute="_compute_guarantors", string="Guarantors"
    )
    unheard_ids = fields.Many2many(
        "cobranza.obligor",
        compute="_compute_guarantors",
        string="Has not consented",
        help="Their guarantee would end with the time that is given to the debtor.",
    )
    frees = fields.Boolean(
        "May free them",
        readonly=True,
        copy=False,
        help="A lawyer has passed it without their consent.",
    )
    free_ids = fields.Many2many(
        "cobranza.obligor",
        "cobranza_agreement_free_rel",
        string="Asked to be freed",
        readonly=True,
        copy=False,
        help="The guarantors about whom the lawyer was asked; nobody else is freed.",
    )

    @api.depends("debt_ids", "consent_ids", "state")
    def _compute_guarantors(self):
        for agreement in self:
            agreement.guarantor_ids = agreement._guarantors()
            agreement.unheard_ids = agreement._unheard()

    def _guarantors(self):
        """Obligors, other than the debtor, whom more time for the debtor would free."""
        self.ensure_one()
        # sudo: who answers for a debt does not depend on who looks
        debts, found = self.sudo().debt_ids, self.env["cobranza.obligor"].sudo()
        if not debts:
            return found.sudo(False)
        today = self.company_id._cobranza_today()
        for answers in debts._obligors(today).values():
            for _partner, capacity, obligor, *_limits in answers:
                if obligor and (capacity.is_guarantor or capacity.is_solidary):
                    found |= obligor
        return found.sudo(False)

    def _unheard(self):
        """Those of them who have consented neither to this nor in advance."""
        self.ensure_one()
        guarantors = self._guarantors().sudo()
        heard = guarantors.filtered("accepts_extensions")
        return (guarantors - heard - self._consents().obligor_id).sudo(False)

    def _consents(self):
        """Those given to these terms, as superuser: who may agree may know of them."""
        return self.sudo().consent_ids.filtered(lambda one: not one.void)

    def _check_guarantees(self):
        """UserError, with the article, while a guarantor has not consented and nobody
        has passed that the guarantee ends."""
        for agreement in self:
            unheard = agreement._unheard()
            if agreement.frees:
                unheard -= agreement.sudo().free_ids.sudo(False)
            if not unheard:
                continue
            article = agreement.company_id._cobranza_rules()._extension_article()
            words = self.env._(
                "%(agreement)s: more time for the debtor ends the guarantee of "
                "%(names)s, who has not consented in writing%(article)s. Record the "
                "consent, or ask a lawyer to pass it without.",
                agreement=agreement.display_name,
                names=", ".join(unheard.sudo().partner_id.mapped("display_name")),
                article=f" ({article})" if article else "",
            )
            raise UserError(words)

    def _consent(self, obligor, day, files):
        """A guarantor consented in writing on ``day``. UserError without the file."""
        self.ensure_one()
        self.check_access("write")
        self._expect("requested", "approved")
        if obligor not in self._guarantors():
            raise UserError(
                self.env._(
                    "%(name)s does not answer for the debts of %(agreement)s.",
                    name=obligor.display_name,
                    agreement=self.display_name,
                )
            )
        if obligor.sudo() in self._consents().obligor_id:
            raise UserError(self.env._("This guarantor has consented already."))
        if not files:
            raise UserError(self.env._("Add the file: the consent is in writing."))
        if day > self.company_id._cobranza_today():
            raise UserError(self.env._("That day has not come yet."))
        # sudo: made here only
        self.env["cobranza.agreement.consent"].sudo().create(
            {
                "agreement_id": self.id,
                "obligor_id": obligor.id,
                "consented_on": day,
                "file_ids": [fields.Command.set(files.ids)],
                "user_id": self.env.user.id,
            }
        )
        self._log(self.env._("%s has consented", obligor.sudo().display_name))

    def action_consent(self):
        self.ensure_one()
        return self._dialog("action_cobranza_agreement_consent", agreement_id=self.id)

    def action_free(self):
        return self.env["cobranza.reason"]._ask("free_guarantors", self)

    def _ask_to_free(self, reason):
        """Ask a lawyer to go on without the consent of guarantors, who are named."""
        self.check_access("write")
        for agreement in self:
            agreement._expect("requested", "approved")
            unheard = agreement._unheard()
            if not unheard:
                raise UserError(
                    self.env._(
                        "%s: every guarantor has consented.", agreement.display_name
                    )
                )
            words = self.env._(
                "%(reason)s The guarantee of %(names)s would end.",
                reason=f"{reason.rstrip('.')}.",
                names=", ".join(unheard.sudo().partner_id.mapped("display_name")),
            )
            self.env["cobranza.approval"]._ask(
                agreement, FREE, words, agreement.amount, agreement.currency_id
            )
            agreement._through_gate().write(
                {"free_ids": [fields.Command.set(unheard.ids)], "frees": False}
            )

    def _answers_for_more(self, obligor):
        """Whether an obligor answers for debts that are open and not agreed about."""
        obligor = obligor.sudo()
        named = obligor.debt_ids or self.debtor_id.sudo().open_debt_ids
        others = named.filtered(lambda debt: not debt.settled) - self.sudo().debt_ids
        return bool(others.filtered(obligor._answers_for))

    def _free_guarantors(self):
        """The time is given: whoever has not consented answers no more for the debts
        of the agreement, for others as before."""
        for agreement in self:
            # sudo: a lawyer has passed it, whoever records the signature
            unheard = agreement.sudo()._unheard() & agreement.sudo().free_ids
            if not unheard:
                continue
            reason = self.env._("By the agreement %s", agreement.display_name)
            wide = unheard.filtered(agreement._answers_for_more)
            wide.sudo()._free_of(agreement.debt_ids, reason)
            unheard = (unheard - wide).sudo()
            unheard._end("freed_by_extension", reason, agreement.signed_on)
