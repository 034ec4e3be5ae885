"""What a dialog may name, and what it answers to its own button."""

from odoo import api, models
from odoo.exceptions import AccessError

from .gate import ids_named


def stay_open(dialog, **vals):
    """The action that shows the same dialog again, with what the button has written to
    it. ``vals`` are more values of the action, such as its name."""
    dialog.ensure_one()
    return {
        "type": "ir.actions.act_window",
        "res_model": dialog._name,
        "res_id": dialog.id,
        "views": [(False, "form")],
        "target": "new",
        **vals,
    }


def open_act(dialog, act, **defaults):
    """The action that opens a dialog for one of its acts, the values of its selection
    ``act``, with defaults of more fields."""
    labels = dict(dialog._fields["act"]._description_selection(dialog.env))
    defaults = {f"default_{name}": value for name, value in defaults.items()}
    return {
        "type": "ir.actions.act_window",
        "name": labels[act],
        "res_model": dialog._name,
        "views": [(False, "form")],
        "target": "new",
        "context": {"default_act": act, **defaults},
    }


class CobranzaDialogMixin(models.AbstractModel):
    """A dialog names records that its user may read, and no others.

    Odoo shows the name of whatever a dialog points to, and what a dialog starts may
    run as superuser; so a client that sends the id of another company's record is
    refused before anything is read of it. Every dialog of ours inherits this.
    """

    _name = "cobranza.dialog.mixin"
    _description = "Dialog about records that its user may read"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_values(vals)
        dialogs = super().create(vals_list)
        dialogs._check_named()  # defaults come from the client too
        return dialogs

    def write(self, vals):
        self._check_values(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._check_values(values)
        return super().onchange(values, field_names, fields_spec)

    def _check_values(self, values):
        """AccessError when these values name a record that the user may not read, or
        that is of a company which is not the user's."""
        for name in self._naming_fields(values):
            known = sorted(ids_named(values[name]))
            self._check_known(self.env[self._fields[name].comodel_name].browse(known))

    def _naming_fields(self, names):
        """Those of these fields in which a client may name lasting records."""
        fields = ((name, self._fields.get(name)) for name in names)
        return [
            name
            for name, field in fields
            if field
            and field.store
            and field.type in ("many2one", "many2many")
            and not self.env[field.comodel_name]._transient
        ]

    def _check_named(self):
        """As above, for what these dialogs name by now."""
        if self.env.su:
            return
        for name in self._naming_fields(self._fields):
            # sudo: what is named, whoever may read it
            self._check_known(self.sudo()[name].sudo(False))

    def _check_known(self, records):
        if self.env.su or not records:
            return
        known = records.exists()
        if records._name == "res.company":  # administrators read those of others too
            own = self.env.user.sudo().company_ids
            known &= (own | own.parent_ids).sudo(False)
        elif known.browse().has_access("read"):
            known = known._filtered_access("read")
        elif "company_id" in records._fields:
            companies = self.env.user.company_ids  # none is named in the error
            strange = known.sudo().company_id - companies.sudo()
            known = known.browse() if strange else known
        if known != records:
            raise AccessError(
                self.env._(
                    "%s: it is about a record that does not exist, or that you may not "
                    "see with the companies that you work in.",
                    self._description,
                )
            )
