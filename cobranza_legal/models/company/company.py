import re

import pytz
from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.transaction import now
from ..common.words import QUIET

MODES = [
    ("proposal", "Proposal: nothing leaves"),
    ("confirm", "Confirm: a person releases each batch"),
    ("automatic", "Automatic"),
]


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


SHOWN = 20
"""Lines of an activity; the rest is on the record."""


class ResCompany(models.Model):
    """Proposal, confirm, automatic: what the company lets out of the house.

    How contacts are planned, and who answers for them.

    What the collection manager of a company is asked to do.
    """

    _inherit = "res.company"

    cobranza_mode = fields.Selection(
        MODES, string="Collection mode", default="proposal", required=True
    )
    cobranza_policy_id = fields.Many2one(
        "cobranza.policy", string="Default collection policy", ondelete="set null"
    )
    cobranza_bank_guard_days = fields.Integer(
        string="Days without bank entries that stop automatic sending", default=5
    )
    cobranza_email_from = fields.Char(string="Sender of collection e-mails")
    cobranza_bank_account_id = fields.Many2one(
        "res.partner.bank",
        string="Bank account shown to debtors",
        domain="[('partner_id', '=', partner_id)]",
        ondelete="set null",
    )
    cobranza_user_id = fields.Many2one(
        "res.users", string="Default collector", ondelete="set null"
    )
    cobranza_account_ids = fields.Many2many(
        "account.account",
        "cobranza_company_account_rel",
        string="Other followed accounts",
        help="Accounts that are not receivables but whose debit balances are followed: "
        "other debtors, returned cheques and bills, debit balances of suppliers.",
    )
    cobranza_live_on = fields.Date(string="Live since", readonly=True)
    cobranza_live_by_id = fields.Many2one("res.users", readonly=True)
    cobranza_contact_gap = fields.Integer(
        string="Days between contacts",
        default=1,
        help="What is planned for one debtor in one kind of channel is never closer "
        "than these days: 1 means not twice on a day. The law of the country may ask "
        "for more. Calls and letters that a person decides on are not held back.",
    )
    _cobranza_contact_gap_positive = models.Constraint(
        "CHECK (cobranza_contact_gap >= 0)",
        "The days between contacts cannot be negative.",
    )

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
        return self._cobranza_local(now(self.env)).date()

    def _cobranza_engine(self, model):
        """``model`` as the crons use it for this company: its rights and currencies,
        and the language of the people who will read what the engine writes down."""
        self.ensure_one()
        people = self.cobranza_user_id.partner_id or self.partner_id
        lang = people.lang or self.partner_id.lang or self.env.lang
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

    def _cobranza_check_mode(self):
        """UserError when nothing may leave these companies."""
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
        """Change the mode; who and when is kept for the audit."""
        self.ensure_one()
        before, live = self.cobranza_mode, mode != "proposal"
        values = {"cobranza_mode": mode}
        if not live:
            values |= {"cobranza_live_on": False, "cobranza_live_by_id": False}
        elif before == "proposal":
            values |= {
                "cobranza_live_on": self._cobranza_today(),
                "cobranza_live_by_id": self.env.uid,
            }
        # a collection manager need not be an administrator of companies
        self.sudo().write(values)
        self._cobranza_take_back()
        debtors = self.env["cobranza.debtor"].sudo()  # the engine, past record rules
        if before == "proposal" and live:
            debtors._raise_waiting_effects(self)
        debtors._touch_companies(self)

    def _cobranza_take_back(self):
        """What has not left is released by nobody in proposal mode, and in confirm mode
        only by persons."""
        planned = [
            ("company_id", "=", self.id),
            ("state", "=", "planned"),
            ("task_raised", "=", False),
        ]
        # the engine, past record rules
        contacts = self.env["cobranza.contact"].sudo().search(planned)
        if self.cobranza_mode == "proposal":
            contacts._take_back("proposal")
        elif self.cobranza_mode == "confirm":
            machine = contacts.filtered(lambda one: not one.released_by_id)
            machine._take_back("not_automatic")

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

    def _cobranza_collector(self):
        """Whoever does what no collector of a debtor does: the company's collector, who
        switched the company on, else its first collection manager."""
        self.ensure_one()
        named = (self.cobranza_user_id | self.cobranza_live_by_id).filtered("active")
        if named:
            return named[:1]
        # whoever meets the fault may not read the users of a group
        group = self.env.ref("cobranza_legal.group_collection_manager").sudo()
        managers = group.all_user_ids.filtered(
            lambda user: user.active and self in user.company_ids
        )
        return managers.sorted("id")[:1].sudo(self.env.su)

    def _cobranza_manager(self):
        """Who answers for the legal values: the default collector if a manager, else
        the first manager of the company; empty if there is none."""
        self.ensure_one()
        group = self.env.ref(MANAGERS).sudo()  # groups are the administrator's
        managers = group.all_user_ids.filtered(
            lambda user: user.active and self in user.company_ids
        )
        if self.cobranza_user_id in managers:
            return self.cobranza_user_id
        return managers.sorted("id")[:1]

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


class ResCompany(models.Model):
    """Since when the company only proposes."""

    _inherit = "res.company"

    cobranza_proposal_on = fields.Date(string="In proposal mode since", readonly=True)

    def _cobranza_switch(self, mode):
        if mode == "proposal" and self.cobranza_mode != "proposal":
            # a collection manager need not be an administrator of companies
            self.sudo().cobranza_proposal_on = self._cobranza_today()
        return super()._cobranza_switch(mode)

    def _cobranza_shadow_start(self):
        """The first day of the present time in proposal mode; a new company's is that
        of its first run."""
        self.ensure_one()
        company = self.sudo()  # the run may be started by any manager
        if not company.cobranza_proposal_on:
            company.cobranza_proposal_on = self._cobranza_today()
        return company.cobranza_proposal_on

    def _cobranza_missing_module(self):
        """(module, country): the addon with the rules of the fiscal country that could
        be installed but is not, found by its declared countries."""
        self.ensure_one()
        root = self.sudo().root_id  # a branch user may not read its root company
        country = root.account_fiscal_country_id or root.country_id
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


def _to_html(lines, before=None):
    """A list with a few of the lines, after those of a list from before."""
    item = Markup("<li>%s</li>")
    said = re.findall(r"<li>(.*?)</li>", str(before or ""), re.DOTALL)
    said = [Markup(one) for one in said]  # from this very function, sanitized since
    texts = {one.striptags() for one in said}
    said += [escape(line) for line in lines if " ".join(line.split()) not in texts]
    kept = said[:SHOWN] + [Markup("…")] * (len(said) > SHOWN)
    return Markup("<ul>%s</ul>") % Markup().join(item % one for one in kept)
