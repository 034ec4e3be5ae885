import json
from decimal import Context, Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ...kernel.legal_table import LegalValue

SHIPPED, CORRECTION = 0, 10


DIGITS = (20, 8)


FIRM = Context(prec=14)
"""As many figures of a float are those that were typed. What Odoo rounds to the digits
of the field may be wrong after them: of 10000000 it makes 10000000.00000001."""


CONTENT = {"parameter_id", "key", "date_from", "date_to", "value", "no_rule", "source"}


FETCHED = {"source_id", "fetched_at"}


OURS = {"rank", "used_on", "superseded_by_id", *FETCHED}


class CobranzaParameterValue(models.Model):
    _name = "cobranza.parameter.value"
    _inherit = ["cobranza.shared.mixin", "cobranza.traced.mixin"]
    _description = "Value of a legal parameter"
    _order = "parameter_id, key, date_from desc, rank desc, id desc"
    _rec_name = "parameter_id"
    _given = frozenset({"supersedes_id"})
    _traced = ("date_from", "date_to", "value", "no_rule", "superseded_by_id")

    parameter_id = fields.Many2one(
        "cobranza.parameter", required=True, ondelete="cascade"
    )
    key = fields.Char(
        default="", help="Segment, regime or tier; empty if there is one."
    )
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", help="Last day; empty while it has no end.")
    value = fields.Float(digits=DIGITS)
    no_rule = fields.Boolean(
        string="No such rule", help="The law had no such rule on these days."
    )
    rank = fields.Integer(readonly=True, default=CORRECTION)
    reason = fields.Char(help="Why the shipped value is corrected or completed.")
    source = fields.Char(required=True, help="Where the value was read.")
    article = fields.Char(help="Where it differs from the article of the parameter.")
    used_on = fields.Date(string="First used", readonly=True, copy=False)
    supersedes_id = fields.Many2one(
        "cobranza.parameter.value", readonly=True, copy=False, ondelete="set null"
    )
    superseded_by_id = fields.Many2one(
        "cobranza.parameter.value",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    source_id = fields.Many2one(
        "cobranza.rate.source",
        string="Fetched from",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    fetched_at = fields.Datetime(readonly=True, copy=False)
    editable = fields.Boolean(compute="_compute_editable")

    _series = models.Index("(parameter_id, key, date_from)")

    @api.depends("parameter_id.code", "key", "date_from")
    def _compute_display_name(self):
        for value in self:
            key = f"[{value.key}]" if value.key else ""
            value.display_name = f"{value.parameter_id.code}{key} {value.date_from}"

    @api.depends("rank", "used_on", "superseded_by_id")
    def _compute_editable(self):
        for value in self:
            value.editable = value.rank and not (
                value.used_on or value.superseded_by_id
            )

    @api.constrains("rank", "reason")
    def _check_reason(self):
        for value in self:
            if value.rank and not (value.reason or "").strip():
                raise ValidationError(
                    self.env._("%s: say why this value is needed.", value.display_name)
                )

    def _in_force(self):
        return self.filtered(lambda value: not value.superseded_by_id)

    def _touched(self):
        """Debtors with a charge that used such a value on its days, or that waits for
        one."""
        for name in ("cobranza.charge", "cobranza.debt"):
            self.env[name].flush_model()
        used = {}
        for value in self:
            entry = {"code": value.parameter_id.code, "key": value.key or ""}
            day = value.date_from
            if value.parameter_id.validity == "day":
                entry["day"] = day.isoformat()
            place = json.dumps([entry])
            used[place] = min(used.get(place, day), day)
        rows = [SQL("(%s::jsonb, %s::date)", *row) for row in used.items()]
        return SQL(
            """id IN (
                SELECT debtor_id FROM cobranza_debt
                 WHERE charge_pending OR charge_stale
                UNION
                SELECT c.debtor_id FROM cobranza_charge c
                  JOIN (VALUES %s) AS v(entry, since)
                    ON c.values::jsonb @> v.entry AND c.assessed_on >= v.since
                 WHERE c.state IN ('assessed', 'billed') OR c.outdated)""",
            SQL(", ").join(rows),
        )

    def _touched_why(self):
        codes = ", ".join(sorted(set(self.parameter_id.mapped("code"))))
        return self.env._("Legal values were changed: %s", codes)

    def _legal(self):
        """The kernel's view of this row, as ``_legal_table`` reads it."""
        return LegalValue(
            code=self.parameter_id.code,
            key=self.key or "",
            first=self.date_from,
            last=self.date_to or None,
            value=None if self.no_rule else exact(self.value),
            rank=self.rank,
            source=self.source or "",
            article=self.article or self.parameter_id.article or "",
            unit=self.parameter_id.unit or "",
        )

    @api.model_create_multi
    def create(self, vals_list):
        shipping = self._is_shipping()
        for vals in vals_list:
            vals.setdefault("key", "")
            if shipping:
                vals.setdefault("rank", SHIPPED)
            elif not self._is_through_gate():
                self._check_ours(vals)
        values = super().create([self._normalised(vals) for vals in vals_list])
        if not shipping:
            values.filtered(lambda one: one._replaced())._check_shared()
        for value in values.filtered("supersedes_id"):
            value._take_over(value.supersedes_id)
        if not shipping:
            values.parameter_id._check_series()
        return values

    @api.model
    def _normalised(self, vals):
        """A day or a month has no end of its own, a month starts on its first day."""
        if "key" in vals:
            vals["key"] = vals["key"] or ""
        parameter = self.env["cobranza.parameter"].browse(vals.get("parameter_id"))
        if parameter.validity in ("day", "month"):
            vals["date_to"] = False
        if parameter.validity == "month" and vals.get("date_from"):
            vals["date_from"] = fields.Date.to_date(vals["date_from"]).replace(day=1)
        if vals.get("no_rule"):
            vals["value"] = 0
        return vals

    def _using_companies(self):
        return self._companies_of(self.parameter_id.country_id)

    def _replaced(self):
        """Values that this one stands in the place of from now on; a value of later
        days than all that are known replaces none."""
        self.ensure_one()
        same = Domain("parameter_id", "=", self.parameter_id.id)
        same &= Domain("key", "=", self.key) & Domain("id", "!=", self.id)
        same &= Domain("superseded_by_id", "=", False)
        last = self.date_to
        if self.parameter_id.validity in ("day", "month"):
            last = self.date_from
        inside = Domain("date_from", ">=", self.date_from)
        if last:
            inside &= Domain("date_from", "<=", last)
        around = Domain("date_from", "<=", self.date_from)
        around &= Domain("date_to", ">=", self.date_from)
        return self.search(same & (inside | around)) | self.supersedes_id

    def _take_over(self, old):
        same = old.parameter_id == self.parameter_id and old.key == self.key
        if old.rank == SHIPPED or old.superseded_by_id or not same:
            raise UserError(
                self.env._("%s cannot be superseded by this value.", old.display_name)
            )
        old._through_gate().superseded_by_id = self

    def _check_ours(self, vals):
        if (
            any(vals.get(name) for name in OURS - {"rank"})
            or vals.get("rank", CORRECTION) != CORRECTION
        ):
            raise UserError(
                self.env._("Rank and use of a legal value are not set by hand.")
            )

    def write(self, vals):
        if self._is_through_gate():
            return super().write(vals)
        if self._is_shipping():
            for value in self:
                value._keep_used(vals)
            return super().write(vals)
        self.check_access("write")
        self._check_shared()
        self._check_ours(vals)
        self._check_kept(set(vals) - {"rank", *FETCHED})
        frozen = self.filtered(lambda value: not value.editable)
        if frozen and CONTENT & set(vals):
            raise UserError(frozen[0]._frozen_message())
        for value in self:
            merged = {"parameter_id": value.parameter_id.id, **vals}
            if CONTENT & set(vals):  # no longer what was fetched
                merged |= dict.fromkeys(FETCHED, False)
            checked = value._through_gate()
            super(CobranzaParameterValue, checked).write(value._normalised(merged))
        self.parameter_id._check_series()
        return True

    def _keep_used(self, vals):
        """An update that changes a used row leaves a superseded copy of it."""
        names = {"key", "date_from", "date_to", "value", "no_rule"} & set(vals)
        if self.used_on and any(self._differs(name, vals[name]) for name in names):
            used = {"used_on": self.used_on, "superseded_by_id": self.id}
            self._through_gate().copy(used)
            self._through_gate().used_on = False

    def _differs(self, name, value):
        field = self._fields[name]
        new = field.convert_to_record(field.convert_to_cache(value, self), self)
        return (new or False) != (self[name] or False)

    def _frozen_message(self):
        if self.rank == SHIPPED:
            return self.env._(
                "%s comes with the addon and is not edited. Add a correction, with its "
                "reason, instead.",
                self.display_name,
            )
        return self.env._(
            "%s has been used and is not edited. Supersede it by a new value instead.",
            self.display_name,
        )

    @api.ondelete(at_uninstall=True)
    def _unlink_unused(self):
        # a client can send the flag of an uninstallation, but cannot be superuser
        if self.env.su and self.env.context.get(MODULE_UNINSTALL_FLAG):
            return
        for value in self:
            if not value.editable:
                raise UserError(value._frozen_message())

    def action_correct(self):
        """The form of a new value for the same days: a correction of a shipped row, the
        successor of one that was used."""
        self.ensure_one()
        action = self.parameter_id.action_correct()
        action["context"].update(
            default_key=self.key,
            default_date_from=self.date_from,
            default_date_to=self.date_to,
            default_value=self.value,
            default_supersedes_id=self.rank and self.id,
        )
        return action


def exact(number):
    """The decimal that a value of this model means, a float or the text of its column:
    38362.26 and never 38362.260000…, 10000000 and never 10000000.00000001."""
    number = FIRM.create_decimal(str(number or 0))
    number = round(number, DIGITS[1])
    return number.normalize() if number % 1 else number.quantize(Decimal(1))
