from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mail import plaintext2html

from ...kernel.errors import MissingValue, NoSuchRule
from ..common.words import say_error
from .suspension import UNSENT

NOTICE = "suspension_notice"
"""Purpose of the text by which a debtor is told."""


class CobranzaSuspension(models.Model):
    """How the debtor is told: a contact like any other, with a text of its own, whose
    reception is judged by the rules of the country."""

    _inherit = "cobranza.suspension"

    def action_notify(self):
        """Plan and release the notice. UserError with all that forbids it."""
        self.ensure_one()
        self.check_access("write")
        self._expect("proposed")
        claims = self.debt_ids._claimable()
        self._check_notice(claims)
        debts = self.debt_ids.filtered(lambda debt: debt.id in claims)
        contact = self.env["cobranza.contact"]._create_extra(
            self.debtor_id,
            self.channel,
            debts,
            claims,
            {
                "level_id": False,
                "text_purpose": NOTICE,
                "suspension_id": self.id,
                "planned_at": fields.Datetime.now(),
                "waiting": "not_automatic",
                "user_id": self.env.uid,
            },
        )
        contact._check_may_be_sent()
        self._through_gate().notice_contact_id = contact.id
        contact.action_release()
        return contact.get_formview_action()

    def _check_notice(self, claims):
        """UserError with everything that keeps its notice from leaving today;
        ``claims``: what may be claimed of its debts."""
        company = self.company_id
        today = company._cobranza_today()
        try:
            found = [item.words for item in self._blockers(company, today)[self.id]]
            rules = company._cobranza_rules()
            proves = rules._delivery_rules(self.channel, today)
        except (MissingValue, NoSuchRule) as error:
            raise UserError(say_error(self.env, error)) from error
        if not (self.services or "").strip():
            found.append(self.env._("Say which services the debtor gets no more."))
        if not proves:
            channels = self.env["cobranza.channel"]
            found.append(
                self.env._(
                    "%s: no rule of the country says that this proves reception. It "
                    "would never be in force: choose another way.",
                    channels._label(self.channel),
                )
            )
        if not any(claims[one].left > 0 for one in self.debt_ids.ids if one in claims):
            found.append(self.env._("Nothing of its debts may be claimed today."))
        waiting = self.notice_contact_id.filtered(lambda one: one.state in UNSENT)
        if waiting:
            found.append(
                self.env._("Its notice is on its way: %s.", waiting.display_name)
            )
        if found:
            raise UserError("\n".join([self.display_name, *found]))

    def _blockers(self, company, on):
        """{id: [``SuspensionBlocker``]} of these suspensions, all of one company: what
        the rules of its country forbid, first because of the services."""
        rules = company._cobranza_rules()
        found = rules._suspension_blockers(self.debtor_id, on)
        return {
            one.id: [
                *rules._never_suspended(one.essential, one.debtor_id, on),
                *found[one.debtor_id.id],
            ]
            for one in self
        }

    @api.model
    def _noticed(self, contacts):
        """These have left: the notices of suspensions, and what repeats one that did
        not arrive, which is none. Run as superuser."""
        for contact in contacts:
            suspension = contact.suspension_id
            own = contact == suspension.notice_contact_id
            if suspension.state != "proposed" or not own:
                continue
            suspension._set_state(
                "noticed",
                contact.display_name,
                noticed_on=contact._local_day(contact.sent_at),
            )

    def _call_back(self, reason):
        """The notices of these suspensions that have not left do not leave."""
        waiting = self.notice_contact_id.filtered(
            lambda one: one.state in ("draft", "planned", "failed")
        )
        # sudo: it follows from the end of the suspension
        waiting.sudo()._set_state("cancelled", reason)

    # -- its text ----------------------------------------------------------------------

    @api.model
    def _merge_of_contact(self, contact):
        """The merge fields of the suspension that a contact announces; none for one
        about something else."""
        if contact.text_purpose != NOTICE or not contact.suspension_id:
            return {}
        # sudo: the letter is the debtor's own
        suspension = contact.suspension_id.sudo()
        return {
            "suspension_services": suspension._scope(),
            "suspension_days": str(suspension.term_days),
        }

    @api.model
    def _samples(self):
        """{merge field: example} of what is said of suspensions, in the context's
        language."""
        company = self.env.company
        services = company.cobranza_suspension_services or self.env._(
            "Internet access and the gym."
        )
        return {
            "suspension_services": plaintext2html(services),
            "suspension_days": str(company.cobranza_suspension_days),
        }
