"""What a country addon leaves behind when it goes."""

from .models.common.deletion import discard
from .models.common.rows import forget_rows


def keep_what_is_used(env, module):
    """Policies that debts follow, their levels and the texts that were sent stay, as
    the user's own records: they are part of the history. For ``uninstall_hook``."""
    policies = env["cobranza.policy"].with_context(active_test=False)
    texts = env["cobranza.text"].with_context(active_test=False)
    used = policies.search([("level_ids", "!=", False)]).filtered("debt_count")
    contacts = env["cobranza.contact"].search([("text_id", "!=", False)])
    levels = env["cobranza.policy.level"].with_context(active_test=False)
    types = env["cobranza.document"].search([]).type_id
    types._through_gate().write({"origin": False})
    kept = {
        types._name: types.ids,
        policies._name: used.ids,
        levels._name: levels.search([("policy_id", "in", used.ids)]).ids,
        texts._name: contacts.text_id.ids,
    }
    for model, ids in kept.items():
        domain = [("module", "=", module), ("model", "=", model), ("res_id", "in", ids)]
        discard(env["ir.model.data"].search(domain))


def forget_claims(env, kinds):
    """No claim is of these ``kinds``, codes of ``cobranza.claim.kind``, any more, and
    the limitation that was counted by them is forgotten: nothing stays stopped by a
    law that nobody knows here. For ``uninstall_hook``."""
    for company in env["res.company"].search([]):
        if set(company._cobranza_rules()._claim_kinds()) & set(kinds):
            env["cobranza.debt"]._forget_limitation(company)
    forget_rows(env, "cobranza.claim.kind", kinds, False)
