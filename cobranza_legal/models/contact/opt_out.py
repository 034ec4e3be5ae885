from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize, format_date

from ...kernel.lifecycle import OPT_OUT
from ..common.rows import Row

SOURCES = [
    ("call", "In a call"),
    ("message", "In an answer"),
    ("letter", "In writing"),
    ("portal", "On the debtor's page"),
    ("other", "Other"),
]


STOPPED = frozenset({"voice", "remote"})
"""Kinds of channel that an opt-out of "everything" closes. Paper stays open: a debtor
cannot keep the creditor from demanding payment in writing."""


class CobranzaOptOut(models.Model):
    """A debtor, or a representative, does not want to be contacted by a channel.

    Evidence: who said so, when and how. It is ended, never deleted.
    """

    _name = "cobranza.opt.out"
    _inherit = "cobranza.history.mixin"
    _description = "Opt-out of contacts"
    _order = "since desc, id desc"
    _lifecycle = OPT_OUT
    _logged = (
        *("debtor_id", "channel", "partner_id", "address", "since", "until"),
        *("reason", "source", "attachment_ids"),
    )
    _check_company_auto = True
    _evidence_files = {"attachment_ids": []}
    _given = frozenset({"contact_id"})

    debtor_id = fields.Many2one(
        "cobranza.debtor",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True)
    channel = Row(
        "cobranza.channel",
        only=lambda channel: (
            not channel._is_inbound_only and channel._class_kind != "task"
        ),
        help="Empty: every call and message. Letters can always be written.",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Person", help="Empty: everybody around the debtor."
    )
    address = fields.Char(
        string="Address or number", help="Empty: every address of the channel."
    )
    since = fields.Date(
        required=True, default=lambda self: self.env.company._cobranza_today()
    )
    until = fields.Date(help="Last day. Empty: until somebody ends it.")
    reason = fields.Char(string="In the debtor's words")
    source = fields.Selection(
        SOURCES, required=True, default="call", string="How it was said"
    )
    contact_id = fields.Many2one(
        "cobranza.contact", string="Recorded from", readonly=True, check_company=True
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", "cobranza_opt_out_file_rel", string="Evidence"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Recorded by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    note = fields.Text()
    state = fields.Selection(
        [("open", "In force"), ("ended", "Ended")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
    )

    _dates = models.Constraint(
        "CHECK (until IS NULL OR until >= since)",
        "An opt-out does not end before it starts.",
    )
    _open_idx = models.Index("(debtor_id) WHERE state = 'open'")
    _until_idx = models.Index("(until) WHERE state = 'open'")

    @api.depends("debtor_id", "channel", "partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["channel"]._description_selection(self.env))
        everything = self.env._("Every call and message")
        for one in self:
            who = one.partner_id or one.debtor_id
            what = labels.get(one.channel, everything)
            one.display_name = f"{who.display_name}: {what}" if who else what

    @api.constrains("debtor_id", "partner_id")
    def _check_person(self):
        for one in self:
            people = one.debtor_id._permitted_people() | one.debtor_id.beneficiary_ids
            if one.partner_id and one.partner_id not in people:
                raise ValidationError(
                    self.env._(
                        "%(person)s is nobody of %(debtor)s. Choose the debtor or one "
                        "of its people.",
                        person=one.partner_id.display_name,
                        debtor=one.debtor_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._reroute_planned()
        return records

    def _reroute_planned(self):
        """Move planned contacts to the fallback channel of their level."""
        # whoever records it may not plan contacts
        contacts = self.env["cobranza.contact"].sudo()
        domain = [("debtor_id", "in", self.debtor_id.ids), ("state", "=", "planned")]
        for company, planned in contacts.search(domain).grouped("company_id").items():
            planned.with_company(company)._reroute()

    def _covers(self, contact, recipient, day, last=None):
        """Whether it closes the way of ``contact`` to ``recipient`` on a day, or at
        least its address. ``last`` is the day by which its end is judged, where
        calendars differ."""
        self.ensure_one()
        if not self._holds_for(recipient, day, last):
            return False
        model = contact._channel_model()
        if self.channel and self.channel != contact.channel:
            return False
        return bool(self.channel) or model._class_kind in STOPPED

    def _holds_for(self, person, day, last=None):
        """Whether it is in force for a person on a day; ``last`` as in ``_covers``."""
        self.ensure_one()
        in_force = self.state == "open" and self.since <= day
        if not in_force or (self.until and self.until < (last or day)):
            return False
        return not self.partner_id or self.partner_id == person

    def _closes(self, addresses):
        """Those of ``addresses`` that it closes: that which it names, else all."""
        self.ensure_one()
        if not self.address:
            return set(addresses)
        return {one for one in addresses if _same(self.address, one)}

    def _refused(self, person, day):
        """A function that tells which of some addresses of a person may not be used on
        a day by a way of ``cobranza.channel``, whoever writes or calls for us."""
        mine = self.filtered(lambda one: one._holds_for(person, day))

        def closed(way, addresses):
            own = mine.filtered(
                lambda one: (
                    not one.channel
                    or self.env[f"cobranza.channel.{one.channel}"]._way == way
                )
            )
            return set().union(*(one._closes(addresses) for one in own))

        return closed

    def _message(self, contact):
        labels = dict(contact._fields["channel"]._description_selection(self.env))
        return self.env._(
            "%(who)s does not want to be contacted by this way (%(channel)s) since "
            "%(day)s: choose another way or end the opt-out.",
            who=(self.partner_id or self.debtor_id).display_name,
            channel=labels[contact.channel],
            day=format_date(self.env, self.since),
        )

    # -- its end ---------------------------------------------------------------------

    def action_end(self):
        """Ask for the reason and end these opt-outs."""
        return self.env["cobranza.reason"]._ask("opt_out", self)

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Opt-outs of a company whose last day has gone."""
        domain = [("company_id", "=", company.id), ("state", "=", "open")]
        return self.search([*domain, ("until", "<", today)], limit=limit, order="id")

    def _upkeep(self, today):
        self._set_state("ended", self.env._("Its last day has passed"))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise ValidationError(
            self.env._("An opt-out is evidence: end it instead of deleting it.")
        )


def _same(one, other):
    """Whether two addresses or numbers are the same, however they are written."""
    mails = email_normalize(one or ""), email_normalize(other or "")
    if any(mails):
        return mails[0] == mails[1]
    return _digits(one) == _digits(other) != ""


def _digits(text):
    return "".join(char for char in text or "" if char.isalnum()).lower()
