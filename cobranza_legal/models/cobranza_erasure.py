from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..kernel.lifecycle import ERASURE
from .cobranza_retention import OPEN_CONTACTS

BATCH = 200
"""Contacts erased in one transaction."""
MANAGERS = "cobranza_legal.group_collection_manager"


class CobranzaErasure(models.Model):
    """The proposal to erase a part of a debtor's log, its answer and what was done.

    Text, recipient, address and files go; hash, dates and reason stay.
    """

    _name = "cobranza.erasure"
    _description = "Erasure of the log of contacts"
    _inherit = "cobranza.state.mixin"
    _order = "id desc"
    _lifecycle = ERASURE

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, readonly=True, index=True, ondelete="restrict"
    )
    request_id = fields.Many2one(
        "cobranza.privacy.request", readonly=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        readonly=True,
        help="Only what was said to this person; empty: the whole log.",
    )
    cutoff = fields.Date(
        string="Made before", required=True, readonly=True, help="Entries before it."
    )
    reason = fields.Char(required=True, readonly=True)
    article = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("done", "Erased"),
            ("refused", "Refused"),
        ],
        default="proposed",
        required=True,
        readonly=True,
    )
    contact_count = fields.Integer(string="Contacts", readonly=True)
    erased_count = fields.Integer(string="Contacts erased", readonly=True)
    proposed_by_id = fields.Many2one("res.users", readonly=True)
    answered_by_id = fields.Many2one("res.users", readonly=True)
    answered_on = fields.Datetime(readonly=True)
    done_on = fields.Datetime(readonly=True)
    note = fields.Text(string="Answer")

    _open_uniq = models.UniqueIndex(
        "(debtor_id, COALESCE(request_id, 0)) WHERE state IN ('proposed', 'approved')",
        "The erasure of this log waits for its answer already.",
    )

    @api.depends("debtor_id", "cutoff")
    def _compute_display_name(self):
        for erasure in self:
            erasure.display_name = (
                f"{erasure.debtor_id.display_name} · {erasure.cutoff}"
            )

    # -- guards ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_through_gate():
            raise UserError(
                self.env._("Erasures are proposed by the upkeep or by a request.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if not self._is_through_gate():
            open_ones = all(one.state == "proposed" for one in self)
            if set(vals) - {"note"} or not open_ones:
                raise UserError(self.env._("An erasure is answered, never edited."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was erased, when and why is kept."))

    # -- proposing and answering -----------------------------------------------------

    @api.model
    def _propose(self, debtor, cutoff, reason, article, **values):
        """The proposal for a debtor, empty when nothing of the log is that old or one
        waits already; the manager is asked."""
        vals = {
            "company_id": debtor.company_id.id,
            "debtor_id": debtor.id,
            "cutoff": cutoff,
            "reason": reason,
            "article": article,
            **values,
        }
        request = values.get("request_id", False)
        waiting = Domain("debtor_id", "=", debtor.id) & Domain(
            "state", "in", ("proposed", "approved")
        )
        if self.search_count(waiting & Domain("request_id", "=", request), limit=1):
            return self.browse()
        person = values.get("partner_id", False)
        domain = self._log_domain(debtor.id, cutoff, person)
        count = self.env["cobranza.contact"].sudo().search_count(domain)
        if not count:
            return self.browse()
        # sudo: nobody but this code makes proposals
        erasure = self.sudo()._through_gate().create({**vals, "contact_count": count})
        debtor.company_id._cobranza_ask_manager(
            debtor,
            self.env._("Decide on erasing the log"),
            [f"{erasure.display_name}: {reason} ({article})"],
        )
        return self.browse(erasure.id)

    def _contact_domain(self):
        """What is left to erase."""
        return self._log_domain(self.debtor_id.id, self.cutoff, self.partner_id.id)

    @staticmethod
    def _log_domain(debtor_id, cutoff, partner_id):
        domain = Domain("debtor_id", "=", debtor_id)
        domain &= Domain("erased_on", "=", False)
        domain &= Domain("state", "not in", OPEN_CONTACTS)
        made = Domain("sent_at", "<", cutoff)
        never = Domain("sent_at", "=", False) & Domain("planned_at", "<", cutoff)
        domain &= made | never
        if partner_id:
            domain &= Domain("recipient_id", "=", partner_id)
        return domain

    def _check_manager(self):
        self.check_access("write")
        if not self.env.user.has_group(MANAGERS):
            raise AccessError(self.env._("Only collection managers decide on this."))

    def action_approve(self):
        """Have it erased by the next upkeep, unless something keeps the log."""
        self._check_manager()
        for erasure in self:
            found = erasure._refusals()
            if found:
                raise UserError("\n".join([erasure.display_name, *found]))
            erasure._check_two_people()
        self._answer("approved")
        # whoever decides may not touch crons
        self.env.ref("cobranza_legal.ir_cron_upkeep").sudo()._trigger()
        return True

    def action_refuse(self):
        self._check_manager()
        if not all((one.note or "").strip() for one in self):
            raise UserError(self.env._("Write in the answer why it is kept."))
        self._answer("refused")
        return True

    def _answer(self, state):
        for erasure in self:
            erasure._set_state(
                state,
                erasure.note,
                answered_by_id=self.env.uid,
                answered_on=fields.Datetime.now(),
            )

    def _check_two_people(self):
        """Who proposed it does not approve it while another manager can."""
        company = self.company_id.sudo()
        group = self.env.ref(MANAGERS).sudo()  # groups are the administrator's
        others = group.all_user_ids.filtered(
            lambda one: one.active and company in one.company_ids
        )
        alone = company.cobranza_approve_alone or others <= self.env.user
        if self.proposed_by_id == self.env.user and not alone:
            raise UserError(
                self.env._("You proposed it: another manager has to approve it.")
            )

    def _refusals(self):
        return self.debtor_id._retention_refusals(besides=self.request_id)

    # -- erasing ---------------------------------------------------------------------

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Approved erasures of a company."""
        domain = [("company_id", "=", company.id), ("state", "=", "approved")]
        return self.search(domain, limit=limit, order="id")

    def _upkeep(self, today):
        """Erase a batch of each; what came up since it was approved stops it."""
        for erasure in self:
            found = erasure._refusals()
            if found:
                erasure._set_state("refused", "\n".join(found))
                continue
            contacts = self.env["cobranza.contact"]
            batch = contacts.search(erasure._contact_domain(), limit=BATCH)
            batch._erase(f"{erasure.reason} ({erasure.article})")
            count = erasure.erased_count + len(batch)
            erasure._through_gate().write({"erased_count": count})
            if not contacts.search_count(erasure._contact_domain(), limit=1):
                erasure._finish()

    def _finish(self):
        if not self.partner_id:
            self.debtor_id._erase_matters(self.cutoff)
        self._set_state("done", self.reason, done_on=fields.Datetime.now())
