from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import float_compare

from ...kernel.lifecycle import OBLIGOR
from ..common.gate import CONTEXT_KEY, GATE
from ..common.rows import Row
from ..company.company import MANAGERS

WHOLE = 100
"""Percent that the shares of one set may add up to."""


TERMS = (
    *("debtor_id", "partner_id", "capacity", "debt_ids", "limit_amount", "currency_id"),
    *("share", "deed", "deed_on", "signed_on", "accepts_extensions", "since", "until"),
)
"""What was agreed: kept as it is once it was signed."""


WHO = ("debtor_id", "partner_id", "since")
"""By which a letter is of the debtor or of who answers for it."""


class CobranzaObligor(models.Model):
    """Who answers for debts of a debtor, besides the debtor itself: in which capacity,
    for which debts, up to what sum, by which deed, from when and until when.

    What nobody has signed can be corrected, with a row of the history; what was signed
    stays as it is and is ended with the reason.
    """

    _name = "cobranza.obligor"
    _inherit = "cobranza.followup.item.mixin"
    _description = "Who answers for debts"
    _order = "debtor_id, id"
    _lifecycle = OBLIGOR
    _logged = (*TERMS, "user_id", "file_ids")
    _after_close = frozenset({"note", "user_id", "file_ids"})
    _evidence_files = {
        "file_ids": ["|", ("signed_on", "!=", False), ("state", "!=", "open")]
    }

    debtor_id = fields.Many2one(ondelete="restrict")
    partner_id = fields.Many2one(
        "res.partner",
        string="Who answers",
        required=True,
        ondelete="restrict",
        index=True,
    )
    capacity = Row(
        "cobranza.obligor.capacity",
        only=lambda row: not row.is_debtor,
        required=True,
        default="guarantor",
        help="Not known: simple guarantor, who owes least.",
    )
    debt_ids = fields.Many2many(
        "cobranza.debt",
        "cobranza_obligor_debt_rel",
        string="Debts",
        ondelete="restrict",
        domain="[('debtor_id', '=', debtor_id), ('nature', '=', 'principal')]",
        help="Empty: every debt of the debtor, those to come too. What is charged "
        "for a debt goes with it.",
    )
    freed_debt_ids = fields.Many2many(
        "cobranza.debt",
        "cobranza_obligor_freed_rel",
        string="Freed of",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="It answers for these no more, because the debtor was given time without "
        "its consent; for the others it does.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company._cobranza_creditor().currency_id,
    )
    limit_amount = fields.Monetary(string="Limit", help="0: without a limit.")
    share = fields.Float(
        string="Share (%)",
        digits=(6, 3),
        help="Part of the debts that an heir or a debtor of a share owes; 0: not "
        "known.",
    )
    deed = fields.Char(help="By which it answers: contract, deed, bill, will.")
    deed_on = fields.Date(string="Date of the deed")
    file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_obligor_file_rel",
        string="Deed and proofs",
        copy=False,
    )
    signed_on = fields.Date(
        copy=False,
        help="Empty: not known. Once it is set, what was agreed is kept as it is.",
    )
    accepts_extensions = fields.Boolean(
        "Accepts extensions",
        help="The deed accepts in advance that the debtor is given more time. Needs "
        "its file.",
    )
    since = fields.Date(
        string="From",
        default=lambda self: self.env.company._cobranza_today(),
        help="Empty: from the beginning.",
    )
    until = fields.Date(string="Last day", help="Last day. Empty: until it is ended.")
    note = fields.Text()
    state = fields.Selection(
        [("open", "In force"), ("ended", "Answers no more")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
    )
    begun = fields.Boolean(
        readonly=True, copy=False, help="Its first day has been seen."
    )
    ended_on = fields.Date(
        readonly=True, copy=False, help="From this day on it answers no more."
    )
    end_reason = Row(
        "cobranza.obligor.end", string="Ended because", readonly=True, copy=False
    )
    ended_by_id = fields.Many2one(
        "res.users", string="Ended by", readonly=True, copy=False
    )
    has_share = fields.Boolean(compute="_compute_has_share")
    # stored: a rule that names the debts would read all of them for whoever may not
    assigned_user_ids = fields.Many2many(
        "res.users",
        "cobranza_obligor_assigned_rel",
        compute="_compute_assigned_user_ids",
        store=True,
        string="Assigned",
        help="Who works on any of the debts: with the role of own cases, these users "
        "see it.",
    )

    _limit_positive = models.Constraint(
        "CHECK (limit_amount >= 0)", "A limit is not negative."
    )
    _share_percent = models.Constraint(
        "CHECK (share >= 0 AND share <= 100)", "A share is between 0 and 100 percent."
    )
    _dates = models.Constraint(
        "CHECK (until IS NULL OR since IS NULL OR until >= since)",
        "Nobody answers for debts until a day before the first.",
    )
    _open_idx = models.Index("(debtor_id) WHERE state = 'open'")
    _until_idx = models.Index("(company_id, until) WHERE state = 'open'")

    @api.depends("partner_id", "capacity")
    @api.depends_context("lang")
    def _compute_display_name(self):
        capacities = self.env["cobranza.obligor.capacity"]
        for one in self:
            parts = (one.partner_id.display_name, capacities._label(one.capacity))
            one.display_name = " · ".join(part for part in parts if part)

    def _answering_alone(self, day):
        """Those of these who answer on a day for the whole without the debtor being
        asked first, and are in no insolvency proceedings themselves (CC ES arts. 1144
        and 1831; CC CL arts. 1514 and 2358). As superuser."""
        found = self.filtered(
            lambda one: (
                one.state == "open"
                and (not one.since or one.since <= day)
                and (not one.until or one.until >= day)
                and one._capacity().owes_alone
            )
        )
        insolvent = self.env["cobranza.debtor"].search(
            [
                ("company_id", "in", found.company_id.ids),
                ("partner_id", "in", found.partner_id.commercial_partner_id.ids),
                ("insolvent_on", "<=", day),
            ]
        )
        gone = insolvent.partner_id
        return found.filtered(
            lambda one: one.partner_id.commercial_partner_id not in gone
        )

    @api.depends("capacity")
    def _compute_has_share(self):
        for one in self:
            one.has_share = bool(one.capacity) and one._capacity().has_share

    @api.depends("debt_ids.assigned_user_ids", "debtor_id.assigned_user_ids")
    def _compute_assigned_user_ids(self):
        for one in self:
            about = one.debt_ids or one.debtor_id
            one.assigned_user_ids = about.assigned_user_ids

    def _capacity(self):
        """The row of its capacity; one that no addon knows any more counts as that of a
        simple guarantor, who owes least."""
        self.ensure_one()
        capacities = self.env["cobranza.obligor.capacity"]
        return capacities._row(self.capacity) or capacities._row("guarantor")

    # -- who answers when --------------------------------------------------------------

    def _answers_on(self, day):
        """Whether this record makes its partner answer for debts on a day. Not when it
        was a mistake, nor from the day on which it ended; an heir from the debtor's
        death on; who only enjoys what somebody else owes for, never."""
        self.ensure_one()
        one = self.sudo()  # the debtor's other people, whoever asks
        if one.end_reason and self.env["cobranza.obligor.end"]._is(
            one.end_reason, "never"
        ):
            return False
        if one.partner_id in one.debtor_id.beneficiary_ids:
            return False
        died = one.debtor_id.deceased_on
        if one._capacity().takes_over_from_debtor and not (died and died <= day):
            return False
        return not (
            (one.since and one.since > day)
            or (one.until and one.until < day)
            or (one.ended_on and one.ended_on <= day)
        )

    def _ever_answered(self):
        """Whether it is no mistake."""
        self.ensure_one()
        ends = self.env["cobranza.obligor.end"]
        return not (self.end_reason and ends._is(self.end_reason, "never"))

    def _answers_for(self, debts):
        """Whether it is about each of these debts, or about that for which it is
        charged; what was charged goes with its debt."""
        self.ensure_one()
        named, freed = self.sudo().debt_ids, self.sudo().freed_debt_ids  # of all
        return not any(
            debt in freed or debt.parent_id in freed for debt in debts.sudo()
        ) and (
            not named
            or all(debt in named or debt.parent_id in named for debt in debts.sudo())
        )

    # -- guards ------------------------------------------------------------------------

    @api.constrains("debtor_id", "partner_id")
    def _check_partner(self):
        for one in self:
            debtor, partner = one.debtor_id, one.partner_id
            if partner == debtor.partner_id:
                raise ValidationError(
                    self.env._(
                        "%s is the debtor and answers for everything anyway.",
                        partner.display_name,
                    )
                )
            if partner in debtor.beneficiary_ids:
                raise ValidationError(
                    self.env._(
                        "%(person)s is a beneficiary of %(debtor)s, who owes nothing. "
                        "Take it off the beneficiaries first.",
                        person=partner.display_name,
                        debtor=debtor.display_name,
                    )
                )
            # sudo: a user of a branch need not work in its root
            company = partner.sudo().company_id
            if company and company._cobranza_creditor() != one.company_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s is a contact of another company than "
                        "%(debtor)s. Choose another contact.",
                        person=partner.display_name,
                        debtor=debtor.display_name,
                    )
                )

    @api.constrains("debtor_id", "debt_ids")
    def _check_debts(self):
        for one in self:
            foreign = one.debt_ids.filtered(
                lambda debt, one=one: debt.debtor_id != one.debtor_id
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "%(debt)s is not a debt of %(debtor)s. Take it off the list.",
                        debt=foreign[0].display_name,
                        debtor=one.debtor_id.display_name,
                    )
                )

    @api.constrains("capacity", "debtor_id")
    def _check_death(self):
        for one in self:
            if one._capacity().takes_over_from_debtor and not one.debtor_id.deceased_on:
                raise ValidationError(
                    self.env._(
                        "%s is not known to have died: note the day of its death "
                        "first.",
                        one.debtor_id.display_name,
                    )
                )

    @api.constrains("accepts_extensions", "file_ids")
    def _check_extensions(self):
        for one in self.filtered("accepts_extensions"):
            if one.state == "open" and not one.file_ids:
                raise ValidationError(
                    self.env._(
                        "%s: attach the deed that accepts extensions.",
                        one.display_name,
                    )
                )

    @api.constrains("signed_on", "deed_on")
    def _check_signed(self):
        for one in self:
            today = one.company_id._cobranza_today()
            if one.signed_on and one.signed_on > today:
                raise ValidationError(
                    self.env._("%s: it is not signed yet.", one.display_name)
                )

    @api.constrains("share", "capacity", "debt_ids", "since", "until", "debtor_id")
    def _check_shares(self):
        """Of no debt, and on no day, are shares of one capacity more than the whole."""
        for one in self.filtered("share"):
            if not one._capacity().has_share:
                raise ValidationError(
                    self.env._(
                        "%s: only an heir or a debtor of a share has a share.",
                        one.display_name,
                    )
                )
        sharing = self.filtered(lambda one: one.share and one.state == "open")
        for debtor in sharing.debtor_id:
            for capacity in set(sharing.mapped("capacity")):
                debtor.obligor_ids.filtered(
                    lambda one, capacity=capacity: (
                        one.state == "open" and one.share and one.capacity == capacity
                    )
                )._check_whole()

    def _check_whole(self):
        """ValidationError when the shares of these add up to more than the whole."""
        named = self.debt_ids
        # the most is reached on a first day, for a debt that is named or for the rest
        for day in {one.since for one in self}:
            on_day = self.filtered(
                lambda one, day=day: (
                    (not one.since or (day and one.since <= day))
                    and (not one.until or not day or one.until >= day)
                )
            )
            for debt in (*named, named.browse()):
                both = on_day.filtered(
                    lambda one, debt=debt: not one.debt_ids or debt & one.debt_ids
                )
                total = sum(both.mapped("share"))
                if float_compare(total, WHOLE, precision_digits=3) > 0:
                    raise ValidationError(
                        self.env._(
                            "%(people)s: their shares add up to %(total)s %%. "
                            "Together they may not owe more than the whole.",
                            people=", ".join(both.mapped("display_name")),
                            total=f"{total:g}",
                        )
                    )

    def _check_not_closed(self, vals):
        """Also UserError when what was signed would change."""
        kept = set(vals) & set(TERMS)
        signed = self.filtered("signed_on")
        if kept and signed and not self._is_through_gate():
            changed = signed.filtered(
                lambda one: any(not one._is_same(name, vals[name]) for name in kept)
            )
            if changed:
                raise UserError(
                    self.env._(
                        "%s is signed and kept as it was. End it, and record what "
                        "holds now.",
                        changed[0].display_name,
                    )
                )
        return super()._check_not_closed(vals)

    def _is_same(self, name, value):
        """Whether a field of one value has this value already."""
        field = self._fields[name]
        if field.type == "many2many":
            return False
        mine = field.convert_to_cache(self[name], self, False)
        return (mine or None) == (field.convert_to_cache(value, self, False) or None)

    # -- life --------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._own_files()
        for company, group in records.grouped("company_id").items():
            today = company._cobranza_today()
            begun = group.filtered(
                lambda one, today=today: not one.since or one.since <= today
            )
            begun._through_gate().begun = True
        records._note_on_debtor(self.env._("Answers for it from now on"))
        self.env["cobranza.contact.effect"]._derive_of(records.debtor_id)
        return records

    def write(self, vals):
        before = self.debtor_id
        if "file_ids" in vals and not self._is_through_gate():
            kept = {one: one.file_ids for one in self if one._keeps_files()}
            result = super().write(vals)
            for one, files in kept.items():
                if files - one.file_ids:
                    raise UserError(
                        self.env._(
                            "%s is signed or ended: its files are kept. Files can be "
                            "added.",
                            one.display_name,
                        )
                    )
            self._own_files()
        else:
            result = super().write(vals)
        if set(vals) & set(TERMS) and not self._is_through_gate():
            self._note_on_debtor(self.env._("What it answers for has changed"))
        if set(vals) & set(WHO):
            effects = self.env["cobranza.contact.effect"]
            effects._derive_of(before | self.debtor_id)
        return result

    def _keeps_files(self):
        return bool(self.signed_on) or self.state != "open"

    def _own_files(self):
        """Files belong to the record, so that whoever reads it can open them."""
        for one in self:
            loose = one.file_ids.filtered(lambda file: not file.res_id)
            # those of what is signed are evidence at once
            loose.with_context(**{CONTEXT_KEY: GATE}).write(
                {"res_model": self._name, "res_id": one.id}
            )

    def _on_state(self, target, reason):
        label = self.env["cobranza.obligor.end"]._label
        for code, group in self.grouped("end_reason").items():
            group._note_on_debtor(self.env._("Answers no more: %s", label(code)))
        mistaken = self.filtered(lambda one: not one._ever_answered())
        self.env["cobranza.contact.effect"]._derive_of(mistaken.debtor_id)
        return super()._on_state(target, reason)

    def _note_on_debtor(self, change):
        """Say in the chatter of the debtors what was done with these records."""
        bodies = defaultdict(Markup)
        for one in self:
            line = f"{one.display_name}: {change}"
            bodies[one.debtor_id.id] += Markup("<p>%s</p>") % line
        # whoever records it need not be allowed to write in the chatter
        debtors = self.env["cobranza.debtor"].sudo().browse(bodies)
        if debtors:
            debtors._message_log_batch(bodies)

    @api.ondelete(at_uninstall=False)
    def _unlink_unsigned(self):
        told = self._told()
        for one in self:
            if one.signed_on or one in told:
                raise UserError(
                    self.env._(
                        "%s is signed, or was written to: end it instead of deleting "
                        "it.",
                        one.display_name,
                    )
                )

    def _told(self):
        """Those of these whose partner was written to about the debtor."""
        # sudo: by anybody
        contacts = self.env["cobranza.contact"].sudo()
        domain = Domain("debtor_id", "in", self.debtor_id.ids)
        domain &= Domain("recipient_id", "in", self.partner_id.ids)
        sent = contacts.search(domain & Domain("sent_at", "!=", False))
        pairs = {(one.debtor_id.id, one.recipient_id.id) for one in sent}
        return self.filtered(lambda one: (one.debtor_id.id, one.partner_id.id) in pairs)

    def _free_of(self, debts, reason):
        """From now on these answer for ``debts`` no more, for all else as before."""
        for one in self:
            one._through_gate().write(
                {"freed_debt_ids": [Command.link(debt.id) for debt in debts]}
            )
            names = ", ".join(debts.mapped("display_name"))
            one._log(self.env._("Answers no more for: %s", names), reason)
            one._note_on_debtor(self.env._("Answers no more for: %s", names))
        self.debtor_id._redecide_later()
        self.env["cobranza.contact.effect"]._derive_of(self.debtor_id)

    # -- its end -----------------------------------------------------------------------

    def action_end(self):
        """Ask why, and since when, these answer no more."""
        return self.env["cobranza.reason"]._ask("obligor", self)

    def _end(self, code, reason, day=None):
        """End these records by a row of ``cobranza.obligor.end``: from ``day`` on, by
        default today, their partners answer no more; nobody is told anything any more.
        UserError for a day to come, and where a manager has to decide it."""
        row = self.env["cobranza.obligor.end"]._row(code)
        if row is None:
            raise UserError(self.env._("Say why it ends."))
        if row.gives_up and not (self.env.su or self.env.user.has_group(MANAGERS)):
            raise UserError(
                self.env._(
                    "“%s” gives up what could be claimed: a collection manager "
                    "decides it.",
                    self.env["cobranza.obligor.end"]._label(code),
                )
            )
        self.check_access("write")
        for company, group in self.grouped("company_id").items():
            today = company._cobranza_today()
            on = day or today
            if on > today:
                raise UserError(
                    self.env._("It ends on no day to come: set its last day instead.")
                )
            group.filtered(lambda one: one.state == "open")._set_state(
                "ended",
                reason,
                ended_on=on,
                end_reason=code,
                ended_by_id=self.env.uid,
            )

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Records in force whose last day has gone or whose first has come."""
        due = Domain("until", "<", today)
        due |= Domain("begun", "=", False) & (
            Domain("since", "=", False) | Domain("since", "<=", today)
        )
        open_ = Domain("company_id", "=", company.id) & Domain("state", "=", "open")
        return self.search(open_ & due, limit=limit, order="id")

    def _upkeep(self, today):
        words = self.env._("Its last day has passed")
        gone = self.filtered(lambda one: one.until and one.until < today)
        for until, group in gone.grouped("until").items():
            group._end("deed_ended", words, until + timedelta(days=1))
        begun = self - gone
        begun._through_gate().begun = True
        begun.debtor_id._redecide_later()

    def _erase(self, begin):
        """What was written about these, which have ended, goes; who answered for what,
        and when, stays. Returns those of their files that were added before a moment,
        which are to be erased too. Run through the gate."""
        files = self.file_ids.filtered(lambda file: file.create_date < begin)
        gone = dict.fromkeys(("deed", "note", "state_reason"), False)
        self.write({**gone, "file_ids": [Command.unlink(file.id) for file in files]})
        self._forget_changes()
        return files

    # -- sameness ----------------------------------------------------------------------

    def _join_doubles(self, reason):
        """After partners or debtors were merged: of several records of one person for
        the same debts one stays, that which was signed; nobody stands beside itself."""
        open_ = self.filtered(lambda one: one.state == "open").sorted(
            lambda one: (not one.signed_on, not one.deed, one.id)
        )
        itself = open_.filtered(lambda one: one.partner_id == one.debtor_id.partner_id)
        itself._end("mistake", reason)
        kept = {}
        for one in open_ - itself:
            key = (one.debtor_id, one.partner_id, one.capacity, one.debt_ids)
            key += (one.limit_amount, one.currency_id, one.share, one.freed_debt_ids)
            deeds = kept.setdefault(key, {})
            if not deeds or (one.deed and one.deed not in deeds and "" not in deeds):
                deeds[one.deed or ""] = one
            else:
                one._end("replaced", reason)
