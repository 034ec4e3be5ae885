"""Company, users and customers of a demo."""

import base64

from odoo import Command

from .tables import read_file, read_table

ROLES = {
    "collector": ["cobranza_legal.group_collector"],
    "accountant": ["cobranza_legal.group_accountant"],
    "manager": [
        "cobranza_legal.group_collection_manager",
        "cobranza_legal.group_approver",
    ],
    "lawyer": ["cobranza_legal.group_lawyer_own"],
}


class People:
    mode = "proposal"
    claim_kind = False
    company_values = {}
    bank = {}
    """Values of the bank account on which debtors pay."""
    sale_code = None
    """Prefix of the invoices, where the chart's own is in English."""
    users = {}
    """{role: (login, name)}"""
    portal = None
    """(login, ref of the customer that logs in)"""

    def load_language(self):
        """Those of the company and of its customers: the form of a contact breaks on a
        language that is not active."""
        codes = {row["lang"] for row in read_table(self.path("customers.csv"))}
        languages = self.env["res.lang"].with_context(active_test=False)
        missing = languages.search(
            [("code", "in", [self.lang, *codes]), ("active", "=", False)]
        )
        if missing:
            values = {"lang_ids": [Command.set(missing.ids)], "overwrite": False}
            self.env["base.language.install"].create(values).lang_install()
        # Odoo loads them after the demo, which copies names of the law's rows
        names = ["cobranza_legal", self.module]
        modules = self.env["ir.module.module"].search([("name", "in", names)])
        modules._update_translations([self.lang])

    def make_company(self):
        country = self.env.ref(f"base.{self.code}")
        partner = self.env["res.partner"].create(
            {
                "is_company": True,
                "country_id": country.id,
                "lang": self.lang,
                **self.company_partner(),
            }
        )
        self.company = self.env["res.company"].create(
            {
                "name": partner.name,
                "partner_id": partner.id,
                "currency_id": country.currency_id.id,
                "logo": base64.b64encode(read_file(self.path("logo.png"))),
            }
        )
        self.remember("demo_company", self.company)
        link = {"company_ids": [Command.link(self.company.id)]}
        (self.env.user | self.env.ref("base.user_admin")).write(link)

    def company_partner(self):
        return dict(self.company_values)

    def load_chart(self):
        # not try_loading(), which warns while modules are being installed
        charts = self.env["account.chart.template"]
        charts._load(self.chart, self.company, install_demo=False)

    def settle_company(self):
        account = self.env["res.partner.bank"].create(
            {
                "partner_id": self.company.partner_id.id,
                "company_id": self.company.id,
                **self.bank_values(),
            }
        )
        self.journal("bank").bank_account_id = account
        if self.sale_code:
            self.journal("sale").code = self.sale_code
        self.company.cobranza_bank_account_id = account
        self.company.cobranza_email_from = self.company.email
        if self.mode != "proposal":
            self.company._cobranza_switch(self.mode)

    def bank_values(self):
        values = dict(self.bank)
        name = values.pop("bank_name")
        bank = self.env["res.bank"].create({"name": name})
        return {"bank_id": bank.id, **values}

    # -- users -----------------------------------------------------------------------

    def make_users(self):
        for role, (login, name) in self.users.items():
            groups = [self.env.ref(xmlid).id for xmlid in ROLES[role]]
            groups.append(self.env.ref("base.group_user").id)
            partner = self.env["res.partner"].create(self._user_partner(login, name))
            self._make_user(login, partner, groups)
        self.company.cobranza_user_id = self.user("collector")
        self.company.cobranza_claim_kind = self.claim_kind

    def _user_partner(self, login, name):
        return {
            "name": name,
            "email": f"{login}@example.com",
            "lang": self.lang,
            "tz": self.company._cobranza_tz(),
        }

    def _make_user(self, login, partner, group_ids):
        user = self.env["res.users"].create(
            {
                "login": login,
                "password": login,
                "partner_id": partner.id,
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set(group_ids)],
                "lang": self.lang,
                "tz": self.company._cobranza_tz(),
            }
        )
        self.remember(f"demo_user_{login}", user)

    def user(self, role):
        return self.env.ref(f"{self.module}.demo_user_{self.users[role][0]}")

    # -- customers -------------------------------------------------------------------

    def make_customers(self):
        rows = read_table(self.path("customers.csv"))
        self._make_tags({row["tag"] for row in rows if row["tag"]})
        values = [self.customer_values(row, no) for no, row in enumerate(rows, 1)]
        partners = self.env["res.partner"].create(values)
        self.customers = dict(zip((row["ref"] for row in rows), partners, strict=True))
        for row, partner in zip(rows, partners, strict=True):
            if row["contact"]:
                contact = self._contact_of(row, partner)
                partner.write({"child_ids": [Command.create(contact)]})
        if self.portal:
            login, ref = self.portal
            group = self.env.ref("base.group_portal")
            self._make_user(login, self.customers[ref], group.ids)

    def _make_tags(self, names):
        tags = self.env["res.partner.category"]
        self.tags = {name: tags.create({"name": name}) for name in sorted(names)}

    def forget_email(self, customer):
        """A contact that cannot leave."""
        self.customers[customer].email = False

    def customer_values(self, row, number):
        """Values of a customer, of which there is the ``number``-th row."""
        company = row["kind"] != "person"
        state = row["state"] and self.env.ref(f"base.state_{row['state']}")
        return {
            "name": row["name"],
            "ref": row["ref"],
            "is_company": company,
            "vat": row["vat"],
            "street": row["street"],
            "zip": row["zip"],
            "city": row["city"],
            "state_id": state.id if state else False,
            "country_id": self.env.ref(f"base.{row['country']}").id,
            "lang": row["lang"],
            "email": f"{row['ref']}@example.{'org' if company else 'com'}",
            "phone": self.phone(number),
            "company_id": self.company.id,
            "category_id": [
                Command.set(self.tags[row["tag"]].ids if row["tag"] else [])
            ],
        }

    def phone(self, number):
        raise NotImplementedError

    def _contact_of(self, row, partner):
        """Who receives the invoices of a company, at its address."""
        return {
            "name": row["contact"],
            "type": "invoice",
            "email": f"pagos.{row['ref']}@example.org",
            "phone": partner.phone,
            "lang": row["lang"],
            **partner._get_address_values(),
        }

    # -- who answers -----------------------------------------------------------------

    def answers(self, ref, person, capacity, deed, days, **values):
        """``person`` answers for debts of a customer by a deed that was signed ``days``
        ago and is kept."""
        signed = self.ago(days)
        file = self.env["ir.attachment"].create(
            {"name": f"{deed}.txt", "raw": f"{deed}: {person.name}".encode()}
        )
        return self.env["cobranza.obligor"].create(
            {
                "debtor_id": self.debtor(ref).id,
                "partner_id": person.id,
                "capacity": capacity,
                "currency_id": self.company.currency_id.id,
                "user_id": self.user("collector").id,
                "deed": deed,
                "deed_on": signed,
                "signed_on": signed,
                "since": signed,
                "file_ids": file.ids,
                **values,
            }
        )
