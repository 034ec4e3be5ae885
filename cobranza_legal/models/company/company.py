import calendar
import re
from datetime import datetime, time
from decimal import Decimal

import pytz
from markupsafe import Markup, escape

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_amount

from ...kernel.priority import Weights
from ..common.history import say_value
from ..common.money import to_decimal
from ..common.rows import Row
from ..common.transaction import now, to_local, to_utc
from ..common.words import QUIET

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


OWN = "cobranza_legal.group_lawyer_own"
WIDE = (
    "cobranza_legal.group_collector",
    "cobranza_legal.group_lawyer_all",
    "cobranza_legal.group_accountant",
    "cobranza_legal.group_approver",
)
"""Roles that see every debt of the debtors of their companies."""


NOT_OWN = ",".join(WIDE)
"""Groups of the fields that tell what a debtor owes in all and are stored."""


INTERNAL = "base.group_user"
"""Settings are no secret in the house; portal users read their company by RPC."""


RIVALS = (
    "account_followup",
    "account_credit_control",
    "account_invoice_overdue_reminder",
    "om_account_followup",
    "base_accounting_kit",
    "eh_account_collections",
)
"""Other addons that write to debtors."""


MANAGERS = "cobranza_legal.group_collection_manager"


DECIDED_BY = {
    "cobranza_policy_id",
    "cobranza_account_ids",
    "cobranza_terms_required",
    "cobranza_sent_check",
    "cobranza_sent_days",
    "cobranza_instrument_account_ids",
}
"""Settings that the run decides by, besides those of ours that are tracked."""


SUITE = "cobranza_legal"
"""How the names of our addons begin."""


LATE_FROM = {"cobranza_late_days", "cobranza_late_sum"}


FILLED = {
    "cobranza_instrument_account_ids": "instrument",
    "cobranza_account_ids": "protested",
    "cobranza_loss_account_ids": "loss",
}
"""{setting: purpose of the accounts that a country names for it}."""


SHOWN = 20
"""Lines of an activity; the rest is on the record."""


LAST_DAY = 31


PERCENT = Decimal(100)


WEIGHTS = ("amount", "age", "broken", "act", "large", "habit")


def weights_of(percents, large_from):
    """The ``Weights`` of {name: percent}."""
    parts = {name: percents[name] / PERCENT for name in WEIGHTS}
    return Weights(**parts, large_from=to_decimal(large_from))


