"""What is missing or wrong in the data of the debtors, before anything leaves."""

from collections import defaultdict

from .cobranza_run_screen import WAITING

WRONG = (
    ("partner_id.vat", "in", (False, "")),
    ("regime", "=", "unknown"),
    ("reason", "=", "no_policy"),
    ("debt_ids.charge_lacking", "!=", False),
)
"""What is wrong with debtors, in the order of its messages."""


class DataErrors:
    """[(message, debtors)] about what a company proposes now, and whom it follows."""

    def __init__(self, company):
        # figures of the whole company, for whoever may open the report
        self.env = company.sudo().env
        self.company = company.with_env(self.env)

    def found(self):
        rows = [*self._of_contacts(), *self._of_debtors(), *self._unmatched()]
        return [(message, debtors) for message, debtors in rows if debtors]

    def _of_contacts(self):
        """What the waiting contacts lack: an address of their channel, or a text."""
        domain = [("company_id", "=", self.company.id), *WAITING]
        contacts = self.env["cobranza.contact"].search(domain)
        labels = dict(contacts._fields["channel"]._description_selection(self.env))
        lacking = defaultdict(lambda: self.env["cobranza.debtor"])
        for channel, group in contacts.grouped("channel").items():
            model = self.env[f"cobranza.channel.{channel}"]
            missing = model._check_data(group)
            for contact in group.browse(missing):
                place = self.env._("No address for: %s", labels[channel])
                if model._address(contact._current_recipient()):
                    place = self.env._("No approved text for: %s", labels[channel])
                lacking[place] |= contact.debtor_id
        return sorted(lacking.items())

    def _of_debtors(self):
        owing = [("company_id", "=", self.company.id), ("total", ">", 0)]
        debtors = self.env["cobranza.debtor"]
        messages = (
            self.env._("Without tax number"),
            self.env._("Regime unknown"),
            self.env._("No collection policy"),
            self.env._("Legal values missing for its charges"),
        )
        for message, condition in zip(messages, WRONG, strict=True):
            yield message, debtors.search([*owing, condition])

    def _unmatched(self):
        """Debtors who owe and also have money that nobody has allocated."""
        debtors = self.env["cobranza.debtor"].search(
            [("company_id", "=", self.company.id), ("total", ">", 0)]
        )
        credits = self.env["cobranza.run"]._read_credits(debtors)
        found = debtors.filtered(lambda one: credits.get(one.id))
        return [(self.env._("Payments that nobody has allocated"), found)]
