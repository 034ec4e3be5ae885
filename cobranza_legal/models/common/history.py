"""Where a person who acts sits: the address and the device of the HTTP request."""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.http import request

from .transaction import now

LENGTH = 120


def say_value(record, name):
    """The value of a field of one record in words, for the history."""
    field = record._fields[name]
    if field.relational:
        return ", ".join(record[name].mapped("display_name"))
    value = field.convert_to_export(record[name], record)
    return "" if value is None else str(value)


VISITOR = "cobranza_visitor"
"""Context key: id of the public or portal user for whom OdooBot acts."""


def as_house(records):
    """``records`` as superuser; as OdooBot for public and portal users. These may be of
    another company, and Odoo refuses to show a record whose author nobody may read."""
    if not records.env.user.share:
        return records.sudo()
    visitor = {VISITOR: records.env.uid}
    return records.with_user(SUPERUSER_ID).with_context(**visitor)


def visitor(env):
    """The user who came: whoever acts, or for whom OdooBot acts."""
    return env["res.users"].sudo().browse(env.context.get(VISITOR) or env.uid)


def request_origin(env):
    """IP address and device of the person who is acting, False when nobody is: a cron,
    the mail gateway, a shell.

    The address is the one that Odoo gives, so it follows ``proxy_mode``.
    """
    if not request or visitor(env).id == SUPERUSER_ID:
        return False
    http = request.httprequest
    agent = http.user_agent
    device = (agent.browser or "", agent.platform or "")
    parts = [http.remote_addr, " ".join(filter(None, device)) or agent.string]
    return " · ".join(part for part in parts if part)[:LENGTH] or False


class CobranzaHistory(models.Model):
    """Append-only: who did what to a hold, dispute, promise, charge, when and why; and
    who changed what decisions are made by: of a legal value, a text or another record
    that companies share there is neither debtor nor company."""

    _name = "cobranza.history"
    _inherit = "cobranza.gate.mixin"
    _description = "History of a collection record"
    _order = "id desc"
    _rec_name = "change"

    company_id = fields.Many2one("res.company", index=True)
    debtor_id = fields.Many2one("cobranza.debtor", ondelete="restrict", index=True)
    res_model = fields.Char(string="Kind of record", required=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True
    )
    change = fields.Char(required=True)
    reason = fields.Char()
    user_id = fields.Many2one("res.users", required=True, string="By")
    moment = fields.Datetime(required=True, string="On")
    origin = fields.Char(readonly=True, string="Address and device")

    _record_idx = models.Index("(res_model, res_id)")

    @api.model_create_multi
    def create(self, vals_list):
        origin = request_origin(self.env)
        return super().create([{**vals, "origin": origin} for vals in vals_list])

    def write(self, vals):
        if not self._is_through_gate():  # erasing for privacy
            raise UserError(self.env._("The history is never changed."))
        return super().write(vals)

    @api.model
    def _append(self, rows, user=None):
        """Append [(record, what was done, why or None)] of what ``user``, by default
        the present one, has just done, and return the rows. A record is of its
        ``debtor_id``, a debtor of itself, and of its ``company_id``; those that
        companies share have neither."""
        user, moment = user or self.env.user, now(self.env)
        # sudo: users append by acting, never by writing rows
        return self.sudo().create(
            [
                {
                    "company_id": "company_id" in one and one.company_id.id,
                    "debtor_id": self._debtor_of(one).id,
                    "res_model": one._name,
                    "res_id": one.id,
                    "change": change,
                    "reason": reason,
                    "user_id": user.id,
                    "moment": moment,
                }
                for one, change, reason in rows
            ]
        )

    @api.model
    def _debtor_of(self, record):
        if record._name == "cobranza.debtor":
            return record
        named = "debtor_id" in record
        return record.debtor_id if named else self.env["cobranza.debtor"]

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history is never deleted."))


class CobranzaLoggedMixin(models.AbstractModel):
    """A record with a history."""

    _name = "cobranza.logged.mixin"
    _inherit = "cobranza.gate.mixin"
    _description = "Record with a history"

    history_ids = fields.One2many(
        "cobranza.history",
        "res_id",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
    )

    def _log(self, change, reason=None):
        """One row for each of these records: what the present user did, and why."""
        self.env["cobranza.history"]._append((one, change, reason) for one in self)

    def _forget_changes(self):
        """Of the history of these records stays what was changed, without from what to
        what. Run through the gate: their data are being erased."""
        rows = self.env["cobranza.history"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("change", "like", "→"),
            ]
        )
        for row in rows:
            row.write({"change": row.change.partition(":")[0]})


