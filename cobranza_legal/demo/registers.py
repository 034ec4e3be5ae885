"""What a demo's company reports to credit registers."""

from odoo import Command


class Registers:
    def switch_on_registers(self):
        """As in the settings."""
        group = self.env.ref("cobranza_legal.group_registers")
        self.env.ref("base.group_user").implied_ids = [Command.link(group.id)]

    def join_register(self, register, number, file):
        """The company is a member, with its agreement on file."""
        return self.env["cobranza.register.membership"].create(
            {
                "register": register,
                "company_id": self.company.id,
                "number": number,
                "since": self.ago(700),
                "user_id": self.user("collector").id,
                "agreement_file_ids": [
                    Command.create({"name": f"{file}.txt", "raw": file.encode()})
                ],
            }
        )

    def report(self, document, **values):
        """A report of a document, with what somebody stated of it."""
        [listing] = self.env["cobranza.listing"]._draft(self.debt(document))
        listing.write({"user_id": self.user("collector").id, **values})
        return listing

    def contract(self, words, days):
        """What was signed so many days ago warns of the register."""
        file = Command.create({"name": f"{words}.txt", "raw": words.encode()})
        return {"contract_on": self.ago(days), "contract_file_ids": [file]}
