"""Views of ours that changed views of ours are folded into them.

They would be applied to the new views while these are loaded, before Odoo removes what
an addon no longer has. Those of the country addons are made again by their own update;
views that somebody else hung from one of ours hang from the view that it changed.
"""

OURS = """
    WITH RECURSIVE ours AS (
        SELECT v.id, v.inherit_id, v.mode, d.id AS data
          FROM ir_ui_view v
          JOIN ir_model_data d ON d.model = 'ir.ui.view' AND d.res_id = v.id
         WHERE d.module LIKE 'cobranza\\_legal%'
    ), folded AS (
        SELECT o.id, o.data, p.id AS parent
          FROM ours o JOIN ours p ON p.id = o.inherit_id
         WHERE o.mode = 'extension'
    ), root AS (
        SELECT f.id, f.parent FROM folded f
         WHERE f.parent NOT IN (SELECT id FROM folded)
         UNION ALL
        SELECT f.id, r.parent FROM folded f JOIN root r ON r.id = f.parent
    )
    SELECT f.id, f.data, r.parent FROM folded f JOIN root r ON r.id = f.id
"""


def migrate(cr, version):
    cr.execute(OURS)
    rows = cr.fetchall()
    if not rows:
        return
    views = [view for view, _data, _root in rows]
    for view, _data, root in rows:
        cr.execute(
            "UPDATE ir_ui_view SET inherit_id = %s"
            " WHERE inherit_id = %s AND id <> ALL(%s)",
            (root, view, views),
        )
    cr.execute(
        "UPDATE ir_ui_view SET inherit_id = NULL, mode = 'primary' WHERE id = ANY(%s)",
        (views,),
    )
    cr.execute("DELETE FROM ir_ui_view WHERE id = ANY(%s)", (views,))
    data = [one for _view, one, _root in rows]
    cr.execute("DELETE FROM ir_model_data WHERE id = ANY(%s)", (data,))
