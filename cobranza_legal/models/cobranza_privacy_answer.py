import io
import json

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .cobranza_privacy_data import person_data

NEEDS_IDENTITY = ("access", "portability", "erasure", "rectification")


class CobranzaPrivacyRequest(models.Model):
    """What follows from a request: files, holds, erasures, an answer."""

    _inherit = "cobranza.privacy.request"

    def _check_answerable(self):
        self.check_access("write")
        self._expect_received()
        for request in self:
            if request.kind in NEEDS_IDENTITY and not request.identity:
                raise UserError(
                    self.env._(
                        "%s: say first how the identity was checked.",
                        request.display_name,
                    )
                )

    # -- access and portability ------------------------------------------------------

    def action_produce(self):
        """The data of the person as files of the answer: the log as archive where the
        person is the debtor, and everything that a machine can read as JSON."""
        self.ensure_one()
        self._check_answerable()
        data = json.dumps(person_data(self), indent=2, ensure_ascii=False)
        files = [("personal-data.json", data.encode(), "application/json")]
        for debtor in self._own_debtors():
            export = self.env["cobranza.log.export"].create(
                {
                    "debtor_id": debtor.id,
                    "reason": self.display_name,
                    "lang": debtor._installed_lang(),
                }
            )
            stream = io.BytesIO()
            export._write_zip(stream)
            name = f"{export._folder()}.zip"
            files.append((name, stream.getvalue(), "application/zip"))
        made = self.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": content,
                    "mimetype": mimetype,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for name, content, mimetype in files
            ]
        )
        self._through_gate().write({"file_ids": [Command.set(made.ids)]})
        return True

    # -- block -----------------------------------------------------------------------

    def action_block(self):
        """Stop our contacts about the person's debts at once."""
        self.check_access("write")
        self._expect_received()
        self._block()
        return True

    def _block(self):
        # whoever registers the request stops us, also without rights on the debtor
        holds = self.env["cobranza.hold"].sudo()
        for request in self:
            for debtor in request._own_debtors().sudo() - request.hold_ids.debtor_id:
                holds.create(
                    {
                        "debtor_id": debtor.id,
                        "reason": "privacy",
                        "note": request.display_name,
                        "date_from": request.company_id._cobranza_today(),
                        "user_id": request.user_id.id,
                        "privacy_request_id": request.id,
                    }
                )

    # -- erasure ---------------------------------------------------------------------

    def action_propose_erasure(self):
        """Propose to erase what no law keeps, and list what is kept and why."""
        self.ensure_one()
        self._check_answerable()
        law = self.company_id._cobranza_retention(self.company_id._cobranza_today())
        own, lines = self._own_debtors(), []
        for debtor in self.debtor_ids:
            partner = self.env["res.partner"] if debtor in own else self.partner_id
            if debtor in own or partner:
                lines += self._propose_erasure(debtor, partner, law)
        if self._partners():
            lines.append(
                self.env._(
                    "Invoices, payments and the contact itself: they belong to the "
                    "books of the company."
                )
            )
        self._through_gate().write({"kept": "\n".join(lines)})
        return True

    def _propose_erasure(self, debtor, partner, law):
        """Propose it for one debtor; gives back what is kept, with its reason."""
        name = debtor.display_name
        if not law:
            return [self.env._("%s: no law of retention is known here.", name)]
        refusals = debtor._retention_refusals(besides=self)
        if refusals:
            return [f"{name}: {one}" for one in refusals]
        today = self.company_id._cobranza_today()
        cutoff = today - relativedelta(years=law.years)
        self.env["cobranza.erasure"]._propose(
            debtor,
            cutoff,
            self.display_name,
            law.article,
            request_id=self.id,
            partner_id=partner.id,
            proposed_by_id=self.env.uid,
        )
        young = debtor.sudo().contact_ids.filtered(
            lambda one: one.sent_at and one.sent_at.date() >= cutoff
        )
        if not young:
            return []
        return [
            self.env._(
                "%(debtor)s: %(count)s contacts of the last %(years)s years "
                "(%(article)s).",
                debtor=name,
                count=len(young),
                years=law.years,
                article=law.article,
            )
        ]

    # -- endings ---------------------------------------------------------------------

    def action_answer(self):
        self._check_answerable()
        for request in self:
            if not (request.answer or "").strip():
                raise UserError(self.env._("Write what was answered."))
            wants_files = request.kind in ("access", "portability")
            if wants_files and not request.file_ids:
                raise UserError(self.env._("Produce the files of the answer first."))
            if request.kind == "restriction":
                request._block()
        return self._close("answered")

    def action_refuse(self):
        self.check_access("write")
        self._expect_received()
        if not all((one.answer or "").strip() for one in self):
            raise UserError(self.env._("Write in the answer why it is denied."))
        return self._close("refused")

    def action_withdraw(self):
        self.check_access("write")
        return self._close("withdrawn")

    def _close(self, state):
        self._expect_received()
        for request in self:
            request._set_state(
                state,
                answered_on=request.company_id._cobranza_today(),
                answered_by_id=self.env.uid,
            )
        return True

    def _on_state(self, target, reason):
        result = super()._on_state(target, reason)
        self._remind()
        if target in ("refused", "withdrawn"):
            holds = self.hold_ids.filtered(lambda one: one.state == "open")
            holds._release(self.env._("The request is closed"))
        return result


class CobranzaHold(models.Model):
    _inherit = "cobranza.hold"

    reason = fields.Selection(
        selection_add=[("privacy", "Request about personal data"), ("other",)],
        ondelete={"privacy": "set default"},
    )
    privacy_request_id = fields.Many2one(
        "cobranza.privacy.request", readonly=True, copy=False, index="btree_not_null"
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_not_blocked(self):
        if self.filtered("privacy_request_id"):
            raise UserError(
                self.env._("A hold that a person asked for is lifted, not deleted.")
            )

    def _release(self, reason):
        self._check_block()
        return super()._release(reason)

    def write(self, vals):
        if {"date_to", "debt_ids", "date_from", "debtor_id"} & set(vals):
            self._check_block()
        return super().write(vals)

    def _check_block(self):
        for hold in self.sudo():
            request = hold.privacy_request_id
            if hold.state == "open" and request.state == "received":
                raise UserError(
                    self.env._(
                        "%(request)s is not answered: until then the hold stays.",
                        request=request.display_name,
                    )
                )
