from odoo import models


class CobranzaContact(models.Model):
    """Contacts that have a recipient of their own: guarantors and copies.

    The first guarantor's contact is the step of its debts; those of the others are
    copies of it, as are the contacts that follow from another one.
    """

    _inherit = "cobranza.contact"

    def _spread(self, company, specs):
        """One spec for each guarantor of those whose level writes to guarantors."""
        spread = []
        for spec in specs:
            level = self.env["cobranza.policy.level"].browse(spec["level_id"])
            if level._recipient_role() != "guarantor" or spec.get("values"):
                spread.append(spec)
                continue
            model = self.env[f"cobranza.channel.{spec['channel']}"]
            debtor = self.env["cobranza.debtor"].browse(spec["debtor_id"])
            first = None
            for person in debtor._guarantors() or [self.env["res.partner"]]:
                values = {
                    "recipient_id": person.id,
                    "recipient_chosen": bool(person),
                    "address": model._address(person) or False,
                }
                one = {**spec, "values": values, "copy_of": first}
                spread.append(one)
                first = first or one
        return spread

    def _insert_lines(self, company, specs):
        """The steps of these new contacts, and what copies repeat of theirs. A copy
        whose step another run made first disappears with it."""
        pairs = list(zip(self, specs, strict=True))
        steps = [pair for pair in pairs if not self._is_copy(pair[1])]
        made = self.browse([contact.id for contact, _spec in steps])
        kept = made._insert_steps(company, [spec["lines"] for _contact, spec in steps])
        origin = {id(spec): contact for contact, spec in steps if contact in kept}
        gone, rows = self.browse(), []
        for contact, spec in pairs:
            if not self._is_copy(spec):
                continue
            step = self.browse(spec.get("step_id")) or origin.get(
                id(spec.get("copy_of"))
            )
            if not step:
                gone |= contact
                continue
            contact._through_gate().step_id = step
            kept |= contact
            rows += [self._copied_line(contact, line) for line in spec["lines"]]
        # nobody has the right to write lines
        self.env["cobranza.contact.line"].sudo().with_context(
            **self._through_gate().env.context
        ).create(rows)
        gone._through_gate().unlink()
        return kept

    @staticmethod
    def _is_copy(spec):
        return bool(spec.get("step_id") or spec.get("copy_of"))

    @staticmethod
    def _copied_line(contact, line):
        debt, level_id, level, episode, amount, credit = line
        return {
            "contact_id": contact.id,
            "debt_id": debt,
            "level_id": level_id,
            "level": level,
            "episode": episode,
            "amount": float(amount),
            "amount_credit": float(credit),
            "is_step": False,
        }

    def _current_recipient(self):
        """A guarantor's contact is for this guarantor and for nobody else."""
        self.ensure_one()
        if self.level_id._recipient_role() != "guarantor":
            return super()._current_recipient()
        return self.recipient_id or self.debtor_id._guarantors()[:1]

    def _lang(self):
        """Code of the language of what is written: the debtor's; a guarantor's own."""
        own = self.level_id._recipient_role() == "guarantor"
        lang = own and self._current_recipient().lang
        return lang or self.debtor_id._lang()
