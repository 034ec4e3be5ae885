from odoo import api, fields, models
from odoo.tools import SQL

from ...kernel.duties import DutyFacts, standing


class CobranzaContact(models.Model):
    """Acts that the law asks for after a contact, planned by the upkeep when due.

    Each duty of a contact has one contact at most, a copy of it: a killed upkeep runs
    again to the same result.
    """

    _inherit = "cobranza.contact"

    duty_key = fields.Char(string="Owed after another contact", readonly=True)
    duty_article = fields.Char(string="Owed by", readonly=True)
    duty_check_on = fields.Date(
        readonly=True,
        copy=False,
        help="Day on which the upkeep looks at what is owed after this contact.",
    )

    _duty_uniq = models.UniqueIndex(
        "(step_id, duty_key) WHERE duty_key IS NOT NULL",
        "This contact has been followed up already.",
    )
    _duty_idx = models.Index(
        "(company_id, duty_check_on) WHERE duty_check_on IS NOT NULL"
    )

    def _look_for_duties(self):
        """What is owed after these contacts may have changed: look today."""
        for company, contacts in self.grouped("company_id").items():
            made = contacts.filtered(
                lambda contact: (
                    contact.direction == "outbound"
                    and contact.state == "sent"
                    and not contact.duty_key
                )
            )
            # carriers' answers are recorded by people who may not plan
            gate = made.sudo()._through_gate()
            gate.write({"duty_check_on": company._cobranza_today()})

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Contacts after which something may be owed by today."""
        domain = [("company_id", "=", company.id), ("duty_check_on", "<=", today)]
        return self.search(domain, limit=limit, order="id")

    def _upkeep(self, today):
        """Plan what is due and look again on the day of the next duty. In a mode where
        nothing may leave it waits like any contact."""
        duties = self.company_id._cobranza_rules()._follow_up_duties(self)
        facts = self._duty_facts()
        todo = {
            one: standing(duties.get(one.id, ()), facts[one.id])
            for one in self
            if one.id in duties
        }
        due = self.filtered(
            lambda contact: any(duty.due_on <= today for duty in todo.get(contact, ()))
        )
        claims = due.line_ids.debt_id._claimable(today) if due else {}
        specs = [
            contact._duty_spec(duty, claims)
            for contact in due
            for duty in todo[contact]
            if duty.due_on <= today
        ]
        self._plan([spec for spec in specs if spec["lines"]])
        for contact in self:
            day = contact._next_duty_day(todo.get(contact, ()), claims, today)
            contact._through_gate().write({"duty_check_on": day})

    def _next_duty_day(self, duties, claims, today):
        """When to look again: tomorrow at what cannot be claimed today, though it is
        owed."""
        days = [duty.due_on for duty in duties if duty.due_on > today]
        debts = self.line_ids.debt_id
        stopped = not any(debt.id in claims for debt in debts)
        if len(days) < len(duties) and stopped and not all(debts.mapped("settled")):
            days.append(fields.Date.add(today, days=1))
        return min(days, default=False)

    def _duty_spec(self, duty, claims):
        """The spec of ``_plan`` that does a duty about what is still claimed; what
        follows from a guarantor's contact goes to this guarantor."""
        values = {"duty_key": duty.key, "duty_article": duty.article}
        if self.suspension_id:  # what its text says
            values["suspension_id"] = self.suspension_id.id
        if self.level_id._recipient_role() == "guarantor":
            values |= {"recipient_id": self.recipient_id.id, "recipient_chosen": True}
        return {
            "debtor_id": self.debtor_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "channel": duty.channel,
            "level_id": self.level_id.id,
            "text_purpose": duty.purpose or False,
            "automatic": duty.automatic,
            "lines": [
                (
                    line.debt_id.id,
                    line.level_id.id,
                    line.level,
                    line.episode,
                    *claims[line.debt_id.id][:2],
                )
                for line in self.line_ids
                if line.debt_id.id in claims
            ],
            "step_id": self.id,
            "values": values,
        }

    def _duty_facts(self):
        """{contact id: ``DutyFacts``}, in two queries."""
        self.flush_model()
        self.env["cobranza.contact.event"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT c.id,
                          EXISTS (SELECT 1 FROM cobranza_contact a
                                   WHERE a.debtor_id = c.debtor_id AND a.id <> c.id
                                     AND a.state = 'sent' AND a.sent_at >= c.sent_at
                                     AND (a.direction = 'inbound'
                                          OR a.outcome = ANY(%(manifest)s)))
                          OR c.outcome = ANY(%(manifest)s)
                          OR EXISTS (SELECT 1 FROM cobranza_contact_event e
                                      WHERE e.contact_id = c.id AND e.kind = 'answered'
                                        AND c.channel <> ALL(%(voice)s)),
                          array(SELECT f.duty_key FROM cobranza_contact f
                                 WHERE f.step_id = c.id AND f.duty_key IS NOT NULL)
                     FROM cobranza_contact c WHERE c.id = ANY(%(ids)s)""",
                manifest=self.env["cobranza.outcome"]._where(manifest=True),
                voice=list(self._voice_codes()),
                ids=self.ids,
            )
        )
        received = {one.id: bool(one.received_on) for one in self}
        return {
            contact: DutyFacts(bool(answered), received[contact], frozenset(done))
            for contact, answered, done in rows
        }

    @api.model
    def _voice_codes(self):
        codes = self.env.company._cobranza_rules()._channel_codes("voice")
        return codes or {""}
