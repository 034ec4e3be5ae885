"""Certified letters and burofaxes were letters with a purpose: now they are channels.

What was made or printed stays as it is: its hash covers the channel.
"""

from odoo import SUPERUSER_ID, api

CHANNELS = {"certified_letter": "certified_letter", "burofax": "burofax"}
"""{purpose of the text: channel}"""


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    policies = env["cobranza.policy"].search([]).filtered(_is_spanish)
    for purpose, channel in CHANNELS.items():
        domain = [("channel", "=", "letter"), ("text_purpose", "=", purpose)]
        levels = policies.level_ids.filtered_domain(domain)
        levels.write({"channel": channel})
        _move_planned(env, domain, levels, channel)


def _is_spanish(policy):
    """Those of Spanish companies, or of nobody in particular."""
    country = policy.company_id.account_fiscal_country_id
    return not policy.company_id or country.code == "ES"


def _move_planned(env, domain, levels, channel):
    contacts = env["cobranza.contact"].search(
        [
            *domain,
            ("level_id", "in", levels.ids),
            ("state", "in", ("draft", "planned", "failed")),
            ("content_hash", "=", False),
        ]
    )
    contacts._through_gate().write({"channel": channel})
    for contact in contacts.filtered(lambda contact: contact.activity_id.active):
        values = contact._channel_model()._task_values(contact)
        contact.activity_id.write(
            {"summary": values["summary"], "note": values["note"]}
        )
