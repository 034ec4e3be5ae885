"""What a demo's company hands over to collection agencies."""

from odoo import Command

COLUMNS = ("reference", "date", "channel", "outcome", "by", "note")


class Agencies:
    def switch_on_agencies(self):
        """As in the settings."""
        group = self.env.ref("cobranza_legal.group_agencies")
        self.env.ref("base.group_user").implied_ids = [Command.link(group.id)]

    def agency(self, name, login, commission, contract):
        """An agency that works for the company, with its contract on file."""
        partner = self.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "email": f"{login}@example.com",
                "lang": self.lang,
                "country_id": self.company.country_id.id,
            }
        )
        return self.env["cobranza.agency"].create(
            {
                "partner_id": partner.id,
                "company_id": self.company.id,
                "since": self.ago(400),
                "commission": commission,
                "user_id": self.user("collector").id,
                "contract_file_ids": [
                    Command.create(
                        {"name": f"{contract}.txt", "raw": contract.encode()}
                    )
                ],
            }
        )

    def place(self, agency, document, days, until, *contacts):
        """A document that an agency has had for ``days`` days, and has ``until`` so
        many to come; ``contacts`` that it has told: (days ago, channel, outcome, who,
        note)."""
        debt = self.debt(document)
        placement = self.env["cobranza.placement"]._draft(
            debt, agency, until=self.ago(-until), user_id=self.user("collector").id
        )
        self._hand_over_on(placement, self.ago(days))
        rows = [";".join(COLUMNS)]
        for ago, *values in contacts:
            day = self._working_day(debt, self.ago(ago))
            if day < self.today:
                rows.append(";".join([placement.name, f"{day} 11:00", *values]))
        content = "\n".join(rows).encode()
        self.env["cobranza.agency.file"]._read(agency, content)
        return placement

    def _hand_over_on(self, placement, day):
        """As ``_place`` did on a day that is past: interest until then, and what was
        paid since is still owed."""
        placement._set_state(
            "placed", placement.agency_id.display_name, placed_on=day, looked_on=day
        )
        claims = placement._read_claims(day)
        for line in placement.line_ids:
            own = claims[line.debt_id.id]
            paid = placement.recovered
            own |= {name: own[name] + paid for name in ("principal", "amount")}
            line._through_gate().write(own)
        amount = sum(placement.line_ids.mapped("amount"))
        placement._through_gate().write({"claimed_on": day, "amount": amount})
        placement.line_ids._told_as_owed()
        self.env["cobranza.agency.file"]._make(placement)
