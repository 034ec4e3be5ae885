"""What a lawyer has before today: one page for the desk and for the telephone."""

import base64
import binascii
from collections import defaultdict
from datetime import date, timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date, format_datetime
from odoo.tools.misc import formatLang

from ..common.files import safe_name
from .case import RUNNING

WEEK = 7
"""Days ahead of which deadlines and hearings are shown, and days back of what came."""


MOST_CASES = 60
"""Cards on the page: those with the soonest deadline."""


MOST_ROWS = 30
"""Rows of one list on the page."""


MOST_FILES = 20
"""Files that are dropped on a case at once."""


MOST_BYTES = 50 * 1024 * 1024
"""As above, of all files together."""


class CobranzaCaseDay(models.AbstractModel):
    """The day of whoever works on cases: what is due this week, what came in, and the
    own cases with what is done most often. It shows what the user may see, by the
    user's own rights, and stores nothing."""

    _name = "cobranza.case.day"
    _description = "My day"

    # -- what is shown -----------------------------------------------------------------

    @api.model
    def get_day(self):
        """What the page shows, in words of the present user. A fixed number of
        queries, however many cases there are."""
        cases = self._cases()
        due = self._deadlines(cases)
        shown = cases.sorted(lambda one: self._rank(one, due))[:MOST_CASES]
        today = self.env.company._cobranza_today()
        return {
            "today": format_date(self.env, today, date_format="full"),
            "due": self._due_rows(cases, due),
            "came": self._came_rows(cases),
            "cases": self._cards(shown, due),
            "more": len(cases) - len(shown),
        }

    @api.model
    def _read_tab(self, view):
        """The same as a tab of the dashboard: of all companies of the user."""
        return self.get_day()

    @api.model
    def _cases(self):
        """The running cases that the present user works on, or prepared and follows."""
        mine = Domain("assigned_user_ids", "in", self.env.uid)
        mine |= Domain("user_id", "=", self.env.uid)
        return self.env["cobranza.case"].search(mine & Domain("state", "in", RUNNING))

    @api.model
    def _deadlines(self, cases):
        """{case: its open deadlines, the soonest first}."""
        found = self.env["cobranza.deadline"].search(
            [
                ("case_id", "in", cases.ids),
                ("state", "=", "open"),
                ("due_on", "!=", False),
            ],
            order="due_on, id",
        )
        return found.grouped("case_id")

    def _rank(self, case, due):
        """Those to be studied first, then by the soonest deadline."""
        soonest = due[case][0].due_on if case in due else date.max
        return case.state != "review", soonest, -case.id

    @api.model
    def _due_rows(self, cases, due):
        """Deadlines that have passed or end within a week, and hearings of a week."""
        rows = []
        for case, deadlines in due.items():
            last = case.company_id._cobranza_today() + timedelta(days=WEEK)
            rows += [
                (one.due_on, self._deadline_row(one))
                for one in deadlines
                if one.due_on <= last
            ]
        # each company has its own day, at most one apart
        today, apart = self.env.company._cobranza_today(), timedelta(days=1)
        hearings = self.env["cobranza.hearing"].search(
            Domain("case_id", "in", cases.ids)
            & Domain("state", "=", "planned")
            & Domain("day", ">=", today - apart)
            & Domain("day", "<=", today + timedelta(days=WEEK) + apart)
        )
        for one in hearings:
            today = one.company_id._cobranza_today()
            if today <= one.day <= today + timedelta(days=WEEK):
                rows.append((one.day, self._hearing_row(one)))
        return [row for _day, row in sorted(rows, key=lambda row: row[0])][:MOST_ROWS]

    def _deadline_row(self, one):
        left = (one.due_on - one.company_id._cobranza_today()).days
        who = dict(one._fields["who"]._description_selection(self.env))
        return {
            "key": f"{one._name}-{one.id}",
            "model": one._name,
            "id": one.id,
            "icon": "fa-hourglass-end" if left < 0 else "fa-hourglass-half",
            "tone": self._tone(left),
            "day": self._day_words(one.due_on, left),
            "what": one.name,
            "about": self._about(one.case_id),
            "more": "" if one.who == "us" else who[one.who],
            "act": "action_done" if one.who == "us" and not one.elapses else False,
        }

    def _hearing_row(self, one):
        left = (one.day - one.company_id._cobranza_today()).days
        kinds = self.env["cobranza.hearing.kind"]
        begins = format_datetime(
            self.env, one.starts_at, one.company_id._cobranza_tz(), "HH:mm"
        )
        place = one.room or one.court_id.display_name or one.link
        return {
            "key": f"{one._name}-{one.id}",
            "model": one._name,
            "id": one.id,
            "icon": "fa-gavel",
            "tone": self._tone(left),
            "day": self._day_words(one.day, left),
            "what": f"{kinds._label(one.kind)}, {begins}",
            "about": self._about(one.case_id),
            "more": place or "",
            "act": False,
        }

    @staticmethod
    def _tone(left):
        """How much a day presses that is ``left`` days away."""
        if left < 0:
            return "danger"
        return "warning" if left <= 1 else "info"

    def _day_words(self, day, left):
        words = {
            -1: self.env._("Yesterday"),
            0: self.env._("Today"),
            1: self.env._("Tomorrow"),
        }
        form = "EEE d MMM" if abs(left) < 300 else "d MMM y"
        return words.get(left) or format_date(self.env, day, date_format=form)

    def _about(self, case):
        return f"{case.name} · {case.debtor_id.display_name}"

    # -- what came in ------------------------------------------------------------------

    @api.model
    def _came_rows(self, cases):
        """Mails that wait, whenever they came; mails, documents and payments of the
        last week, the newest first."""
        since = self.env.company._cobranza_today() - timedelta(days=WEEK)
        rows = [
            *self._mail_rows(cases, since),
            *self._document_rows(cases, since),
            *self._payment_rows(cases, since),
        ]
        rows.sort(key=lambda row: (not row[0], row[1]))
        waiting = [row for waits, _day, row in rows if waits]
        others = [row for waits, _day, row in reversed(rows) if not waits]
        return (waiting + others)[:MOST_ROWS]

    def _came_row(self, record, case, day, icon, what, tone="muted", more=""):
        left = (day - case.company_id._cobranza_today()).days
        return {
            "key": f"{record._name}-{record.id}",
            "model": record._name,
            "id": record.id,
            "icon": icon,
            "tone": tone,
            "day": self._day_words(day, left),
            "what": what,
            "about": self._about(case),
            "more": more,
        }

    def _mail_rows(self, cases, since):
        begin = self.env.company._cobranza_midnight(since)
        news = Domain("state", "=", "filed") & Domain("received_on", ">=", begin)
        mails = self.env["cobranza.case.mail"].search(
            Domain("case_id", "in", cases.ids)
            & (Domain("state", "=", "waiting") | news)
        )
        for one in mails:
            waits = one.state == "waiting"
            day = one.company_id._cobranza_local(one.received_on).date()
            who = one.sender_name or one.sender or "?"
            more = self.env._("Waits: file it or discard it") if waits else ""
            row = self._came_row(
                one,
                one.case_id,
                day,
                "fa-envelope" if waits else "fa-envelope-open-o",
                f"{who}: {one.subject or ''}",
                "warning" if waits else "muted",
                more,
            )
            yield waits, day, row

    def _document_rows(self, cases, since):
        by_debtor = defaultdict(lambda: self.env["cobranza.case"])
        for case in cases:
            by_debtor[case.debtor_id] |= case
        found = self.env["cobranza.document"].search(
            [("debtor_id", "in", cases.debtor_id.ids), ("received_on", ">=", since)]
        )
        for one in found:
            mine = by_debtor[one.debtor_id].filtered(
                lambda case, one=one: not one.debt_id or one.debt_id in case.debt_ids
            )
            if mine:
                what = one.type_id.name
                if one.debt_id.document:
                    what = f"{what}, {one.debt_id.document}"
                yield (
                    False,
                    one.received_on,
                    self._came_row(
                        one, mine[0], one.received_on, "fa-file-text-o", what
                    ),
                )

    def _payment_rows(self, cases, since):
        """What was collected of the debts of a case, by day."""
        settlements = self.env["cobranza.settlement"]
        groups = settlements._read_group(
            Domain("debt_id", "in", cases.debt_ids.ids)
            & Domain("date", ">=", since)
            & Domain("kind", "in", settlements._kinds(collects=True)),
            ["debt_id", "date:day"],
            ["amount:sum"],
        )
        paid = defaultdict(float)
        case_of = {debt: case for case in cases for debt in case.debt_ids}
        for debt, day, amount in groups:
            paid[case_of[debt], day] += amount
        for (case, day), amount in paid.items():
            words = self.env._("Paid: %s", self._money(case, amount))
            row = self._came_row(case, case, day, "fa-money", words, "success")
            yield False, day, {**row, "key": f"paid-{case.id}-{day}"}

    def _money(self, case, amount):
        return formatLang(self.env, amount, currency_obj=case.currency_id)

    # -- the own cases -----------------------------------------------------------------

    @api.model
    def _cards(self, cases, due):
        states = dict(cases._fields["state"]._description_selection(self.env))
        return [self._card(case, due.get(case), states) for case in cases]

    def _card(self, case, deadlines, states):
        suit = case.proceeding_ids.filtered(lambda one: one.state == "filed")[:1]
        soonest = deadlines[:1] if deadlines else None
        works = self.env.user in case.assigned_user_ids or case._is_assigner()
        return {
            "id": case.id,
            "name": case.name,
            "debtor": case.debtor_id.display_name,
            "review": case.state == "review",
            "stage": suit.stage_id.name or states[case.state],
            "docket": suit.docket or "",
            "court": suit.court_id.display_name or "",
            "claimed": self._money(case, case.amount),
            "owed": self._money(case, case.amount_now),
            "next": self._deadline_row(soonest) if soonest else False,
            "mails": case.mail_waiting_count,
            "address": case.mail_address or "",
            "works": works,
            "suit": suit.id,
        }

    # -- what is done from it ----------------------------------------------------------

    @api.model
    def drop_files(self, case_id, files):
        """The dialog of a new act of a case with these files: [{name, content}], the
        content in base64, kept byte for byte. Nothing is written down before the
        dialog is confirmed. UserError for too much, and for what is no base64."""
        case = self.env["cobranza.case"].browse(case_id).exists()
        case.check_access("read")
        case._check_worked()
        contents = self._contents(files)
        # pictures are not made smaller, as Odoo does: a file is evidence
        rows = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        kept = rows.create([{"name": name, "raw": raw} for name, raw in contents])
        action = case.action_write_act()
        names = ", ".join(name for name, _raw in contents)
        return {
            **action,
            "context": {
                **action["context"],
                "default_kind": "received",
                "default_summary": names,
                "default_file_ids": [Command.set(kept.ids)],
            },
        }

    def _contents(self, files):
        """[(name, bytes)] of what a client sends."""
        if not files or len(files) > MOST_FILES:
            raise UserError(
                self.env._("Add between 1 and %s files at once.", MOST_FILES)
            )
        found = []
        for one in files:
            try:
                raw = base64.b64decode(one["content"], validate=True)
            except (binascii.Error, KeyError, TypeError, ValueError) as error:
                raise UserError(self.env._("A file did not arrive whole.")) from error
            found.append((safe_name(str(one.get("name") or "")), raw))
        if sum(len(raw) for _name, raw in found) > MOST_BYTES:
            raise UserError(
                self.env._(
                    "The files are bigger than %s MB together.",
                    MOST_BYTES // 1024 // 1024,
                )
            )
        return found


class IrUiMenu(models.Model):
    """Who only works on cases begins with the own day; others find it below Legal."""

    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        found = super()._load_menus_blacklist()
        user = self.env.user
        lawyer = (
            user.has_group("cobranza_legal.group_legal_cases")
            and user.has_group("cobranza_legal.group_lawyer_own")
            and not user.has_group("cobranza_legal.group_collector")
            and not user.has_group("cobranza_legal.group_accountant")
        )
        name = "menu_case_day" if lawyer else "menu_case_day_first"
        menu = self.env.ref(f"cobranza_legal.{name}", raise_if_not_found=False)
        return [*found, menu.id] if menu else found
