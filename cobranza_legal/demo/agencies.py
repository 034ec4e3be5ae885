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
        placement._place()
        placement._through_gate().placed_on = self.ago(days)
        rows = [";".join(COLUMNS)]
        for ago, *values in contacts:
            day = self._working_day(debt, self.ago(ago))
            if day < self.today:
                rows.append(";".join([placement.name, f"{day} 11:00", *values]))
        content = "\n".join(rows).encode()
        self.env["cobranza.agency.file"]._read(agency, content)
        return placement
