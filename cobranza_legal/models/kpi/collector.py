"""What a collector has before today."""

from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_datetime

from ..common.money import say_amount
from .direction import recovered

TO_DO = ("draft", "planned", "failed", "in_doubt")
MOST = 10
"""Rows of one list; a button opens the whole."""


class CobranzaDashboardCollector(models.AbstractModel):
    """Contacts and promises that the user may see and that are the user's: made by the
    user, or of debtors that are the user's or nobody's."""

    _name = "cobranza.dashboard.collector"
    _description = "Dashboard of a collector"

    @api.model
    def _read(self, view):
        return {
            "todo": self._todo(view),
            "done": self._done(view),
            "promises": self._promises(view),
            "mine": self._mine(view),
        }

    # -- whose -------------------------------------------------------------------------

    def _own(self, view):
        """Of contacts and promises: about debtors of the user or of nobody."""
        mine = Domain("debtor_id.user_id", "in", [self.env.uid, False])
        mine &= Domain("company_id", "=", view.company.id)
        if view.currency:
            mine &= Domain("currency_id", "=", view.currency.id)
        return mine

    def _domain(self, view, what):
        """The domain of what is behind a figure: (model, domain)."""
        today, contacts = view.today, "cobranza.contact"
        own = self._own(view)
        midnight = view.company._cobranza_midnight
        begin, end = midnight(today), midnight(today + timedelta(1))
        kinds = {
            "todo": (
                contacts,
                own
                & Domain("state", "in", TO_DO)
                & (Domain("planned_at", "=", False) | Domain("planned_at", "<", end)),
            ),
            "done": (
                contacts,
                Domain("company_id", "=", view.company.id)
                & Domain("user_id", "=", self.env.uid)
                & Domain("sent_at", ">=", begin)
                & Domain("sent_at", "<", end),
            ),
        }
        promises = own & Domain("state", "=", "open")
        kinds |= {
            "late": Domain("promised_on", "<", today) & promises,
            "today": Domain("promised_on", "=", today) & promises,
            "week": Domain("promised_on", ">", today)
            & Domain("promised_on", "<=", today + timedelta(7))
            & promises,
            "broken": own
            & Domain("result", "in", ["broken", "part_kept"])
            & Domain("closed_on", ">=", view.since),
        }
        found = kinds[what]
        return found if isinstance(found, tuple) else ("cobranza.promise", found)

    # -- contacts ----------------------------------------------------------------------

    def _todo(self, view):
        model, domain = self._domain(view, "todo")
        contacts = self.env[model]
        channels = self.env["cobranza.channel"]
        groups = contacts._read_group(domain, ["channel"], ["__count"])
        rows = contacts.search(domain, order="planned_at, id", limit=MOST)
        return {
            "number": sum(number for _channel, number in groups),
            "channels": [
                {"label": channels._label(code), "number": number}
                for code, number in groups
            ],
            "rows": [self._contact(one) for one in rows],
        }

    def _contact(self, contact):
        when = contact.planned_at and format_datetime(
            self.env,
            contact.planned_at,
            contact.company_id.sudo()._cobranza_tz(),
            "d MMM HH:mm",
        )
        return {
            "model": contact._name,
            "id": contact.id,
            "name": contact.debtor_id.display_name,
            "what": self.env["cobranza.channel"]._label(contact.channel),
            "more": contact.level_id.name or "",
            "day": when or "",
            "tone": "danger" if contact.state in ("failed", "in_doubt") else "info",
        }

    def _done(self, view):
        model, domain = self._domain(view, "done")
        groups = self.env[model]._read_group(domain, ["outcome"], ["__count"])
        outcomes = self.env["cobranza.outcome"]
        return {
            "number": sum(number for _outcome, number in groups),
            "rows": [
                {
                    "label": outcomes._label(code) if code else self.env._("Sent"),
                    "number": number,
                }
                for code, number in groups
            ],
        }

    # -- promises ----------------------------------------------------------------------

    def _promises(self, view):
        labels = {
            "late": (self.env._("Late"), "danger"),
            "today": (self.env._("Today"), "warning"),
            "week": (self.env._("In 7 days"), "info"),
            "broken": (self.env._("Broken in the period"), "danger"),
        }
        found = []
        for code, (label, tone) in labels.items():
            model, domain = self._domain(view, code)
            groups = self.env[model]._read_group(
                domain, ["currency_id"], ["amount:sum", "__count"]
            )
            found.append(
                {
                    "code": code,
                    "label": label,
                    "tone": tone,
                    "number": sum(number for *_rest, number in groups),
                    "text": " + ".join(
                        say_amount(self.env, amount, currency)
                        for currency, amount, _number in groups
                    ),
                }
            )
        soon = Domain.OR([self._domain(view, one)[1] for one in ("late", "today")])
        rows = self.env["cobranza.promise"].search(
            soon, order="promised_on, id", limit=MOST
        )
        return {
            "groups": found,
            "rows": [
                {
                    "model": one._name,
                    "id": one.id,
                    "name": one.debtor_id.display_name,
                    "what": say_amount(self.env, one.amount, one.currency_id),
                    "more": "",
                    "day": format_date(self.env, one.promised_on),
                    "tone": "danger" if one.promised_on < view.today else "warning",
                }
                for one in rows
            ],
        }

    # -- money -------------------------------------------------------------------------

    def _mine(self, view):
        """What was recovered in the period of the debtors of the user."""
        whose = SQL(
            "d.debtor_id IN (SELECT id FROM cobranza_debtor WHERE user_id = %s)",
            self.env.uid,
        )
        debtors = self.env["cobranza.debtor"]
        domain = [("user_id", "=", self.env.uid), ("company_id", "=", view.company.id)]
        number, amount = recovered(view, whose)
        return {
            "since": format_date(self.env, view.since),
            "number": number,
            "debtors": debtors.search_count(domain),
            **view.money(amount),
        }

    # -- lists behind ------------------------------------------------------------------

    @api.model
    def open_behind(self, what, filters=None):
        """The action of the list behind a figure: todo, done, late, today, week,
        broken, debtors. AccessError without the role."""
        pages = self.env["cobranza.dashboard"]
        pages._tab("collector")
        view = pages._view(filters or {})
        if what == "debtors":
            domain = [
                ("user_id", "=", self.env.uid),
                ("company_id", "=", view.company.id),
            ]
            return pages._list("action_cobranza_debtor", domain)
        model, domain = self._domain(view, what)
        names = defaultdict(lambda: "action_cobranza_promise")
        names["cobranza.contact"] = "action_cobranza_contact"
        return pages._list(names[model], list(domain))
