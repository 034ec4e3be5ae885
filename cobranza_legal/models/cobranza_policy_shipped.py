from odoo import fields, models

from .shipped_file import (
    load_shipped,
    shipped_children,
    shipped_records,
    shipped_values,
)

WORDS = ("channel", "text_purpose", "phase")
SWITCHES = (
    "automatic",
    "waits",
    "charge",
    "propose_suspension",
    "hand_over",
    "propose_listing",
)


class CobranzaPolicy(models.Model):
    """A newer version of the shipped policy."""

    _name = "cobranza.policy"
    _inherit = ["cobranza.policy", "cobranza.shipped.mixin"]

    origin_version = fields.Char(copy=False)

    def _newer_rows(self):
        module, name = self._shipped_origin()
        nodes = shipped_children(module, name, "policy_id")
        mine = {self._level_name(level): level for level in self.level_ids}
        rows = []
        for node in nodes:
            level = mine.pop(f"{module}.{node.get('id')}", self.level_ids.browse())
            shipped = self._shipped_level(module, node, level)
            own = level and level._summary({name: level[name] for name in shipped})
            rows.append((shipped["days"], own or "—", level._summary(shipped)))
        for level in mine.values():
            own = {name: level[name] for name in ("name", "days", *WORDS, *SWITCHES)}
            rows.append((level.days, level._summary(own), "—"))
        rows.sort(key=lambda row: row[0])
        return [
            {"mine": own, "shipped": shipped, "same": own == shipped}
            for _days, own, shipped in rows
        ]

    def _level_name(self, level):
        return level.get_external_id()[level.id] or level.id

    def _shipped_level(self, module, node, level):
        """The values of a shipped level, an unchanged name in the user's language."""
        env = self.sudo().with_context(lang=None).env
        values = shipped_values(env, module, node)
        names = ("name", "days", "gap", *WORDS, *SWITCHES, "instructions")
        levels = env["cobranza.policy.level"]
        values = {**dict.fromkeys(names, False), **levels.default_get(names), **values}
        for name in ("name", "instructions"):
            if level and level.with_context(lang=None)[name] == values[name]:
                values[name] = level[name]
        return {name: values[name] for name in names}

    def action_take_shipped(self):
        """Make the policy what is shipped; levels that it lacks are archived."""
        self.ensure_one()
        self.check_access("write")
        module, name = self._shipped_origin()
        nodes = shipped_children(module, name, "policy_id")
        # external ids are the administrator's; access has been checked
        env = self.sudo().env
        ids = load_shipped(env, module, [shipped_records(module)[name], *nodes])
        levels = self.with_context(active_test=False).level_ids
        shipped = levels.filtered(lambda one: one.id in ids.values())
        shipped.active = True
        (levels - shipped).active = False
        return True


class CobranzaPolicyLevel(models.Model):
    _inherit = "cobranza.policy.level"

    def _summary(self, values):
        """A level in one line, from {field: value}."""
        parts = [f"{values['days']}: {values['name']}"]
        for name in WORDS:
            labels = dict(self._fields[name]._description_selection(self.env))
            parts.append(labels.get(values[name]))
        for name in SWITCHES:
            if values[name]:
                parts.append(self._fields[name]._description_string(self.env))
        for name in ("gap", "instructions"):
            if values.get(name):
                label = self._fields[name]._description_string(self.env)
                parts.append(f"{label}: {values[name]}")
        return " · ".join(part for part in parts if part)
