import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel.errors import IllegalTransition
from ...kernel.lifecycle import Lifecycle

_logger = logging.getLogger(__name__)


GATE = object()
"""Proof that a write comes from this code: a client cannot send an object."""


CONTEXT_KEY = "cobranza_gate"


DEFAULT = "default_"


LOGGED = frozenset(models.MAGIC_COLUMNS)


NAMED = ("ir.attachment", "res.partner")
"""Models of Odoo whose records tell more than a name where they are named: what is in a
file is exported and sent, where a person lives stands on a letter."""


OURS = "cobranza_legal"
"""How the names of the addons of this suite begin."""


def ids_named(value):
    """The ids that a value of a relation names, as a client gives it: an id, a list of
    ids or commands. Nothing is asked of the ORM, which would believe what an UPDATE
    says before anybody has checked it."""
    ids = set()
    for one in value if isinstance(value, list | tuple) else [value]:
        if isinstance(one, list | tuple):
            _code, target, *rest = (*one, None, None)
            found = [target, *(rest[0] if isinstance(rest[0], list | tuple) else ())]
        elif isinstance(one, dict):  # as the web client knows a record
            found = [one.get("id")]
        else:
            found = [one.id if isinstance(one, models.BaseModel) else one]
        ids.update(key for key in found if isinstance(key, int) and key)
    return ids


class CobranzaGateMixin(models.AbstractModel):
    """Stored fields that are declared readonly are evidence, or decided by the engine:
    only code writes them, as superuser, which no client can be, or through the gate.

    ``readonly`` alone says what a form shows: clients write such fields by RPC, give
    them when they create, or as a default in the context. Every stored model of ours
    inherits this; nothing has to be listed.
    """

    _name = "cobranza.gate.mixin"
    _description = "Record with fields that only code writes"

    _evidence_files: dict[str, list] = {}
    """{field of files: domain of the records whose files are kept as they are}: nobody
    deletes or changes a file that such a field names."""
    _given: frozenset[str] = frozenset()
    """Readonly fields that whoever creates a record may give, where a form names what
    it follows from. They do not change afterwards."""

    def _through_gate(self):
        """These records with the right to write what only code may write."""
        return self.with_context(**{CONTEXT_KEY: GATE})

    def _behind_gate(self):
        """These records without that right, for what follows."""
        context = {k: v for k, v in self.env.context.items() if k != CONTEXT_KEY}
        return self.with_context(context)  # pylint: disable=context-overridden

    def _discardable(self):
        """Hook: those of these records that were never evidence to anybody, so that
        code may delete them (``discard``); none."""
        return self.browse()

    def _is_through_gate(self):
        return self.env.context.get(CONTEXT_KEY) is GATE

    def _is_shipping(self):
        """Whether an addon is being installed or updated; no client can be that."""
        return self.env.su and bool(self.env.context.get("install_module"))

    def _kept_fields(self, names):
        """Those of these names that are fields which only code may write."""
        found = ((name, self._fields.get(name)) for name in names)
        return {
            name
            for name, field in found
            if field and field.store and field.readonly and name not in LOGGED
        }

    def _check_kept(self, names):
        """UserError when one of these fields is kept from users."""
        kept = self._kept_fields(names)
        if kept:
            labels = [self._fields[one]._description_string(self.env) for one in kept]
            raise UserError(
                self.env._(
                    "%(record)s: %(fields)s cannot be edited. It is evidence, or "
                    "follows from what is done with buttons.",
                    record=", ".join(self.mapped("display_name")) or self._description,
                    fields=", ".join(sorted(labels)),
                )
            )

    def _names(self, field):
        """Whether what a client names in this field has to be a record that the user
        may read."""
        return (
            field.store
            and field.type in ("many2one", "many2many")
            and (
                field.comodel_name in NAMED
                or field.comodel_name.startswith("cobranza.")
            )
        )

    def _check_named(self, vals):
        """AccessError when these values name a person, a file or a record of ours that
        the user may not read and that is not named here already: what is named is sent,
        exported and shown by code that runs as superuser."""
        for name, value in vals.items():
            field = self._fields.get(name)
            if not (value and field and self._names(field)):
                continue
            named = self.env[field.comodel_name].browse(sorted(ids_named(value)))
            # sudo: what is named already is not asked for again
            named -= self.sudo()[name].sudo(False)
            if named and named.browse().has_access("read"):
                named.exists().check_access("read")

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su or self._is_through_gate():
            return super().create(vals_list)
        self.browse()._check_named(self._context_defaults())
        for vals in vals_list:
            self.browse()._check_named(vals)
            kept = {
                name
                for name in self._kept_fields(vals) - self._given
                if not self._is_default(name, vals)
            }
            if kept:
                self.check_access("create")
                self.browse()._check_kept(kept)
        # a default that is left over from another screen is no act of anybody
        context = self.env.context
        foreign = self._kept_fields(self._context_defaults()) - self._given
        if not foreign:
            return super().create(vals_list)
        left = {DEFAULT + name for name in foreign}
        clean = {key: value for key, value in context.items() if key not in left}
        clean = self.with_context(clean)  # pylint: disable=context-overridden
        return super(CobranzaGateMixin, clean).create(vals_list)

    def _context_defaults(self):
        """{field: value} that the context gives to new records."""
        return {
            key[len(DEFAULT) :]: value
            for key, value in self.env.context.items()
            if key.startswith(DEFAULT)
        }

    def _is_default(self, name, vals):
        """Whether a new record of these values has the one of this field anyway."""
        field, value = self._fields[name], vals[name]
        usual = field.default(self) if field.default else False
        if isinstance(usual, models.BaseModel):
            usual = usual.id
        if not (value and usual):
            return not (value or usual)
        cached = [field.convert_to_cache(one, self, False) for one in (value, usual)]
        return cached[0] == cached[1]

    def write(self, vals):
        if not (self.env.su or self._is_through_gate()):
            if self._kept_fields(vals):
                self.check_access("write")
                self._check_kept(vals)
            self._check_named(vals)
        return super().write(vals)

    def copy_data(self, default=None):
        """A copy begins anew: what only code writes is not copied by users."""
        found = super().copy_data(default)
        if self.env.su or self._is_through_gate():
            return found
        return [
            {
                name: value
                for name, value in vals.items()
                if name in self._given or not self._kept_fields([name])
            }
            for vals in found
        ]


