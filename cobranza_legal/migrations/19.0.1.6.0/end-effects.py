"""What the letters that were sent already achieved in law, once the rules of all
countries are there. Limitation is worked out by the next upkeep."""

from odoo import SUPERUSER_ID, api

BATCH = 500


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(
        """SELECT id FROM cobranza_contact
            WHERE direction = 'outbound' AND state IN ('sent', 'in_doubt')
              AND erased_on IS NULL
              AND NOT EXISTS (SELECT 1 FROM cobranza_contact_effect e
                               WHERE e.contact_id = cobranza_contact.id)
            ORDER BY id"""
    )
    ids = [row[0] for row in cr.fetchall()]
    for start in range(0, len(ids), BATCH):
        contacts = env["cobranza.contact"].browse(ids[start : start + BATCH])
        env["cobranza.contact.effect"]._derive(contacts)
        env.flush_all()
        env.invalidate_all()
