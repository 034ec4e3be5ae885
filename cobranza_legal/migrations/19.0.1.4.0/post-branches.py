"""A branch is its root's creditor: what branches claimed is claimed by their root.

The debtors of a partner to the companies of a tree become one, with their debts,
contacts, charges and history; the settings of a branch become those of its root. The
root's mode becomes the strictest of those that had debtors: nothing that a branch did
not send by itself is sent because it is the root's now.
"""

import logging

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

MODES = ("proposal", "confirm", "automatic")


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    companies = env["res.company"].with_context(active_test=False)
    branches = companies.search([("parent_id", "!=", False)])
    if not branches:
        return
    modes = strictest_modes(env, branches)
    join_debtors(env, branches)
    move_records(env)
    env.invalidate_all(flush=False)
    take_settings(branches)
    for root, mode in modes.items():
        if mode != root.cobranza_mode:
            _logger.warning("%s works in mode %s now", root.name, mode)
            root._cobranza_switch(mode)


def strictest_modes(env, branches):
    """{root: the strictest mode of itself and of the branches that had debtors}."""
    modes = {}
    for root, own in branches.grouped("root_id").items():
        domain = [("company_id", "in", own.ids)]
        groups = env["cobranza.debtor"]._read_group(domain, ["company_id"])
        found = [root.cobranza_mode, *(one.cobranza_mode for (one,) in groups)]
        modes[root] = min(found, key=MODES.index)
    return modes


def join_debtors(env, branches):
    debtors = env["cobranza.debtor"].with_context(active_test=False)
    for debtor in debtors.search([("company_id", "in", branches.ids)], order="id"):
        root = debtor.company_id.root_id
        same = [("company_id", "=", root.id), ("partner_id", "=", debtor.partner_id.id)]
        target = debtors.search(same)
        if target:
            if debtor.active and not target.active:
                target._through_gate().active = True
            debtor._merge_into(target)
        else:
            debtor._through_gate().company_id = root
    env.flush_all()


def move_records(env):
    """Whatever else of ours belongs to a branch. How charges are billed and at which
    run they were looked at is kept once for each kind and day: the root's own stays."""
    root = SQL("split_part(c.parent_path, '/', 1)::int")
    for name, model in sorted(env.registry.items()):
        field = model._fields.get("company_id")
        ours = str(model._original_module).startswith("cobranza_legal")
        if not (ours and field and field.store and model._auto) or model._abstract:
            continue
        if name == "cobranza.charge.form":
            forget_forms(env, root)
        env.cr.execute(
            SQL(
                """UPDATE %(table)s t SET company_id = %(root)s
                     FROM res_company c
                    WHERE c.id = t.company_id AND c.parent_id IS NOT NULL""",
                table=SQL.identifier(model._table),
                root=root,
            )
        )


def forget_forms(env, root):
    """The oldest form of each kind stays in a tree, that of the root before others."""
    env.cr.execute(
        SQL(
            """DELETE FROM cobranza_charge_form WHERE id IN (
                   SELECT id FROM (
                       SELECT f.id, row_number() OVER (
                                  PARTITION BY %s, f.kind, f.basis
                                  ORDER BY c.parent_id IS NOT NULL, f.id) AS place
                         FROM cobranza_charge_form f
                         JOIN res_company c ON c.id = f.company_id) AS forms
                    WHERE place > 1)""",
            root,
        )
    )


def take_settings(branches):
    """Copy the root's settings, all of a branch at once: Odoo compares all of them
    whenever one is written."""
    for branch in branches.sorted("parent_path"):
        root = branch.root_id
        branch.write(
            {
                name: root._fields[name].convert_to_write(root[name], root)
                for name in branches._cobranza_delegated()
            }
        )
