from odoo import fields, models
from odoo.exceptions import UserError

from ..common.money import to_decimal
from ..company.company import INTERNAL
from .rules import DOUBTFUL, LOSS, RECOVERY, ROLES, SUED

TREATMENTS = [
    ("age", "By its age"),
    ("whole", "All of it"),
    ("none", "Nothing"),
]


TOLD = {"tracking": True, "decides": False}
"""A run is computed by it, and who changed it is told; no debtor is judged again."""


FIELDS = {
    "allowance": "cobranza_provision_account_id",
    "charge": "cobranza_provision_charge_account_id",
    "release": "cobranza_provision_release_account_id",
    DOUBTFUL: "cobranza_doubtful_account_id",
    SUED: "cobranza_sued_account_id",
    LOSS: "cobranza_write_off_account_id",
    RECOVERY: "cobranza_recovery_account_id",
}
"""{role of an account: field of the company}."""


TERMS = [
    ("provided", "A year after the run that first provided for all of it"),
    ("age", "A year after its age asked to provide for all of it"),
    ("none", "No term"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    cobranza_provision_scale_id = fields.Many2one(
        "cobranza.provision.scale",
        "Scale of provisions",
        groups=INTERNAL,
        **TOLD,
        help="Empty: the first one of the country.",
    )
    cobranza_provision_net_of_tax = fields.Boolean(
        "Without the tax that comes back",
        groups=INTERNAL,
        **TOLD,
        help="The base leaves out the tax of documents where the law lets it come "
        "back when they are never paid.",
    )
    cobranza_provision_keep_other = fields.Boolean(
        "Keep what was booked by hand",
        groups=INTERNAL,
        **TOLD,
        help="What stands on the account of the allowance without a run is left there. "
        "Else the next run releases it, because it provides for every debt itself.",
    )
    cobranza_provision_disputed = fields.Selection(
        TREATMENTS,
        "Disputed debts",
        default="age",
        required=True,
        groups=INTERNAL,
        **TOLD,
    )
    cobranza_provision_agreed = fields.Selection(
        TREATMENTS,
        "Debts in an agreement",
        default="age",
        required=True,
        groups=INTERNAL,
        **TOLD,
    )
    cobranza_provision_sued = fields.Selection(
        TREATMENTS,
        "Debts claimed in court",
        default="age",
        required=True,
        groups=INTERNAL,
        **TOLD,
    )
    cobranza_tax_general = fields.Boolean(
        "General allowance of a small company",
        groups=INTERNAL,
        help="What is booked for debts that are not deductible one by one may be "
        "deducted up to a percentage of them, where the law has such a rule.",
        **TOLD,
    )
    cobranza_turnover = fields.Monetary("Turnover of the year", groups=INTERNAL, **TOLD)
    cobranza_turnover_year = fields.Integer(
        "Year of this turnover",
        groups=INTERNAL,
        help="The law asks for that of the year before: state it every January.",
        **TOLD,
    )
    cobranza_provision_journal_id = fields.Many2one(
        "account.journal",
        "Journal of provisions",
        domain="[('type', '=', 'general')]",
        groups=INTERNAL,
        help="Empty: the first journal of miscellaneous entries.",
        **TOLD,
    )
    cobranza_provision_account_id = fields.Many2one(
        "account.account", "Allowance for bad debts", groups=INTERNAL
    )
    cobranza_provision_charge_account_id = fields.Many2one(
        "account.account", "Charge of provisions", groups=INTERNAL
    )
    cobranza_provision_release_account_id = fields.Many2one(
        "account.account", "Release of provisions", groups=INTERNAL
    )
    cobranza_doubtful_account_id = fields.Many2one(
        "account.account", "Doubtful customers", groups=INTERNAL
    )
    cobranza_sued_account_id = fields.Many2one(
        "account.account", "Customers claimed in court", groups=INTERNAL
    )

    cobranza_write_off_account_id = fields.Many2one(
        "account.account", "Loss of what is written off", groups=INTERNAL
    )
    cobranza_recovery_account_id = fields.Many2one(
        "account.account",
        "Income of what is paid after all",
        groups=INTERNAL,
        help="What debtors pay of debts that were written off.",
        **TOLD,
    )
    cobranza_write_off_term = fields.Selection(
        TERMS,
        "Written off at the earliest",
        default="provided",
        required=True,
        groups=INTERNAL,
        help="Grounds for which the law of the country asks no term, and small "
        "balances within the limit, are written off before.",
        **TOLD,
    )
    cobranza_write_off_fewer = fields.Boolean(
        "Fewer than three people write off",
        groups=INTERNAL,
        help="Else who asks, who declares it uncollectible and who approves are three "
        "people.",
        **TOLD,
    )
    cobranza_small_balance = fields.Monetary(
        "Small balances up to",
        currency_field="currency_id",
        groups=INTERNAL,
        help="What is open of a debt up to this amount may be written off as a small "
        "balance: without term or evidence, by the same people. 0: none is.",
        **TOLD,
    )

    _cobranza_small_balance_positive = models.Constraint(
        "CHECK (cobranza_small_balance >= 0)", "A limit is not negative."
    )
    cobranza_vat_business_owes = fields.Selection(
        [("base", "The base only"), ("whole", "The whole")],
        "After a tax relief a business owes",
        default="base",
        required=True,
        groups=INTERNAL,
        help="Others owe the whole by law.",
        **TOLD,
    )
    cobranza_vat_journal_id = fields.Many2one(
        "account.journal",
        "Journal of rectifications of tax",
        domain="[('type', '=', 'general')]",
        groups=INTERNAL,
        help="A series of their own. Empty: one is made with the first entry.",
        **TOLD,
    )

    def _cobranza_turnover_of(self, year):
        """What the company states as its turnover of a year, in its currency; None
        where it states none."""
        self.ensure_one()
        stated = self.cobranza_turnover and self.cobranza_turnover_year == year
        return to_decimal(self.cobranza_turnover) if stated else None

    def _cobranza_provision_accounts(self):
        """{role: account} of this company: chosen in the settings, else that of its
        chart; empty where there is none."""
        self.ensure_one()
        # sudo: which accounts a company uses is no secret of its accountant
        company = self.sudo()
        known = company._cobranza_rules()._provision_accounts()
        return {
            role: company[name] or company._cobranza_find_account(known.get(role))
            for role, name in FIELDS.items()
        }

    def _cobranza_find_account(self, wanted):
        """The active account that a ``ChartAccount`` means: by its template id, else
        the first of its code; empty for None or where there is none."""
        accounts = self.env["account.account"].sudo()
        if not wanted:
            return accounts
        found = self._cobranza_chart_accounts(wanted.refs).filtered("active")[:1]
        if found:
            return found
        domain = [
            *accounts._check_company_domain(self),
            ("code", "=like", f"{wanted.prefix}%"),
            ("account_type", "=", wanted.account_type),
        ]
        return accounts.with_company(self).search(domain, order="code", limit=1)

    def _cobranza_lacking_accounts(self, roles=ROLES):
        """{role: ``ChartAccount`` or None} of the roles without an account; None where
        the law of the country names none either."""
        known = self._cobranza_rules()._provision_accounts()
        found = self._cobranza_provision_accounts()
        return {role: known.get(role) for role in roles if not found[role]}

    def _cobranza_lacking_words(self, roles):
        """The same in words; empty where none lacks."""
        return ", ".join(
            f"{one.code} {one.name}" if one else self._cobranza_role_label(role)
            for role, one in self._cobranza_lacking_accounts(roles).items()
        )

    def _cobranza_check_accounts(self, roles):
        """{role: account} of these roles. UserError that names those that lack."""
        lacking = self._cobranza_lacking_words(roles)
        if lacking:
            raise UserError(
                self.env._(
                    "The chart of %(company)s has no account for: %(accounts)s. Create "
                    "them with the button, or choose them in the settings.",
                    company=self.name,
                    accounts=lacking,
                )
            )
        found = self._cobranza_provision_accounts()
        return {role: found[role] for role in roles}

    def _cobranza_role_label(self, role):
        return self._fields[FIELDS[role]]._description_string(self.env)

    def _cobranza_create_accounts(self, asking=None):
        """Create the accounts that the law of the country names and the chart lacks,
        and write them down on the record that asks for them, if any; returns them.
        UserError where it names none."""
        self.ensure_one()
        lacking = self._cobranza_lacking_accounts(FIELDS)
        todo = {role: one for role, one in lacking.items() if one}
        nobody = [role for role in ROLES if role in lacking and not lacking[role]]
        if nobody:
            raise UserError(
                self.env._(
                    "Choose in the settings: %s.",
                    ", ".join(map(self._cobranza_role_label, nobody)),
                )
            )
        # sudo: the accountant asks for what the law names, not for a chart of its own
        accounts = self.env["account.account"].sudo().with_company(self)
        made = accounts.browse()
        for code, one in {one.code: one for one in todo.values()}.items():
            account = accounts.create(
                {
                    "code": code,
                    "name": one.name,
                    "account_type": one.account_type,
                    "reconcile": one.account_type == "asset_receivable",
                    "company_ids": [fields.Command.set(self.ids)],
                }
            )
            self._cobranza_name_account(account, one)
            made |= account
        if made and asking:
            names = ", ".join(made.mapped("display_name"))
            asking._message_log(body=self.env._("Accounts created: %s", names))
        return made

    def _cobranza_name_account(self, account, wanted):
        """Give an account that was created the template id that a ``ChartAccount``
        means, if it is one: it is found again whatever code it is given."""
        if len(wanted.refs) == 1 and not self._cobranza_chart_accounts(wanted.refs):
            xmlid = f"account.{self.id}_{wanted.refs[0]}"
            known = {"xml_id": xmlid, "record": account, "noupdate": True}
            # sudo: as for the account
            self.env["ir.model.data"].sudo()._update_xmlids([known])

    def _cobranza_provision_journal(self):
        """The journal of the entries of provisions. UserError where there is none."""
        # sudo: as for the accounts
        company = self.sudo()
        found = company.cobranza_provision_journal_id
        if not found:
            journals = self.env["account.journal"]
            domain = [
                *journals._check_company_domain(self),
                ("type", "=", "general"),
            ]
            found = journals.search(domain, limit=1)
        if not found:
            raise UserError(
                self.env._("%s has no journal of miscellaneous entries.", self.name)
            )
        return found.sudo(self.env.su)

    def _cobranza_book_entry(self, journal, day, ref, lines):
        """A posted entry of these lines, in the currency of the company where they name
        none. Its date is the one asked for, or UserError."""
        self._cobranza_check_locks(day, journal)
        currency = self.currency_id.id
        move = self.env["account.move"].with_company(self)
        move = move.create(
            {
                "move_type": "entry",
                "journal_id": journal.id,
                "date": day,
                "ref": ref,
                "line_ids": [
                    fields.Command.create({"name": ref, "currency_id": currency, **one})
                    for one in lines
                ],
            }
        )
        move._post(soft=False)
        return move

    def _cobranza_check_locks(self, day, journal):
        """UserError that names the lock dates which forbid an entry on this day."""
        locks = self._get_violated_lock_dates(day, False, journal)
        if locks:
            raise UserError(
                self.env._(
                    "Nothing can be booked on %(day)s: %(locks)s. Choose a later day, "
                    "or ask for an exception.",
                    day=fields.Date.to_string(day),
                    locks=self._format_lock_dates(locks),
                )
            )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_cobranza_provisions = fields.Boolean(
        "Provisions", implied_group="cobranza_legal.group_provisions"
    )
    cobranza_provision_scale_id = fields.Many2one(
        related="company_id.cobranza_provision_scale_id", readonly=False
    )
    cobranza_provision_net_of_tax = fields.Boolean(
        related="company_id.cobranza_provision_net_of_tax", readonly=False
    )
    cobranza_provision_keep_other = fields.Boolean(
        related="company_id.cobranza_provision_keep_other", readonly=False
    )
    cobranza_provision_disputed = fields.Selection(
        related="company_id.cobranza_provision_disputed", readonly=False
    )
    cobranza_provision_agreed = fields.Selection(
        related="company_id.cobranza_provision_agreed", readonly=False
    )
    cobranza_provision_sued = fields.Selection(
        related="company_id.cobranza_provision_sued", readonly=False
    )
    cobranza_tax_general = fields.Boolean(
        related="company_id.cobranza_tax_general", readonly=False
    )
    cobranza_turnover = fields.Monetary(
        related="company_id.cobranza_turnover",
        readonly=False,
        currency_field="currency_id",
    )
    cobranza_turnover_year = fields.Integer(
        related="company_id.cobranza_turnover_year", readonly=False
    )
    cobranza_provision_journal_id = fields.Many2one(
        related="company_id.cobranza_provision_journal_id", readonly=False
    )
    cobranza_provision_account_id = fields.Many2one(
        related="company_id.cobranza_provision_account_id", readonly=False
    )
    cobranza_provision_charge_account_id = fields.Many2one(
        related="company_id.cobranza_provision_charge_account_id", readonly=False
    )
    cobranza_provision_release_account_id = fields.Many2one(
        related="company_id.cobranza_provision_release_account_id", readonly=False
    )
    cobranza_doubtful_account_id = fields.Many2one(
        related="company_id.cobranza_doubtful_account_id", readonly=False
    )
    cobranza_sued_account_id = fields.Many2one(
        related="company_id.cobranza_sued_account_id", readonly=False
    )
    cobranza_write_off_account_id = fields.Many2one(
        related="company_id.cobranza_write_off_account_id", readonly=False
    )
    cobranza_recovery_account_id = fields.Many2one(
        related="company_id.cobranza_recovery_account_id", readonly=False
    )
    cobranza_write_off_term = fields.Selection(
        related="company_id.cobranza_write_off_term", readonly=False
    )
    cobranza_write_off_fewer = fields.Boolean(
        related="company_id.cobranza_write_off_fewer", readonly=False
    )
    cobranza_small_balance = fields.Monetary(
        related="company_id.cobranza_small_balance",
        readonly=False,
        currency_field="cobranza_currency_id",
    )
    cobranza_vat_business_owes = fields.Selection(
        related="company_id.cobranza_vat_business_owes", readonly=False
    )
    cobranza_vat_journal_id = fields.Many2one(
        related="company_id.cobranza_vat_journal_id", readonly=False
    )
