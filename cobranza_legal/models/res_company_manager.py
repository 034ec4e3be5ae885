import re

from markupsafe import Markup, escape

from odoo import models

from .cobranza_debtor_task import QUIET

MANAGERS = "cobranza_legal.group_collection_manager"
SHOWN = 20
"""Lines of an activity; the rest is on the record."""


class ResCompany(models.Model):
    """What the collection manager of a company is asked to do."""

    _inherit = "res.company"

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


def _to_html(lines, before=None):
    """A list with a few of the lines, after those of a list from before."""
    item = Markup("<li>%s</li>")
    said = re.findall(r"<li>(.*?)</li>", str(before or ""), re.DOTALL)
    said = [Markup(one) for one in said]  # from this very function, sanitized since
    texts = {one.striptags() for one in said}
    said += [escape(line) for line in lines if " ".join(line.split()) not in texts]
    kept = said[:SHOWN] + [Markup("…")] * (len(said) > SHOWN)
    return Markup("<ul>%s</ul>") % Markup().join(item % one for one in kept)
