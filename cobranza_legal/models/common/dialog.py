"""What a dialog answers to its own button."""


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
