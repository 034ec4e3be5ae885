from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import groupby

from .bridge import to_decimal
from .contact_limits import Limiter

ZERO = Decimal(0)


class CobranzaContact(models.Model):
    """Planning: what the run decided becomes contacts with a slot."""

    _inherit = "cobranza.contact"

    @api.model
    def _plan(self, specs):
        """Contacts for these decisions, in one go; a second call adds nothing.

        Each spec is a dict: debtor_id, company_id, currency_id, channel, level_id,
        text_purpose, automatic, run_id and lines, a list of (debt, level record, level,
        episode, open amount, credit). Optional: step_id, user_id, and other values of
        the contact by name.
        """
        planned = self.browse()
        for company_id, group in groupby(specs, lambda spec: spec["company_id"]):
            company = self.env["res.company"].browse(company_id)
            planned |= self.with_company(company)._plan_company(company, group)
        return planned

    def _plan_company(self, company, specs):
        ids = {spec["debtor_id"] for spec in specs}
        debtors = self.env["cobranza.debtor"].browse(sorted(ids))
        limiter = Limiter(company, debtors)
        specs = self._spread(company, specs)
        specs, grown = self._join_waiting(company, limiter, specs)
        contacts = self._through_gate().create(
            [self._prepare_plan_vals(company, limiter, spec) for spec in specs]
        )
        contacts = contacts.with_env(self.env)
        contacts = contacts._insert_lines(company, specs)
        contacts._reroute()
        contacts._wake_sender()
        contacts |= grown
        contacts._note_missing_data()
        return contacts

    def _prepare_plan_vals(self, company, limiter, spec):
        debtor_id = spec["debtor_id"]
        slot, waiting, note = limiter.slot(debtor_id, spec["channel"], limiter.now)
        automatic = self._is_free(limiter, spec)
        released = company.cobranza_mode == "automatic" and automatic
        if not released:
            proposal = company.cobranza_mode == "proposal"
            waiting = "proposal" if proposal else "not_automatic"
        amounts = [(to_decimal(line[4]), to_decimal(line[5])) for line in spec["lines"]]
        return {
            "company_id": company.id,
            "debtor_id": debtor_id,
            "currency_id": spec["currency_id"],
            "channel": spec["channel"],
            "automatic": automatic,
            "released": released,
            "released_on": limiter.now if released else False,
            "waiting": waiting,
            "waiting_note": note,
            "planned_at": slot,
            "state": "planned",
            **self._plan_amounts(amounts),
            **self._plan_words(spec),
            **self._plan_recipient(limiter.debtors[debtor_id], spec),
            "run_id": spec.get("run_id"),
            "step_id": spec.get("step_id"),
            "user_id": spec.get("user_id"),
            **spec.get("values", {}),
        }

    def _is_free(self, limiter, spec):
        """Whether the level and the country let this leave without a person; a task is
        no automatic contact, since a person makes it."""
        model = self.env[f"cobranza.channel.{spec['channel']}"]
        by_person = not model._is_automatic
        free = by_person or limiter.may_be_automatic(spec["debtor_id"])
        return bool(spec["automatic"]) and free

    def _plan_words(self, spec):
        model = self.env[f"cobranza.channel.{spec['channel']}"]
        purpose = spec["text_purpose"] or model._default_purpose
        return {"level_id": spec["level_id"], "text_purpose": purpose}

    @staticmethod
    def _plan_amounts(amounts):
        """Net claim and what was netted of [(open amount, credit)]."""
        return {
            "amount": float(sum((amount - credit for amount, credit in amounts), ZERO)),
            "amount_credit": float(sum((credit for _amount, credit in amounts), ZERO)),
        }

    def _plan_recipient(self, debtor, spec):
        model = self.env[f"cobranza.channel.{spec['channel']}"]
        level = self.env["cobranza.policy.level"].browse(spec["level_id"])
        recipient = debtor._recipient(level._recipient_role())
        return {
            "recipient_id": recipient.id,
            "address": model._address(recipient) or False,
        }

    def _insert_steps(self, company, lines):
        """Insert the steps of each contact; what another run inserted first is not
        claimed twice, a contact left without steps disappears, the others come back."""
        rows = [
            (contact.id, debt, level_id, level, episode, amount, credit)
            for contact, steps in zip(self, lines, strict=True)
            for debt, level_id, level, episode, amount, credit in steps
        ]
        inserted = self.env["cobranza.contact.line"]._bulk_insert_lines(company, rows)
        found = defaultdict(list)
        for contact_id, amount, credit in inserted:
            found[contact_id].append((amount, credit))
        for contact, steps in zip(self, lines, strict=True):
            if len(found[contact.id]) == len(steps):
                continue
            amounts = [(to_decimal(a), to_decimal(b)) for a, b in found[contact.id]]
            contact._through_gate().write(self._plan_amounts(amounts))
        empty = self.filtered(lambda contact: not found[contact.id])
        kept = self - empty
        if empty:
            empty._through_gate().unlink()
        return kept

    def _note_missing_data(self):
        """What is missing is shown while it is still a plan."""
        for contact_id, note in self._missing().items():
            contact = self.browse(contact_id)
            waiting = contact.waiting or "missing_data"
            contact._through_gate().write({"waiting": waiting, "waiting_note": note})

    def _wake_sender(self):
        """The sending cron wakes up when the first of each slot falls due."""
        now = fields.Datetime.now()
        slots = {max(one.planned_at, now) for one in self if one.planned_at}
        if slots:
            cron = self.env.ref("cobranza_legal.ir_cron_send")
            # whoever plans or releases may not touch crons
            cron.sudo()._trigger(sorted(slots))

    # -- what payments change ------------------------------------------------------

    def _recompute(self):
        """Read the claims of these planned contacts again; gives back those that still
        claim something, cancels the others.

        Called under the lock of their debtors. Contacts without debts are left alone.
        """
        claiming = self.filtered("line_ids")
        claims = {}
        for company, contacts in claiming.grouped("company_id").items():
            today = company._cobranza_today()
            claims |= contacts.line_ids.debt_id._claimable(today)
        gone, changed = claiming.line_ids.browse(), self.browse()
        for line in claiming.line_ids:
            if line.debt_id.id not in claims:
                gone |= line
                continue
            amount, credit = (float(value) for value in claims[line.debt_id.id])
            if (line.amount, line.amount_credit) != (amount, credit):
                changed |= line.contact_id
                line._through_gate().write({"amount": amount, "amount_credit": credit})
        empty = claiming.filtered(
            lambda one: not (one.line_ids - gone)._claims_anything()
        )
        kept = claiming - empty
        gone.filtered("is_step").debt_id._drop_step()
        ((changed | gone.contact_id) & kept)._thaw()
        # nobody has the right to delete lines; these never left
        (gone & kept.line_ids).sudo()._through_gate().unlink()
        for contact in kept:
            contact._sum_lines()
        empty._set_state("cancelled", self.env._("Nothing left to claim"))
        return self - empty

    def _thaw(self):
        """What was printed is no longer so: it has to be printed again. The event keeps
        the paper."""
        names = ("content_hash", "text_id", "subject", "body", "courtesy")
        names += ("attachment_id",)
        printed = self.filtered("content_hash")
        printed._through_gate().write(dict.fromkeys(names, False))

    def _sum_lines(self):
        credit = sum(self.line_ids.mapped("amount_credit"))
        amount = self.currency_id.round(sum(self.line_ids.mapped("amount")) - credit)
        if (self.amount, self.amount_credit) != (amount, credit):
            self._through_gate().write({"amount": amount, "amount_credit": credit})

    @api.model
    def _cancel_settled(self, debts):
        """Whatever only claims settled or void debts stops, in this transaction."""
        self.flush_model(["state"])
        states = ("draft", "planned", "failed")
        domain = [("debt_id", "in", debts.ids), ("contact_id.state", "in", states)]
        # payments are posted by people who may not read contacts
        lines = self.env["cobranza.contact.line"].sudo().search(domain)
        contacts = lines.contact_id
        over = contacts.filtered(
            lambda one: all(
                debt.settled or debt.void_reason for debt in one.line_ids.debt_id
            )
        )
        steps = over.line_ids.filtered("is_step")
        over._set_state("cancelled", self.env._("Settled"))
        steps.debt_id._drop_step()
        return over
