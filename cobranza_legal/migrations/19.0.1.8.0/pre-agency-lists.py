"""The handover to an agency stands in the Actions menu: the views that put its button
into lists would be checked against a method that is gone."""

VIEWS = ("view_cobranza_debtor_list_agency", "view_cobranza_debt_list_agency")


def migrate(cr, version):
    cr.execute(
        """
        DELETE FROM ir_ui_view WHERE id IN (
            SELECT res_id FROM ir_model_data
             WHERE module = 'cobranza_legal' AND model = 'ir.ui.view'
               AND name = ANY(%s))
        """,
        [list(VIEWS)],
    )
    cr.execute(
        "DELETE FROM ir_model_data WHERE module = 'cobranza_legal' AND name = ANY(%s)",
        [list(VIEWS)],
    )
