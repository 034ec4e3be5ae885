import pytz

from odoo import api, fields, models

MODES = [
    ("proposal", "Proposal: nothing leaves"),
    ("confirm", "Confirm: a person releases each batch"),
    ("automatic", "Automatic"),
]


STAFF = (
    "cobranza_legal.group_collector,cobranza_legal.group_lawyer_own,"
    "cobranza_legal.group_accountant,cobranza_legal.group_approver"
)
"""Whoever has a role of ours: only they see our fields on records of Odoo. What runs
for other people reads them as superuser."""
INTERNAL = "base.group_user"
"""Settings are no secret in the house; portal users read their company by RPC."""


class ResCompany(models.Model):
    _inherit = "res.company"

    cobranza_mode = fields.Selection(
        MODES,
        string="Collection mode",
        default="proposal",
        required=True,
        groups=INTERNAL,
    )
    cobranza_policy_id = fields.Many2one(
        "cobranza.policy",
        string="Default collection policy",
        ondelete="set null",
        groups=INTERNAL,
    )
    cobranza_bank_guard_days = fields.Integer(
        string="Days without bank entries that stop automatic sending",
        default=5,
        groups=INTERNAL,
    )
    cobranza_email_from = fields.Char(
        string="Sender of collection e-mails", groups=INTERNAL
    )
    cobranza_bank_account_id = fields.Many2one(
        "res.partner.bank",
        string="Bank account shown to debtors",
        domain="[('partner_id', '=', partner_id)]",
        ondelete="set null",
        groups=INTERNAL,
    )
    cobranza_user_id = fields.Many2one(
        "res.users",
        string="Default collector",
        ondelete="set null",
        groups=INTERNAL,
    )
    cobranza_account_ids = fields.Many2many(
        "account.account",
        "cobranza_company_account_rel",
        string="Other followed accounts",
        help="Accounts that are not receivables but whose debit balances are followed: "
        "other debtors, returned cheques and bills, debit balances of suppliers.",
        groups=INTERNAL,
    )
    cobranza_live_on = fields.Date(string="Live since", readonly=True, groups=INTERNAL)
    cobranza_live_by_id = fields.Many2one("res.users", readonly=True, groups=INTERNAL)

    def _cobranza_tz(self):
        """Time zone of the company: of its partner, else of its country, else UTC."""
        self.ensure_one()
        zones = pytz.country_timezones.get(self.country_id.code or "")
        return self.partner_id.tz or (zones[0] if zones else "UTC")

    def _cobranza_local(self, moment):
        """A naive UTC moment as naive local time of the company."""
        zone = pytz.timezone(self._cobranza_tz())
        return pytz.utc.localize(moment).astimezone(zone).replace(tzinfo=None)

    def _cobranza_today(self):
        """The only "today" of the suite: the calendar day in the company's zone."""
        return self._cobranza_local(fields.Datetime.now()).date()

    def _cobranza_lang(self, lang=None):
        """Code of the installed language in which to speak to somebody who reads
        ``lang``: that one, else one like it, else the company's own or one like it.

        Of several like it the company's own comes first: whoever reads another Spanish
        reads that of the country where the company is. English when none fits.
        """
        self.ensure_one()
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        own = self.sudo().partner_id.lang  # sudo: a language is no secret
        for wanted in (lang, own, "en_US"):
            family = (wanted or "").partition("_")[0]
            like = [code for code in codes if code.partition("_")[0] == family]
            found = [code for code in (wanted, own, *like) if code in like]
            if found:
                return found[0]
        return codes[0]

    def _cobranza_engine(self, model):
        """``model`` as the crons use it for this company: its rights and currencies,
        and the language of the people who will read what the engine writes down."""
        self.ensure_one()
        people = self.cobranza_user_id.partner_id or self.partner_id
        lang = self._cobranza_lang(people.lang)
        return model.with_company(self).with_context(lang=lang)

    def _cobranza_rules(self):
        """The rules model of the fiscal country of the root company, else neutral."""
        self.ensure_one()
        root = self.sudo().root_id  # a branch user may not read its root company
        country = root.account_fiscal_country_id or root.country_id
        name = f"cobranza.rules.{(country.code or '').lower()}"
        model = name if name in self.env else "cobranza.rules"
        return self.env[model].with_company(self)

    def _cobranza_legal_table(self, first, last):
        """``LegalTable`` with every value in force between two days, read once."""
        return self.env["cobranza.parameter"]._legal_table(first, last)

    def _cobranza_default_policy(self):
        """The active policy that applies where nothing else is chosen; may be empty."""
        chosen = self.cobranza_policy_id
        if not chosen.active:
            chosen = self._cobranza_rules()._default_policy()
        return (chosen or self.cobranza_policy_id.browse()).filtered("active")

    def _cobranza_followed_accounts(self):
        """Accounts whose debit items are followed: receivables and the chosen ones."""
        self.ensure_one()
        domain = [
            *self.env["account.account"]._check_company_domain(self),
            ("account_type", "=", "asset_receivable"),
        ]
        # the run reads accounts for users without accounting rights
        accounts = self.env["account.account"].sudo().search(domain)
        return accounts | self.sudo().cobranza_account_ids

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.setdefault("cobranza_mode", "proposal")
        return super().create(vals_list)

    def write(self, vals):
        changed = {"cobranza_policy_id", "cobranza_account_ids"} & set(vals)
        result = super().write(vals)
        if changed:
            self.env["cobranza.debtor"]._touch_companies(self)
        return result