class ResCompany(models.Model):
    """How a company collects: its mode (proposal, confirm, automatic), its settings,
    its day and rules, and the people who answer for collection.

    Where the law leaves room, the strict reading is the default of a setting.
    """

    _name = "res.company"
    _inherit = ["res.company", "cobranza.guest.mixin"]

    cobranza_mode = fields.Selection(
        MODES,
        string="Collection mode",
        default="proposal",
        required=True,
        groups=INTERNAL,
        tracking=True,
    )
    cobranza_policy_id = fields.Many2one(
        "cobranza.policy",
        string="Default collection policy",
        ondelete="set null",
        groups=INTERNAL,
        tracking=True,
    )
    cobranza_bank_guard_days = fields.Integer(
        string="Days without bank entries that stop automatic sending",
        default=5,
        groups=INTERNAL,
        tracking=True,
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
        tracking=True,
    )
    cobranza_instrument_account_ids = fields.Many2many(
        "account.account",
        "cobranza_company_instrument_rel",
        "company_id",
        "account_id",
        string="Accounts of cheques and bills",
        help="Where cheques, promissory notes and bills of exchange taken in payment "
        "wait for their day. Until the due date of its item nothing is asked of the "
        "debtor.",
        groups=INTERNAL,
    )
    cobranza_loss_account_ids = fields.Many2many(
        "account.account",
        "cobranza_company_loss_rel",
        "company_id",
        "account_id",
        string="Accounts of bad debts",
        help="What is booked from a debt to one of these is a write-off.",
        groups=INTERNAL,
    )
    cobranza_instrument_interest = fields.Selection(
        [
            ("suspended", "Does not run while the debt is covered"),
            ("original", "Runs from the due date of the invoice"),
        ],
        string="Late interest of debts paid by cheque or bill",
        default="suspended",
        required=True,
        help="No article that we know says whether interest runs while the action is "
        "suspended. It does not, unless you decide so.",
        groups=INTERNAL,
        tracking=True,
    )
    cobranza_live_on = fields.Date(string="Live since", readonly=True, groups=INTERNAL)
    cobranza_live_by_id = fields.Many2one("res.users", readonly=True, groups=INTERNAL)
    cobranza_proposal_on = fields.Date(
        string="In proposal mode since", readonly=True, groups=INTERNAL
    )
    cobranza_contact_gap = fields.Integer(
        string="Days between contacts",
        default=1,
        help="What is planned for one debtor in one kind of channel is never closer "
        "than these days: 1 means not twice on a day. The law of the country may ask "
        "for more. Calls and letters that a person decides on are not held back.",
        groups=INTERNAL,
        tracking=True,
    )
    _cobranza_contact_gap_positive = models.Constraint(
        "CHECK (cobranza_contact_gap >= 0)",
        "The days between contacts cannot be negative.",
    )
    cobranza_bill_when = fields.Selection(
        [
            ("never", "Never: the accountant bills"),
            ("monthly", "Once a month"),
            ("run", "Every day"),
        ],
        string="Bill charges automatically",
        default="never",
        required=True,
        groups=INTERNAL,
    )
    cobranza_bill_day = fields.Integer(
        string="Day of the month on which charges are billed",
        default=1,
        help="In shorter months, their last day.",
        groups=INTERNAL,
    )
    cobranza_billed_on = fields.Date(
        string="Charges billed automatically on", readonly=True, groups=INTERNAL
    )
    cobranza_window = fields.Selection(
        [("left", "Left"), ("right", "Right")],
        string="Window of the envelopes",
        default="left",
        required=True,
        help="Letters put the address where the window of a DL or C5 envelope shows "
        "it: 45 to 90 mm from the top, 20 mm from the left or 110 mm for windows on "
        "the right.",
        groups=INTERNAL,
    )
    cobranza_portal_days = fields.Integer(
        string="Validity of the link of the debtor's page",
        default=90,
        required=True,
        help="Days from the last letter during which its link opens the page.",
        groups=INTERNAL,
    )
    cobranza_portal_answer_days = fields.Integer(
        string="Days to answer the debtor",
        default=15,
        required=True,
        help="In how many days we promise to answer what debtors tell us, there and "
        "elsewhere. Where a law gives less, that holds.",
        groups=INTERNAL,
    )
    cobranza_portal_paid_days = fields.Integer(
        string="Days to check a payment",
        default=10,
        required=True,
        help="How long nothing is claimed from a debtor who says on its page that it "
        "has paid.",
        groups=INTERNAL,
    )
    cobranza_portal_promise_days = fields.Integer(
        string="Longest promise on the debtor's page",
        default=15,
        required=True,
        help="Days ahead that a debtor may choose. 0: no promises are taken there.",
        groups=INTERNAL,
    )
    cobranza_portal_promise_percent = fields.Integer(
        string="Smallest promise on the debtor's page",
        default=50,
        required=True,
        help="Percentage of what is due that a promise covers at least.",
        groups=INTERNAL,
    )
    _portal_days = models.Constraint(
        "CHECK (cobranza_portal_days > 0 AND cobranza_portal_answer_days > 0"
        " AND cobranza_portal_paid_days > 0 AND cobranza_portal_promise_days >= 0)",
        "The days of the debtor's page are positive; 0 only for no promises.",
    )
    _portal_percent = models.Constraint(
        "CHECK (cobranza_portal_promise_percent BETWEEN 1 AND 100)",
        "The smallest promise is between 1 and 100 %.",
    )
    cobranza_weight_amount = fields.Integer(
        string="Weight of the amount",
        default=100,
        help="100: twice the debt, twice the priority. 50: four times the debt, twice "
        "the priority. 0: the amount does not count.",
        groups=INTERNAL,
    )
    cobranza_weight_age = fields.Integer(
        string="More for every 30 days late", default=100, groups=INTERNAL
    )
    cobranza_weight_broken = fields.Integer(
        string="More for every broken promise", default=50, groups=INTERNAL
    )
    cobranza_weight_act = fields.Integer(
        string="More when an act is due", default=25, groups=INTERNAL
    )
    cobranza_weight_large = fields.Integer(
        string="More for a large debtor", groups=INTERNAL
    )
    cobranza_weight_habit = fields.Integer(
        string="More for every 30 days late on average",
        help="By how the debtor has paid in the last twelve months. It does not count "
        "for natural persons, unless a person has decided so on the debtor.",
        groups=INTERNAL,
    )
    cobranza_large_from = fields.Monetary(
        string="Large from",
        help="Overdue, in company currency. Zero: nobody is.",
        groups=INTERNAL,
    )
    cobranza_report_user_ids = fields.Many2many(
        "res.users",
        "cobranza_company_report_rel",
        string="Who gets the monthly report",
        domain="[('share', '=', False)]",
        help="By e-mail, on the first day after the month. Nobody: it is not made by "
        "itself.",
        groups=INTERNAL,
    )
    cobranza_weekly_list = fields.Boolean(
        "Weekly list to collectors",
        help="On Mondays each collector gets by e-mail the broken promises, the "
        "promises that are due and the debtors to call first.",
        groups=INTERNAL,
    )
    _cobranza_weights_range = models.Constraint(
        """CHECK (cobranza_weight_amount BETWEEN 0 AND 100
             AND least(cobranza_weight_age, cobranza_weight_broken,
                       cobranza_weight_act, cobranza_weight_large,
                       cobranza_weight_habit) >= 0
             AND coalesce(cobranza_large_from, 0) >= 0)""",
        "Weights are not negative, and that of the amount is at most 100 %.",
    )
    cobranza_suspension_days = fields.Integer(
        string="Days after the notice of a suspension",
        default=10,
        required=True,
        help="Calendar days in which a debtor who received the notice may still pay "
        "before its services are suspended.",
        groups=INTERNAL,
        tracking=True,
    )
    cobranza_suspension_services = fields.Text(
        string="Services that are suspended",
        help="Proposed for every suspension, in the words that the debtor reads: "
        "services that nobody needs to live in a dwelling.",
        groups=INTERNAL,
        tracking=True,
    )
    _suspension_days = models.Constraint(
        "CHECK (cobranza_suspension_days > 0)",
        "The debtor has a day at least to pay after the notice of a suspension.",
    )
    cobranza_promise_tolerance = fields.Integer(
        string="Days of grace of a promise",
        default=3,
        required=True,
        help="A payment that comes so many days after the promised day still keeps the "
        "promise.",
        groups=INTERNAL,
        tracking=True,
    )
    cobranza_agreement_before = fields.Integer(
        string="Days before an instalment on which it is reminded",
        default=3,
        required=True,
        help="Of payment agreements. 0: never.",
        groups=INTERNAL,
        tracking=True,
    )
    cobranza_agreement_after = fields.Integer(
        string="Days after a missed instalment on which it is reminded",
        default=3,
        required=True,
        help="Of payment agreements. 0: never.",
        groups=INTERNAL,
        tracking=True,
    )
    _agreement_days = models.Constraint(
        "CHECK (cobranza_agreement_before >= 0 AND cobranza_agreement_after >= 0)",
        "The days of the reminders of instalments are not negative.",
    )
    cobranza_waive_limit = fields.Monetary(
        string="Charges waived without approval up to",
        help="In company currency. Waiving a higher charge needs an approval.",
        groups=INTERNAL,
    )
    cobranza_approve_alone = fields.Boolean(
        string="One person may approve alone",
        help="Who asks may also approve, with a reason that is logged and reported. "
        "Without this a second person approves as soon as two hold the right.",
        groups=INTERNAL,
    )
    _promise_tolerance = models.Constraint(
        "CHECK (cobranza_promise_tolerance >= 0)",
        "The days of grace of a promise are not negative.",
    )
    cobranza_log_years = fields.Integer(
        string="Years to keep the log of contacts",
        help="After the last debt of a debtor was closed; then its erasure is "
        "proposed, never done by itself. 0: what is advised in the country. Without a "
        "known law nothing is ever proposed.",
        groups=INTERNAL,
    )
    cobranza_late_mode = fields.Selection(
        [
            ("show", "Shown: a manager decides what is claimed"),
            ("claim", "Claimed at once"),
            ("off", "Not looked for"),
        ],
        string="What is due of invoices paid late",
        default="show",
        required=True,
        help="Interest, fixed compensation and commission of what was paid late before "
        "anybody charged them.",
        groups=INTERNAL,
    )
    cobranza_late_days = fields.Integer(
        string="Paid late from so many days",
        default=1,
        required=True,
        help="Debts that were paid fewer days late are not shown.",
        groups=INTERNAL,
    )
    cobranza_late_sum = fields.Monetary(
        string="Paid late from this sum",
        help="In company currency. Debts for which less is due are not shown.",
        groups=INTERNAL,
    )
    cobranza_late_told_on = fields.Date(
        string="Told of what was paid late on", readonly=True, groups=INTERNAL
    )
    cobranza_sent_check = fields.Selection(
        [
            ("auto", "Where invoices leave from Odoo, and just after posting"),
            ("always", "Always: what Odoo has not sent was not sent"),
            ("never", "Never: invoices are sent outside Odoo"),
        ],
        string="Invoices never sent are not reminded",
        default="auto",
        required=True,
        help="By default an invoice is judged from the day of the first one that Odoo "
        "has sent for the company within a year, and for some days after it was "
        "posted. Entries, receipts and opening balances never are.",
        groups=INTERNAL,
    )
    cobranza_sent_days = fields.Integer(
        string="Days after posting in which an invoice has to be sent",
        default=5,
        required=True,
        help="So long an invoice that nobody has sent is not reminded, although the "
        "company sends none from Odoo.",
        groups=INTERNAL,
    )
    cobranza_claim_kind = Row(
        "cobranza.claim.kind",
        string="What is usually claimed",
        help="By which limitation is counted. Empty: the earliest date of all kinds "
        "of claims that may apply.",
        groups=INTERNAL,
        tracking=True,
    )
    cobranza_limitation_alarm_days = fields.Integer(
        string="Days before limitation on which the responsible is told",
        default=180,
        required=True,
        groups=INTERNAL,
        tracking=True,
    )
    cobranza_payment_interrupts = fields.Boolean(
        string="A part payment interrupts limitation",
        help="As an acknowledgement by the debtor. By default it is evidence only.",
        groups=INTERNAL,
        tracking=True,
    )
    _cobranza_limitation_alarm_positive = models.Constraint(
        "CHECK (cobranza_limitation_alarm_days >= 0)",
        "Days before limitation are not negative.",
    )
    _cobranza_sent_days_positive = models.Constraint(
        "CHECK (cobranza_sent_days >= 0)", "Days after posting are not negative."
    )
    _cobranza_late_positive = models.Constraint(
        "CHECK (cobranza_late_days >= 1 AND coalesce(cobranza_late_sum, 0) >= 0)",
        "What was paid late is late by one day at least, and its sum is not negative.",
    )
    cobranza_terms_required = fields.Selection(
        [
            ("file", "Day and proof that the terms were informed"),
            ("day", "Day on which the terms were informed"),
            ("none", "Nothing"),
        ],
        string="Needed to charge by the terms of late payment",
        default="file",
        required=True,
        help="Fees and agreed interest of protected debtors rest on terms that were "
        "told before contracting.",
        groups=INTERNAL,
        tracking=True,
    )

    def _cobranza_tz(self):
        """Time zone of the company: of its partner, else of its country, else UTC."""
        self.ensure_one()
        if self.partner_id.tz:
            return self.partner_id.tz
        zones = pytz.country_timezones.get(self.country_id.code or "")
        return zones[0] if zones else "UTC"

    def _cobranza_local(self, moment):
        """A naive UTC moment as naive local time of the company."""
        return to_local(moment, self._cobranza_tz())

    def _cobranza_today(self):
        """The only "today" of the suite: the calendar day in the company's zone."""
        return self._cobranza_local(now(self.env)).date()

    def _cobranza_midnight(self, day):
        """The naive UTC moment at which a calendar day of the company begins: what
        moments of the database are compared with."""
        day = fields.Date.to_date(day)
        return to_utc(datetime.combine(day, time.min), self._cobranza_tz())

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

    def _cobranza_jurisdictions(self):
        """The fiscal countries of the root companies."""
        countries = self.env["res.country"].sudo()
        # a branch user may not read its root company
        for root in self.sudo().root_id:
            countries |= root.account_fiscal_country_id or root.country_id
        return countries

    # -- branches ----------------------------------------------------------------------

    def _get_company_root_delegated_field_names(self):
        """A branch claims nothing by itself: what its root company decides about
        collection, in every addon of ours, is decided for its branches too."""
        names = super()._get_company_root_delegated_field_names()
        return [*names, *self._cobranza_delegated()]

    def _cobranza_delegated(self):
        """The names of our settings: stored fields of addons of ours."""
        return sorted(
            name
            for name, field in self._fields.items()
            if field.store
            and not field.compute
            and str(field._module).startswith("cobranza_legal")
        )

    def _cobranza_branches(self):
        """The branches of those of these companies that are roots."""
        # sudo: whoever decides for the root need not work in its branches
        roots = self.filtered(lambda one: not one.parent_id)
        companies = self.sudo().with_context(active_test=False)
        below = [("id", "child_of", roots.ids), ("parent_id", "!=", False)]
        return companies.search(below).with_env(self.env)

    def _cobranza_creditor(self):
        """The company that claims what is owed to this one: its root company. Debtors
        and debts are its; documents and payments keep the branch that booked them."""
        self.ensure_one()
        return self.browse(self._cobranza_creditor_id())

    # gate 4: of this company, which is the key; Odoo refuses another parent
    @tools.ormcache("self.id")
    def _cobranza_creditor_id(self):
        return self.sudo().root_id.id  # a branch's user may not read its root

    # gate 4: of this company, which is the key; Odoo refuses another parent
    @tools.ormcache("self.id")
    def _cobranza_tree(self):
        """Ids of the creditor and of all its branches, archived ones too."""
        self.ensure_one()
        # sudo: a user of one branch may not read the others
        companies = self.sudo().with_context(active_test=False)
        return companies.search([("id", "child_of", self.sudo().root_id.id)]).ids

    @api.model
    def _cobranza_creditors(self):
        """The active companies that claim: those that are no branch."""
        return self.search([("parent_id", "=", False)])

    def _cobranza_rules(self):
        """The rules model of the fiscal country of the root company, else neutral."""
        self.ensure_one()
        code = self._cobranza_country_code(self._cobranza_jurisdictions().id)
        name = f"cobranza.rules.{(code or '').lower()}"
        rules = self.env[name if name in self.env else "cobranza.rules"]
        if self.id not in self.env.user._get_company_ids():
            rules = rules.sudo()  # of a branch's user, who may not work in its root
        return rules.with_company(self)

    @api.model
    # gate 4: of the country, which is the key; Odoo clears it with the code
    @tools.ormcache("country", cache="stable")
    def _cobranza_country_code(self, country):
        return self.env["res.country"].sudo().browse(country).code

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
        """Accounts whose items are followed: the receivables and the chosen ones of
        the root company, on which its branches post. One query."""
        self.ensure_one()
        # the run reads accounts for users without accounting rights
        accounts = self.env["account.account"].sudo()
        return accounts.browse(
            account
            for (account,) in self.env.execute_query(self._cobranza_sql_followed())
        )

    def _cobranza_sql_followed(self):
        """The ids of the followed accounts of this company's root as a query, active
        ones and those that were chosen."""
        accounts = self.env["account.account"].sudo()
        root = self.sudo().root_id
        self.flush_model(["cobranza_account_ids"])
        receivable = accounts._search(
            [
                *accounts._check_company_domain(root),
                ("account_type", "=", "asset_receivable"),
            ]
        )
        return SQL(
            """SELECT id FROM account_account
                WHERE id IN %s OR id IN (SELECT account_account_id
                                           FROM cobranza_company_account_rel
                                          WHERE res_company_id = %s)
                ORDER BY id""",
            receivable.subselect(),
            root.id,
        )

    def _cobranza_fill_accounts(self):
        """Set the accounts of cheques and bills, of protested ones and of bad debts of
        companies that have chosen none, to those of their chart that the rules of the
        country name."""
        for company in self.sudo():
            rules = company._cobranza_rules()
            for name, purpose in FILLED.items():
                if not company[name]:
                    company[name] = company._cobranza_chart_accounts(
                        rules._ledger_accounts(purpose)
                    )

    def _cobranza_chart_accounts(self, refs):
        """The accounts of this company that its chart made from these template ids."""
        names = [f"{self.id}_{ref}" for ref in refs]
        domain = [
            ("module", "=", "account"),
            ("model", "=", "account.account"),
            ("name", "in", names),
        ]
        ids = self.env["ir.model.data"].sudo().search(domain).mapped("res_id")
        return self.env["account.account"].sudo().browse(ids).exists()

    def _cobranza_instrument_accounts(self):
        """Accounts on which cheques and bills wait for their day: those of the company
        and of its root, whose chart branches post on."""
        self.ensure_one()
        both = self.sudo() | self.sudo().root_id  # read for users without accounting
        return both.cobranza_instrument_account_ids

    def _cobranza_owed_accounts(self):
        """Accounts on which something may be owed: the followed ones and those of
        cheques and bills. One query."""
        self.ensure_one()
        self.flush_model(["cobranza_instrument_account_ids"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM (%s) AS followed
                    UNION
                   SELECT account_id FROM cobranza_company_instrument_rel
                    WHERE company_id = ANY(%s)""",
                self._cobranza_sql_followed(),
                [self.id, self.sudo().root_id.id],
            )
        )
        # read for users without accounting rights
        return self.env["account.account"].sudo().browse(row[0] for row in rows)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("parent_id"):  # a branch takes the mode of its root
                vals.setdefault("cobranza_mode", "proposal")
        companies = super().create(vals_list)
        companies._cobranza_review_own()
        return companies

    def _is_default(self, name, vals):
        """A branch is made with what its root has."""
        if super()._is_default(name, vals):
            return True
        root = self.browse(vals.get("parent_id"))
        field = self._fields[name]
        return bool(root) and vals[name] == field.convert_to_write(root[name], root)

    def _cobranza_review_own(self):
        """Debtors that are these companies are left alone from now on."""
        # sudo: whoever makes companies need not be a collector
        debtors = self.env["cobranza.debtor"].sudo()
        partners = self.sudo().partner_id
        debtors._redecide_of_partners(partners | partners.commercial_partner_id)

    def _valid_field_parameter(self, field, name):
        return name == "decides" or super()._valid_field_parameter(field, name)

    @api.model
    def _cobranza_decided_by(self):
        """Settings that decisions or charges are made by: those of ours whose changes
        are tracked, but for those that say ``decides=False``, and the country of the
        law. The mode has its own verb."""
        ours = {
            name
            for name, field in self._fields.items()
            if str(field._module).startswith(SUITE)
            and getattr(field, "tracking", 0)
            and getattr(field, "decides", True)
        }
        return ours - {"cobranza_mode"} | DECIDED_BY | {"account_fiscal_country_id"}

    @api.model
    def _cobranza_charged_by(self):
        """Those of ``_cobranza_decided_by`` that say what late payment costs. Countries
        add theirs."""
        return {
            "cobranza_instrument_interest",
            "cobranza_terms_required",
            "account_fiscal_country_id",
        }

    def write(self, vals):
        names = sorted(self._cobranza_decided_by() & set(vals))
        before = {one: [say_value(one, name) for name in names] for one in self}
        own = {name: vals[name] for name in self._cobranza_delegated() if name in vals}
        branches = self._cobranza_branches() if own else self.browse()
        if branches:
            self.check_access("write")
            # sudo: who decides for the root need not work in its branches; all at once,
            # for Odoo compares all of them after each one
            super(ResCompany, (self | branches).sudo()).write(own)
            vals = {name: value for name, value in vals.items() if name not in own}
        result = super().write(vals)
        vals = {**vals, **own}
        if "partner_id" in vals:
            self._cobranza_review_own()
        self._cobranza_judge_settings(names, before)
        if LATE_FROM & set(vals):
            self.env["cobranza.late"]._look_again([("company_id", "in", self.ids)])
        return result

    def _cobranza_judge_settings(self, names, before):
        """``before``: {company: words of the settings ``names`` as they were}."""
        for company, values in before.items():
            changed = [
                name
                for name, old in zip(names, values, strict=True)
                if say_value(company, name) != old
            ]
            if changed:
                company._cobranza_judge(changed)

    def _cobranza_judge(self, names):
        """These settings have changed: every debtor of this company, and of its
        branches, is judged again, and its charges where they rest on them."""
        priced = self._cobranza_charged_by() & set(names)
        labels = [self._fields[name]._description_string(self.env) for name in names]
        words = self.env._("Settings were changed: %s", ", ".join(labels))
        # sudo: an administrator who changes settings need not see debtors
        companies = self.sudo().search([("id", "child_of", self.id)])
        debtors = self.env["cobranza.debtor"].sudo()
        why = words if priced else ""
        debtors._judge_in_batches_of_companies(companies, why)

    def _cobranza_check_mode(self):
        """UserError when one of these companies is in proposal mode: nothing is
        sent."""
        for company in self:
            if company.cobranza_mode == "proposal":
                raise UserError(
                    self.env._(
                        "%s works in proposal mode: nothing leaves. A manager changes "
                        "the mode in the settings.",
                        company.display_name,
                    )
                )

    def _cobranza_switch(self, mode):
        """Set the mode ("proposal", "confirm", "automatic") of one company and keep who
        and when. Releases that it does not allow are withdrawn; leaving proposal mode
        raises the tasks of levels that were reached meanwhile."""
        self.ensure_one()
        before, live = self.cobranza_mode, mode != "proposal"
        values = {"cobranza_mode": mode}
        if not live:
            values |= {"cobranza_live_on": False, "cobranza_live_by_id": False}
            if before != "proposal":
                values["cobranza_proposal_on"] = self._cobranza_today()
        elif before == "proposal":
            values |= {
                "cobranza_live_on": self._cobranza_today(),
                "cobranza_live_by_id": self.env.uid,
            }
        # a collection manager need not be an administrator of companies
        self.sudo().write(values)
        self._cobranza_withdraw_releases()
        debtors = self.env["cobranza.debtor"].sudo()  # the engine, past record rules
        if before == "proposal" and live:
            debtors._raise_waiting_effects(self)
        debtors._redecide_where(SQL("company_id = %s", self.id))

    def _cobranza_withdraw_releases(self):
        """Withdraw releases of planned contacts that the mode does not allow: all of
        them in proposal mode, those that no person gave in confirm mode."""
        planned = [
            ("company_id", "=", self.id),
            ("state", "=", "planned"),
            ("task_raised", "=", False),
        ]
        # the engine, past record rules
        contacts = self.env["cobranza.contact"].sudo().search(planned)
        if self.cobranza_mode == "proposal":
            contacts._withdraw_release("proposal")
        elif self.cobranza_mode == "confirm":
            machine = contacts.filtered(lambda contact: not contact.released_by_id)
            machine._withdraw_release("not_automatic")

    def _cobranza_rival(self):
        """Warning about another addon that writes to debtors, or False."""
        modules = self.env["ir.module.module"].sudo()  # installed addons, for anybody
        found = modules.search(
            [("name", "in", RIVALS), ("state", "in", ("installed", "to upgrade"))]
        )
        if not found:
            return False
        return self.env._(
            "Also installed and able to write to debtors: %s.",
            ", ".join(found.mapped("shortdesc")),
        )

    def _cobranza_users(self, group):
        """The active internal users of a group (its xml id) who work in this company,
        by id."""
        self.ensure_one()
        names = self.env["ir.model.data"]
        number = names._xmlid_to_res_id(group, raise_if_not_found=True)
        groups = self.env["res.groups"].sudo()  # the administrator's to read
        users = groups.browse(number).all_user_ids.filtered(
            lambda user: user.active and not user.share and self in user.company_ids
        )
        return users.sorted("id")

    def _cobranza_collector(self):
        """User who gets the tasks of debtors without a collector: the default
        collector, the one who switched the company on, else its first collection
        manager."""
        self.ensure_one()
        named = (self.cobranza_user_id | self.cobranza_live_by_id).filtered("active")
        if named:
            return named[:1]
        return self._cobranza_users(MANAGERS)[:1].sudo(self.env.su)

    def _cobranza_manager(self):
        """User responsible for the legal values: the default collector if a manager,
        else the first manager of the company; empty if there is none."""
        self.ensure_one()
        managers = self._cobranza_users(MANAGERS)
        if self.cobranza_user_id in managers:
            return self.cobranza_user_id
        return managers[:1]

    def _cobranza_ask_manager(self, record, summary, lines, user=None, add=False):
        """One activity about ``record`` for the manager, not repeated while it is open
        nor on the day on which it was done.

        An open one says these ``lines`` from now on; with ``add``, those that it does
        not say yet too.
        """
        user = user or self._cobranza_manager()
        # activities of somebody else, raised by the engine
        activities = self.env["mail.activity"].sudo().with_context(**QUIET)
        if not user:
            return activities
        domain = [
            ("res_model", "=", record._name),
            ("res_id", "=", record.id),
            ("summary", "=", summary),
            ("automated", "=", True),
        ]
        everything = activities.with_context(active_test=False)
        same = everything.search(domain, order="id desc", limit=1)
        today = self._cobranza_today()
        if same.active:
            same.note = _to_html(lines, same.note if add else None)
            return same
        if same.date_done and same.date_done >= today:
            return same
        return activities.create(
            {
                "res_model_id": self.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                "summary": summary,
                "note": _to_html(lines),
                "user_id": user.id,
                "date_deadline": today,
                "automated": True,
            }
        )

    def _cobranza_shadow_start(self):
        """Day since which the company is in proposal mode; set to today at its first
        run."""
        self.ensure_one()
        company = self.sudo()  # the run may be started by any manager
        if not company.cobranza_proposal_on:
            company.cobranza_proposal_on = self._cobranza_today()
        return company.cobranza_proposal_on

    def _cobranza_missing_module(self):
        """(module, country): the addon with the rules of the fiscal country that could
        be installed but is not, found by its declared countries."""
        self.ensure_one()
        country = self._cobranza_jurisdictions()
        modules = self.env["ir.module.module"].sudo()  # the list of apps is the admin's
        found = modules.search(
            [
                ("state", "=", "uninstalled"),
                ("country_ids", "in", country.ids),
                ("dependencies_id.name", "=", "cobranza_legal"),
            ],
            limit=1,
        )
        return found, country

    # -- settings ----------------------------------------------------------------------

    @api.constrains("cobranza_bill_day")
    def _check_cobranza_bill_day(self):
        for company in self:
            if not 1 <= company.cobranza_bill_day <= LAST_DAY:
                raise ValidationError(
                    self.env._("The day on which charges are billed is from 1 to 31.")
                )

    def _cobranza_bills_today(self, today):
        """Whether charges are to be billed: every day, or when the day of the month is
        here or was missed, and not done since."""
        self.ensure_one()
        done = self.cobranza_billed_on
        if self.cobranza_bill_when == "run":
            return not done or done < today
        if self.cobranza_bill_when != "monthly":
            return False
        last = calendar.monthrange(today.year, today.month)[1]
        day = today.replace(day=min(self.cobranza_bill_day, last))
        return today >= day and (not done or done < day)

    def _cobranza_weights(self):
        """The kernel's ``Weights`` of the priority in this company."""
        self.ensure_one()
        percents = {name: self[f"cobranza_weight_{name}"] for name in WEIGHTS}
        return weights_of(percents, self.cobranza_large_from)

    def _cobranza_formula(self):
        """The formula of the priority with this company's weights, in words."""
        self.ensure_one()
        weights = self.sudo()  # what orders the list is no secret
        amount = weights.cobranza_weight_amount
        words = []
        if amount == 100:
            words.append(self.env._("overdue and claimable"))
        elif amount:
            words.append(self.env._("overdue to the power of %s %%", amount))
        more = (
            (weights.cobranza_weight_age, self.env._("for every 30 days late")),
            (weights.cobranza_weight_broken, self.env._("for every broken promise")),
            (weights.cobranza_weight_act, self.env._("when an act is due")),
            (
                weights.cobranza_weight_habit,
                self.env._("for every 30 days late on average"),
            ),
        )
        large = weights.cobranza_large_from and weights.cobranza_weight_large
        if large:
            least = format_amount(
                self.env, weights.cobranza_large_from, self.currency_id
            )
            more += ((large, self.env._("from %s overdue", least)),)
        words += [f"(1 + {percent} % {when})" for percent, when in more if percent]
        return " × ".join(words) or "1"

    def _cobranza_retention(self, on):
        """``LogRetention`` of the company's country on a day, None if none is known."""
        table = self._cobranza_legal_table(on, on)
        return self._cobranza_rules()._log_retention(on, table)

    def _cobranza_barred_erasure(self, on=None):
        """Article by which data about what is time-barred are erased on a day, by
        default today; empty where no law says so."""
        on = on or self._cobranza_today()
        table = self._cobranza_legal_table(on, on)
        return self._cobranza_rules()._barred_erasure(on, table)

    @api.constrains("cobranza_log_years")
    def _check_cobranza_log_years(self):
        for company in self.filtered("cobranza_log_years"):
            law = company._cobranza_retention(company._cobranza_today())
            least = law.years if law else 0
            if company.cobranza_log_years < least:
                raise ValidationError(
                    self.env._(
                        "The log of contacts is kept %(years)s years at least "
                        "(%(article)s).",
                        years=least,
                        article=law.article if law else "",
                    )
                )


def _to_html(lines, before=None):
    """A list with a few of the lines, after those of a list from before."""
    item = Markup("<li>%s</li>")
    said = re.findall(r"<li>(.*?)</li>", str(before or ""), re.DOTALL)
    said = [Markup(one) for one in said]  # from this very function, sanitized since
    texts = {one.striptags() for one in said}
    said += [escape(line) for line in lines if " ".join(line.split()) not in texts]
    kept = said[:SHOWN] + [Markup("…")] * (len(said) > SHOWN)
    return Markup("<ul>%s</ul>") % Markup().join(item % one for one in kept)
