from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.dunning import Reason
from .cobranza_reason import REASONS


class CobranzaContact(models.Model):
    """What must be in order before a contact leaves, by a machine or by a person."""

    _inherit = "cobranza.contact"

    # -- machines ------------------------------------------------------------------

    def _keep_permitted(self, limiter):
        """Without those that the country forbids at this moment."""
        blockers = limiter.company._cobranza_rules()._contact_blockers(
            self, limiter.now
        )
        kept = self.browse()
        for contact in self:
            found = blockers.get(contact.id)
            if not found:
                kept |= contact
                continue
            code, note = self._blocked_by(found)
            contact._postpone(code, note)
            if code == Reason.OPTED_OUT.value:
                contact._tell_lack(self.env._("The debtor does not want this"), note)
        return kept

    @api.model
    def _blocked_by(self, found):
        """(waiting reason, note) that shows these blockers of a contact."""
        code = found[0][0]
        code = code if code in dict(REASONS) else Reason.BLOCKED.value
        return code, "\n".join(message for _code, message in found)

    def _keep_complete(self):
        """Without those whose data are missing; a person is told once."""
        missing = self._missing()
        for contact_id, message in missing.items():
            self.browse(contact_id)._miss(message)
        return self - self.browse(missing)

    def _lacking_law(self):
        """{contact id: message} of those whose charges wait for a legal value: what
        they announce cannot be computed yet."""
        lacking = self.env["cobranza.contact.line"].search(
            [("contact_id", "in", self.ids), ("debt_id.charge_lacking", "=", True)]
        )
        return {line.contact_id.id: line.debt_id.charge_note for line in lacking}

    def _keep_released(self, limiter):
        """Without those that no machine may make any more: the debtor's regime changed
        since they were planned, or he is known to be vulnerable, and no person has
        released them."""
        barred = self.filtered(
            lambda one: (
                not one.released_by_id
                and not limiter.may_be_automatic(one.debtor_id.id)
            )
        )
        barred._take_back("not_automatic")
        return self - barred

    def _take_back(self, waiting):
        """These planned contacts need a (new) release."""
        values = {"released": False, "released_by_id": False, "released_on": False}
        self._through_gate().write({**values, "waiting": waiting})

    def _keep_within_limits(self, limiter):
        """Without those that are outside hours or limits now; they get a new slot."""
        kept = self.browse()
        for contact in self.sorted(lambda one: (one.planned_at or limiter.now, one.id)):
            slot, waiting, note = limiter.slot(
                contact.debtor_id.id, contact.channel, limiter.now, contact.id
            )
            if slot == limiter.now:
                kept |= contact
                continue
            again = slot or fields.Datetime.add(limiter.now, days=1)
            contact._through_gate().write(
                {"planned_at": again, "waiting": waiting, "waiting_note": note}
            )
        (self - kept)._wake_sender()
        return kept

    def _miss(self, message):
        self._postpone("missing_data", message)
        self._tell_lack(self.env._("Data are missing for a contact"), message)

    def _postpone(self, waiting, note):
        """Look again tomorrow."""
        tomorrow = fields.Datetime.add(fields.Datetime.now(), days=1)
        values = {"waiting": waiting, "waiting_note": note, "planned_at": tomorrow}
        self._through_gate().write(values)

    # -- people --------------------------------------------------------------------

    def _check_may_leave(self):
        """UserError when a person may not make these planned contacts now."""
        for company, contacts in self.grouped("company_id").items():
            company._cobranza_check_mode()
            rules = company._cobranza_rules()
            blockers = rules._contact_blockers(contacts, fields.Datetime.now())
            found = [text for one in blockers.values() for _code, text in one]
            found += contacts._missing().values()
            if found:
                raise UserError("\n".join(dict.fromkeys(found)))

    def _check_limits(self):
        """UserError when one of these contacts would be one too many now. Hours are not
        asked: nobody is disturbed while a letter is printed."""
        now = fields.Datetime.now()
        for contact in self:
            debtor, channel = contact.debtor_id, contact.channel
            warning = debtor._limit_warning(channel, now, contact.id, hours=False)
            if warning:
                message = f"{contact.display_name}: {warning}"
                raise UserError(message)
