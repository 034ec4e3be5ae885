"""Open objections have a day on which they are answered: that of the law, where the
rules of the country, which are there only now, give one, else that which the company
promises. A day that somebody typed stays, unless the law's comes first."""

from odoo import SUPERUSER_ID, api

BATCH = 500
NAMES = ("received_on", "answer_limit", "answer_article", "answer_on")


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    disputes = env["cobranza.dispute"]
    disputes.flush_model()
    cr.execute("SELECT id FROM cobranza_dispute WHERE state = 'open' ORDER BY id")
    ids = [row[0] for row in cr.fetchall()]
    for start in range(0, len(ids), BATCH):
        batch = disputes.browse(ids[start : start + BATCH])
        typed = [(one, one.answer_on) for one in batch if one.answer_on]
        # a day after the law's would be refused
        cr.execute(
            "UPDATE cobranza_dispute SET answer_on = NULL WHERE id = ANY(%s)",
            [batch.ids],
        )
        batch.invalidate_recordset(["answer_on"], flush=False)
        for name in NAMES:
            env.add_to_compute(disputes._fields[name], batch)
        batch.mapped("answer_on")
        env.flush_all()
        for one, day in typed:
            if day != one.answer_on and not (
                one.answer_limit and one.answer_limit < day
            ):
                one._through_gate().answer_on = day
        env.flush_all()
        env.invalidate_all()
