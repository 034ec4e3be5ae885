from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...kernel.dunning import Reason
from ..common.money import say_amount
from ..common.transaction import is_rehearsed
from ..company.company import MANAGERS
from ..contact.odoo_mail import odoo_sends
from .asked import read_asked

KINDS = [
    ("paid", "Less is owed"),
    ("more", "More is owed"),
    ("leave", "Not to be asked for now"),
    ("stop", "To stop"),
]


STATES = [
    ("pending", "To be told"),
    ("asked", "Somebody has to tell it"),
    ("sent", "Told"),
    ("failed", "Not delivered"),
    ("cancelled", "Not needed any more"),
]


UNTOLD = ("pending", "asked", "failed")


FAILED = ("exception", "cancel")
"""States of mails of Odoo that did not leave."""


class CobranzaPlacementNotice(models.Model):
    """Something that an agency has to be told the same day: that less is owed of a debt
    because it was paid to us, that more is, because a payment came back, that a debt is
    not to be asked for now, or that it has to stop. One of a kind waits at a time; what
    was told is evidence."""

    _name = "cobranza.placement.notice"
    _inherit = "cobranza.gate.mixin"
    _description = "What a collection agency is told"
    _order = "id desc"
    _rec_name = "kind"

    placement_id = fields.Many2one(
        "cobranza.placement",
        "Handover",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    line_id = fields.Many2one(
        "cobranza.placement.line",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    company_id = fields.Many2one(related="placement_id.company_id", store=True)
    debtor_id = fields.Many2one(related="placement_id.debtor_id")
    agency_id = fields.Many2one(related="placement_id.agency_id", store=True)
    debt_id = fields.Many2one(related="line_id.debt_id")
    currency_id = fields.Many2one(related="line_id.currency_id")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    known = fields.Monetary("It knew", readonly=True)
    owed = fields.Monetary(readonly=True)
    charges = fields.Monetary("Of which charges", readonly=True)
    reason = fields.Char(readonly=True)
    decided_on = fields.Date("On", readonly=True, required=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="pending")
    told_on = fields.Date(readonly=True)
    told_to = fields.Char("Address", readonly=True)
    told_by_id = fields.Many2one(
        "res.users", "By", readonly=True, help="Empty: an e-mail told it."
    )
    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null")

    _line_uniq = models.UniqueIndex(
        "(line_id) WHERE state = 'pending' AND line_id IS NOT NULL",
        "This waits to be told already.",
    )
    _stop_uniq = models.UniqueIndex(
        "(placement_id) WHERE kind = 'stop'", "It was told to stop already."
    )
    _pending_idx = models.Index("(company_id, id) WHERE state = 'pending'")

    # -- what has to be told -----------------------------------------------------------

    @api.model
    def _owed_of(self, company, lines):
        """{line: {field: value}} of what may be asked for of these lines of a company
        now. Interest that runs since the agency was told is not told: it asks for what
        it knows. Run as superuser."""
        today = company._cobranza_today()
        found = read_asked(company, lines.debt_id, today)
        labels, result = self.env["cobranza.decision.reason"], {}
        for line in lines:
            asked = found[line.debt_id.id]
            charges = min(float(asked.charges), line.told_charges)
            owed, reason = float(asked.principal) + charges, asked.stop
            if line.debt_id.void_reason:
                owed = charges = 0
            if asked.stop:  # what it asks for once nothing stops it is known still
                owed, charges = 0, line.told_charges
            elif asked.part:
                reason = Reason.DISPUTED
            order = line.currency_id.compare_amounts(owed, line.told)
            kind = "leave" if asked.stop and order < 0 else "paid"
            result[line] = {
                "kind": "more" if order > 0 else kind,
                "owed": owed,
                "charges": charges,
                "reason": labels._label(reason) if reason else False,
            }
        return result

    @api.model
    def _compare(self, company, lines):
        """Put down, for these lines of a company, what is owed otherwise than the
        agency knows; what is right again is told no more. Twice in a row, the second
        time nothing changes. Run as superuser."""
        if not lines:
            return
        waiting = self.search([("line_id", "in", lines.ids), ("state", "=", "pending")])
        waiting = {one.line_id: one for one in waiting}
        vals_list, day = [], company._cobranza_today()
        for line, notice in self._owed_of(company, lines).items():
            compare, known = line.currency_id.compare_amounts, waiting.get(line, self)
            if not compare(notice["owed"], line.told):
                known._through_gate().write({"state": "cancelled"})
            elif not known:
                notice |= {"placement_id": line.placement_id.id, "line_id": line.id}
                vals_list.append({**notice, "known": line.told, "decided_on": day})
            elif compare(notice["owed"], known.owed) or notice["kind"] != known.kind:
                known._through_gate().write(notice)
        self._put_down(vals_list)

    @api.model
    def _stop(self, placements, why):
        """The agencies of these are to stop. Run as superuser."""
        self._put_down(
            [
                {
                    "placement_id": one.id,
                    "kind": "stop",
                    "reason": why,
                    "decided_on": one.company_id._cobranza_today(),
                }
                for one in placements
                # of what is paid it knows that nothing is owed
                if one.outcome != "paid" or any(one.line_ids.mapped("told_charges"))
            ]
        )

    @api.model
    def _put_down(self, vals_list):
        if not vals_list:
            return
        self._through_gate().create(vals_list)
        if not is_rehearsed(self.env):  # told the same day: the upkeep starts at once
            cron = self.env.ref("cobranza_legal.ir_cron_upkeep", False)
            if cron:
                cron.sudo()._trigger()

    # -- telling -----------------------------------------------------------------------

    @api.model
    def _upkeep_due(self, company, today, limit):
        """What waits to be told."""
        return self.search(
            [("company_id", "=", company.id), ("state", "=", "pending")],
            limit=limit,
            order="id",
        )

    def _upkeep(self, today):
        """Tell the agencies of these: an e-mail for each, queued with it in one
        transaction; where there is no address a task of the responsible."""
        for agency, own in self.grouped("agency_id").items():
            for notice in own.filtered("line_id"):
                vals = {"told": notice.owed, "told_charges": notice.charges}
                notice.line_id._through_gate().write(vals)
            if agency.email and agency.company_id.cobranza_mode != "proposal":
                values = {"state": "sent", "told_on": today, "told_to": agency.email}
                mail = own._queue_mail(agency)
                own._through_gate().write({**values, "mail_id": mail.id})
            else:
                own._through_gate().write({"state": "asked"})
                agency._ask_once(self.env._("Tell the agency what has changed"))

    def action_told(self):
        """Somebody has told the agency of these."""
        self.check_access("read")
        user = self.env.user
        strange = self.agency_id.user_id - user
        if strange and not user.has_group(MANAGERS):
            raise AccessError(self.env._("This act is for others to do."))
        # sudo: rows are the engine's to write, whoever has told it
        mine = self.sudo().filtered(lambda one: one.state in ("asked", "failed"))
        for company, own in mine.grouped("company_id").items():
            today = company._cobranza_today()
            values = {"state": "sent", "told_on": today, "told_by_id": user.id}
            own._through_gate().write({**values, "told_to": False, "mail_id": False})
        waiting = self.sudo().search(
            [
                ("agency_id", "in", mine.agency_id.ids),
                ("state", "in", ("asked", "failed")),
            ]
        )
        done = mine.agency_id - waiting.agency_id
        done.activity_ids.filtered("automated").action_feedback()
        return True

    def _queue_mail(self, agency):
        """The mail that tells an agency of these: numbers of handovers and documents,
        and nobody's name."""
        company = agency.company_id
        lang = company._cobranza_lang(agency.partner_id.lang)
        own = self.with_context(lang=lang)
        articles = company._cobranza_rules()._agency_articles()
        rows = own.filtered("line_id")
        values = {
            "company": company,
            "rows": rows,
            "stopped": own - rows,
            "article": articles.get("told", ""),
            "say": partial(say_amount, own.env),
        }
        body = own.env["ir.qweb"]._render("cobranza_legal.agency_notice", values)
        # what an agency is told is no contact with a debtor
        mails = odoo_sends(own.env["mail.mail"])
        return mails.create(
            {
                "subject": own.env._(
                    "%s: changes in the debts that you collect", company.name
                ),
                "body_html": body,
                "body": body,
                "email_to": agency.email,
                "author_id": company.partner_id.id,
                "email_from": own.env["cobranza.channel.email"]._sender(company),
                "model": agency._name,
                "res_id": agency.id,
                "auto_delete": False,
            }
        )

    @api.model
    def _look_for_failures(self, company):
        """Somebody is asked to tell what did not leave, once. Run as superuser."""
        failed = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "sent"),
                ("mail_id.state", "in", FAILED),
            ]
        )
        failed._through_gate().write({"state": "failed"})
        failed.agency_id._ask_once(
            self.env._("Tell the agency what has changed: the e-mail did not leave")
        )