class CobranzaHistoryMixin(models.AbstractModel):
    """A record of a debtor with one gate for its state and a history.

    Once it has left its first state it is evidence: only ``_after_close`` may change.
    """

    _name = "cobranza.history.mixin"
    _inherit = ("cobranza.logged.mixin", "cobranza.state.mixin")
    _description = "Record of a debtor with a history"

    _logged: tuple[str, ...] = ()
    _after_close: frozenset[str] = frozenset({"note"})

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._log(self.env._("Created"))
        records.debtor_id._redecide_later()
        return records

    def write(self, vals):
        self._check_not_closed(vals)
        before = self._logged_values(vals)
        debtors = self.debtor_id
        result = super().write(vals)
        if before:
            self._log_changes(before)
            (debtors | self.debtor_id)._redecide_later()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_redecide(self):
        """What is deleted leaves a row; what was closed is evidence."""
        for record in self:
            if record.state != self._lifecycle.initial:
                raise UserError(
                    self.env._(
                        "%(record)s is closed and kept as it was. It is not deleted.",
                        record=record.display_name,
                    )
                )
            record._log(self.env._("Deleted: %s", record.display_name))
        self.debtor_id._redecide_later()

    def _on_state(self, target, reason):
        labels = dict(self._fields["state"]._description_selection(self.env))
        self._log(labels[target], reason)
        self.debtor_id._redecide_later()
        return super()._on_state(target, reason)

    def _check_not_closed(self, vals):
        if self._is_through_gate() or not set(vals) - self._after_close - {"state"}:
            return
        for record in self:
            if record.state != self._lifecycle.initial:
                raise UserError(
                    self.env._(
                        "%(record)s is closed and kept as it was. Create a new one.",
                        record=record.display_name,
                    )
                )

    def _logged_values(self, vals):
        names = [name for name in self._logged if name in vals]
        return {
            record.id: {name: say_value(record, name) for name in names}
            for record in self
            if names
        }

    def _log_changes(self, before):
        rows = []
        for record in self:
            for name, old in before[record.id].items():
                new = say_value(record, name)
                if new != old:
                    label = self._fields[name]._description_string(self.env)
                    rows.append((record, f"{label}: {old or '–'} → {new or '–'}", None))
        self.env["cobranza.history"]._append(rows)


class CobranzaTracedMixin(models.AbstractModel):
    """A record that decisions or charges of many debtors are made by: who changed it,
    when, from what to what, is in the history, and whom it concerns is judged again."""

    _name = "cobranza.traced.mixin"
    _inherit = "cobranza.logged.mixin"
    _description = "Record that decisions are made by"

    _traced: tuple[str, ...] = ()
    """Fields that decisions are made by."""

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if self.env.registry.ready:
            records._log(self.env._("Created"))
        records._judge_touched()
        return records

    def write(self, vals):
        names = [name for name in self._traced if name in vals]
        before = {one: [say_value(one, name) for name in names] for one in self}
        touched = bool(names) and self._touched()
        result = super().write(vals)
        label = {one: self._fields[one]._description_string(self.env) for one in names}
        changes = [
            (one, label[name], f"{old or '–'} → {new or '–'}")
            for one, values in before.items()
            for name, old in zip(names, values, strict=True)
            if (new := say_value(one, name)) != old
        ]
        if changes:
            self.env["cobranza.history"]._append(changes)
            changed = self.browse({one.id for one, *_words in changes})
            changed._judge_touched(touched)
        return result

    def unlink(self):
        if self.env.registry.ready:
            words = self.env._("Deleted")
            rows = [(one, words, one.display_name) for one in self]
            self.env["cobranza.history"]._append(rows)
        self._judge_touched()
        return super().unlink()

    def _touched(self):
        """Hook: whom these records concern as they are, an SQL condition on the table
        of debtors; asked before and after a change. None: nobody."""
        return None

    def _touched_why(self):
        """Hook: why the charges of whom they concern are judged again, in words; empty
        when no charge rests on them."""
        return ""

    def _judge_touched(self, before=None):
        """Mark whom these records concern, or concerned ``before``."""
        # sudo: whoever changes a rule may not write debtors
        debtors = self.env["cobranza.debtor"].sudo()
        for condition in filter(None, (before, self and self._touched())):
            debtors._judge_in_batches_where(condition, self._touched_why())


class CobranzaFollowupItemMixin(models.AbstractModel):
    """A hold, dispute, promise or the like: a record of one debtor with state, history
    and a responsible user."""

    _name = "cobranza.followup.item.mixin"
    _inherit = "cobranza.history.mixin"
    _description = "Follow-up item of a debtor"
    _check_company_auto = True

    debtor_id = fields.Many2one(
        "cobranza.debtor",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
    )
