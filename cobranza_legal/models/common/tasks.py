"""Tasks of people that the daily work raises for many records at once."""

from .words import QUIET


def raise_tasks(records, rows):
    """One task of each row (record of ``records``' model, day, summary, user), made in
    one go and without an e-mail for each. Returns the new ones."""
    if not rows:
        return records.env["mail.activity"]
    env = records.env
    # sudo: tasks are raised for others, whoever's act or night it is
    tasks = env["mail.activity"].sudo().with_context(**QUIET)
    common = {
        "res_model_id": env["ir.model"]._get_id(records._name),
        "activity_type_id": env["ir.model.data"]._xmlid_to_res_id(
            "mail.mail_activity_data_todo"
        ),
        "automated": True,
    }
    return tasks.create(
        [
            {
                **common,
                "res_id": record.id,
                "date_deadline": day,
                "summary": summary,
                "user_id": user.id,
            }
            for record, day, summary, user in rows
        ]
    )
