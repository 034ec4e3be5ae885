from odoo import api, models
from odoo.tools import SQL


class CobranzaContact(models.Model):
    """Planning once more: what waits for a person takes up what comes after it, so that
    the debtor gets one letter however late it is released."""

    _inherit = "cobranza.contact"

    def _join_waiting(self, company, limiter, specs):
        """(specs that need a contact of their own, contacts that grew by the others).
        What leaves by itself neither waits for a person nor takes one's place."""
        automatic = company.cobranza_mode == "automatic"
        held = {
            id(one) for one in specs if not (automatic and self._is_free(limiter, one))
        }
        waiting = self._read_waiting(company, limiter.debtors) if held else {}
        if not waiting:
            return specs, self.browse()
        rest, joining = [], []
        for spec in specs:
            contact = waiting.get(self._join_key(spec))
            own = spec.get("step_id") or spec.get("values")
            if contact and id(spec) in held and not own:
                joining.append((contact, spec))
            else:
                rest.append(spec)
        return rest, self._join(company, limiter, joining)

    def _join_key(self, spec):
        """Steps of one key go into one contact, as in a single run."""
        level = self.env["cobranza.policy.level"].browse(spec["level_id"])
        place = (spec["debtor_id"], spec["currency_id"], spec["channel"])
        return (*place, bool(level.charge))

    @api.model
    def _read_waiting(self, company, debtor_ids):
        """{key: id of the contact that waits for its release}, in one query: neither
        printed nor handed out as a task."""
        self.flush_model()
        names = ["charge", "recipient_role"]
        self.env["cobranza.policy.level"].flush_model(names)
        rows = self.env.execute_query(
            SQL(
                """SELECT c.debtor_id, c.currency_id, c.channel, v.charge IS TRUE,
                          min(c.id)
                     FROM cobranza_contact c
                     JOIN cobranza_policy_level v ON v.id = c.level_id
                    WHERE c.company_id = %s AND c.debtor_id = ANY(%s)
                      AND c.state = 'planned' AND c.released IS NOT TRUE
                      AND c.task_raised IS NOT TRUE AND c.content_hash IS NULL
                      AND c.step_id IS NULL
                      AND v.recipient_role IS DISTINCT FROM 'guarantor'
                    GROUP BY c.debtor_id, c.currency_id, c.channel, v.charge IS TRUE""",
                company.id,
                list(debtor_ids),
            )
        )
        return {tuple(key): contact for *key, contact in rows}

    def _join(self, company, limiter, joining):
        """Add the steps of [(contact id, spec)]; gives back the contacts that grew. The
        highest level gives the text, and each debt has its newest step."""
        rows = [(one, *step) for one, spec in joining for step in spec["lines"]]
        lines = self.env["cobranza.contact.line"]
        inserted = lines._bulk_insert_lines(company, rows)
        grown = self.browse(dict.fromkeys(row[0] for row in inserted))
        older = lines.browse()
        for contact in grown:
            for steps in contact.line_ids.grouped("debt_id").values():
                older |= steps.sorted("id")[:-1]
        # nobody has the right to delete lines; these never left
        older.sudo()._through_gate().unlink()
        together = {one.id: one for one in grown}  # read as one batch
        for contact, spec in joining:
            if contact in together:
                together[contact]._raise_level(limiter, spec)
        for contact in grown:
            contact._sum_lines()
        return grown

    def _raise_level(self, limiter, spec):
        """The higher of two levels gives the text, the recipient and whether it may
        leave by itself."""
        level = self.level_id.browse(spec["level_id"])
        if level.days <= self.level_id.days:
            return
        values = {
            **self._plan_words(spec),
            "automatic": self._is_free(limiter, spec),
        }
        if not self.recipient_chosen:
            values |= self._plan_recipient(limiter.debtors[self.debtor_id.id], spec)
        self._through_gate().write(values)
