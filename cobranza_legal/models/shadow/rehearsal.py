from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from ..common.money import to_decimal
from ..common.transaction import at, now, undone
from ..common.words import QUIET

DAYS = 30
"""Days that are rehearsed after today."""


class Rehearsal:
    """The runs of a company on the next days, made by the real engine under a moved
    clock and undone.

    It is what would happen if the company worked in automatic mode from today on, if
    a person released at once what needs a release, and if every contact were made in
    its slot. Nothing leaves: no channel is asked, and nothing is committed.
    """

    def __init__(self, company, days=DAYS):
        # figures of the whole company, for whoever may open the report
        self.company = company.sudo()
        self.days = days
        self.acts = {}
        """{contact id: values of a ``cobranza.shadow.act``}; the ids are gone."""
        self.claims = {}
        """{debt id: [id of its journal item, claimed the first time, the last time]} in
        company currency; the debt may be gone, the item is not."""
        self.charges = []
        """[(day, kind, amount in company currency)]."""
        self.by_hand = []
        """Ids of the contacts that people planned by hand before."""

    def play(self):
        """This, with the acts of the days from today to the last one."""
        start = now(self.company.env)
        with undone(self.company.env):
            self.company.write({"cobranza_mode": "automatic"})
            self.by_hand = self._planned(self.company)
            self.by_hand = self.by_hand.filtered(lambda contact: not contact.run_id).ids
            runs = []
            for day in range(self.days + 1):
                self.company.env.flush_all()
                self.company.env.invalidate_all()
                moved = at(self.company, start + timedelta(days=day))
                moved = moved.with_context(**QUIET)
                if not day:
                    self._note_acts(moved)  # what waits for a person by now
                runs.append(self._live(moved).id)
            self._withdraw()
            self._note_charges(runs)
        return self

    def _live(self, company):
        """One day: what ends by itself ends, the run, what falls due is made."""
        engine = company._cobranza_engine(company.env["cobranza.run"])
        self._make(company)
        self._upkeep(company)
        run = engine._run_company(company)
        self._note_acts(company)
        self._make(company)
        return run

    @staticmethod
    def _upkeep(company):
        today = company._cobranza_today()
        for name in company.env["cobranza.debtor"]._upkeep_models():
            model = company._cobranza_engine(company.env[name])
            seen = model.browse()
            while due := model._upkeep_due(company, today, None) - seen:
                due._upkeep(today)
                seen |= due

    def _planned(self, company):
        """What the engine has planned; not what people did by hand before."""
        domain = [("company_id", "=", company.id), ("state", "=", "planned")]
        domain.append(("id", "not in", self.by_hand))
        contacts = company._cobranza_engine(company.env["cobranza.contact"])
        return contacts.search(domain, order="planned_at, id")

    def _note_acts(self, company):
        """What is planned by now, each on the day on which it was first."""
        today = company._cobranza_today()
        contacts = self._planned(company)._recompute()
        rates = company.env["cobranza.run"]._read_rates(
            company, contacts.currency_id.ids, today
        )
        for contact in contacts:
            rate = rates[contact.currency_id.id]
            amounts = {
                line.debt_id: rate
                * (to_decimal(line.amount) - to_decimal(line.amount_credit))
                for line in contact.line_ids
                if line.is_step
            }
            for debt, amount in amounts.items():
                item = debt.move_line_id.id
                self.claims.setdefault(debt.id, [item, amount, amount])[2] = amount
            before = self.acts.get(contact.id)
            self.acts[contact.id] = {
                "day": before["day"] if before else today,
                "partner_id": contact.debtor_id.partner_id.id,
                "channel": contact.channel,
                "level_id": contact.level_id.id,
                "planned_at": contact.planned_at,
                "automatic": contact.automatic,
                "debts": len(amounts),
                "amount": sum(amounts.values(), Decimal(0)),
            }

    def _make(self, company):
        """What is due by now is made in its slot, whatever its data still lack."""
        moment = now(company.env)
        contacts = self._planned(company)._recompute()
        due = contacts.filtered(
            lambda contact: contact.planned_at and contact.planned_at <= moment
        )
        start = moment - timedelta(days=1)
        groups = defaultdict(due.browse)
        for contact in due:
            groups[max(contact.planned_at, start)] |= contact
        for sent_at, group in groups.items():
            group._set_state(
                "sending",
                sent_at=sent_at,
                released=True,
                waiting=False,
                waiting_note=False,
            )
            group._set_state("sent")
            machines = group._machine_channels()
            left = group.filtered(
                lambda contact, known=machines: contact.channel in known
            )
            left._add_events("accepted", company.name, sent_at)

    def _withdraw(self):
        """Acts whose contact came to nothing before it was made are none."""
        contacts = self.company.env["cobranza.contact"].browse(self.acts).exists()
        kept = contacts.filtered(lambda contact: contact.state != "cancelled")
        self.acts = {contact.id: self.acts[contact.id] for contact in kept}

    def _note_charges(self, run_ids):
        charges = self.company.env["cobranza.charge"].search(
            [("run_id", "in", run_ids), ("state", "!=", "reversed")]
        )
        self.charges = [
            (charge.assessed_on, charge.kind, self._own(charge)) for charge in charges
        ]

    def _own(self, charge):
        """The amount of a charge in company currency, at the rate of its day."""
        own = self.company.currency_id
        amount = charge.currency_id._convert(
            charge.amount, own, self.company, charge.assessed_on
        )
        return to_decimal(amount)