class CobranzaGuestMixin(models.AbstractModel):
    """The same for what we add to a model of Odoo; its own fields are left alone."""

    _name = "cobranza.guest.mixin"
    _inherit = "cobranza.gate.mixin"
    _description = "Record of Odoo with fields that only this code writes"

    def _names(self, field):
        return (field._module or "").startswith(OURS) and super()._names(field)

    def _kept_fields(self, names):
        return {
            name
            for name in super()._kept_fields(names)
            if (self._fields[name]._module or "").startswith(OURS)
        }

    def _read_group_groupby(self, alias, groupby_spec, query):
        """AccessError for who may not read a field of ours: Odoo does not ask of fields
        with several records."""
        field = self._fields.get(groupby_spec.partition(":")[0])
        if field is not None and (field._module or "").startswith(OURS):
            self._check_field_access(field, "read")
        return super()._read_group_groupby(alias, groupby_spec, query)


class CobranzaStateMixin(models.AbstractModel):
    """One gate for ``state``, with the allowed changes as data."""

    _name = "cobranza.state.mixin"
    _inherit = "cobranza.gate.mixin"
    _description = "State with one gate"

    _lifecycle: Lifecycle

    state_reason = fields.Char(readonly=True, copy=False)

    def _set_state(self, target, reason=None, **values):
        """Move every record to ``target``; records already there are left alone.

        ``values`` are written with the state. UserError, logged, when the lifecycle
        has no such change; nothing is written then.
        """
        todo = self.filtered(lambda record: record.state != target)
        for record in todo:
            try:
                self._lifecycle.check(record.state, target)
            except IllegalTransition as error:
                _logger.warning("%s refused: %s", record, error)
                raise UserError(record._refused_message(target)) from error
        if todo:
            values = {**values, "state": target, "state_reason": reason}
            todo._through_gate().write(values)
            todo._on_state(target, reason)
        return todo

    def _refused_message(self, target):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(record)s cannot go from “%(before)s” to “%(after)s”.",
            record=self.display_name,
            before=labels.get(self.state, self.state),
            after=labels.get(target, target),
        )

    def _expect(self, *states):
        """UserError unless each is in one of ``states``."""
        for record in self:
            if record.state not in states:
                raise UserError(record._not_now_message())

    def _not_now_message(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(record)s is “%(state)s”: that cannot be done now.",
            record=self.display_name,
            state=labels[self.state],
        )

    def _on_state(self, target, reason):
        """Hook: what follows from a change of state, on the records that changed."""

    def _check_state_values(self, vals):
        if "state" not in vals or self._is_through_gate():
            return
        raise UserError(
            self.env._(
                "The state of %(record)s changes through its buttons only.",
                record=", ".join(self.mapped("display_name")) or self._description,
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        initial = self._lifecycle.initial
        for vals in vals_list:
            if vals.get("state", initial) != initial:
                self._check_state_values(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_state_values(vals)
        return super().write(vals)
