"""What the scratch addon is tried with, in processes of their own: each of these
functions runs in a database in which it is not, is, or was installed.

    python scratch_play.py FUNCTION      with ODOO_RC and SCRATCH_DB
"""

import os
import secrets
import sys
from types import SimpleNamespace

import world

DAY_AFTER = "2026-11-24 12:00:00"
NEW = {
    "cobranza.decision.reason": "in_orbit",
    "cobranza.hold.reason": "in_orbit",
    "cobranza.level.effect": "propose_launch",
    "cobranza.text.purpose": "orbit_notice",
    "cobranza.outcome": "orbiting",
    "cobranza.approval.kind": "launch",
    "cobranza.charge.kind": "fuel",
}
BASE = {
    "cobranza.decision.reason": ("common.reason", "REASONS"),
    "cobranza.hold.reason": ("stop.hold", "REASONS"),
    "cobranza.level.effect": ("policy.level", "EFFECTS"),
    "cobranza.text.purpose": ("text.purpose", "PURPOSES"),
    "cobranza.outcome": ("contact.outcome", "OUTCOMES"),
    "cobranza.event.kind": ("contact.outcome", "EVENT_KINDS"),
    "cobranza.approval.kind": ("common.approval", "KINDS"),
    "cobranza.charge.kind": ("charge.charge", "KINDS"),
}


def base_codes():
    """{registry: codes of the base alone}."""
    from importlib import import_module

    home = "odoo.addons.cobranza_legal.models"
    return {
        name: [row.code for row in getattr(import_module(f"{home}.{module}"), rows)]
        for name, (module, rows) in BASE.items()
    }


def raises(error, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except error as found:
        return str(found)
    raise AssertionError(f"{call} was not refused")


def follow_up(env):
    """The cron has a transaction of its own: nothing older than it is read after."""
    env.cr.commit()
    world.trigger(env, "follow_up")
    env.cr.commit()
    env.invalidate_all()


# -- without it --------------------------------------------------------------------


def before(env):
    """All our addons together know what the base knows, in its order."""
    for name, codes in base_codes().items():
        known = list(env[name]._by_code())
        assert [code for code in known if code in codes] == codes, name
        assert NEW.get(name) not in known, name
    for name, field in (("cobranza.debt", "reason"), ("cobranza.hold", "reason")):
        model = env[name]
        raises(ValueError, model._fields[field].convert_to_cache, "in_orbit", model)


# -- with it -----------------------------------------------------------------------


def installed(env):
    for name, codes in base_codes().items():
        known = list(env[name]._by_code())
        expected = [*codes, NEW[name]] if name in NEW else codes
        assert [one for one in known if one in expected] == expected, name
    with world.clock(env, world.EARLIER):
        world.found(env, 1)
        env.company.cobranza_mode = "automatic"
        env.company.cobranza_policy_id.level_ids[1].propose_launch = True
        partners = world.make_partners(env, 4, varied=False)
        for number in range(4):
            world.make_invoice(env, partners, number, due="2026-11-08")
        follow_up(env)
    debtors = env["cobranza.debtor"].search([("partner_id", "in", partners.ids)])
    assert len(debtors) == 4, debtors
    with world.clock(env):
        reason(env, debtors[0])
        hold(env, debtors[1])
        effect(env, debtors[2])
        figures(env, debtors[3])
        outcome(env, debtors[3])
        launch = document(env, debtors[3])
        approval(env, launch)
    env.cr.commit()


def reason(env, debtor):
    """A situation stops the ladder, is explained, and stands on the debtor's page."""
    assert debtor.review_on, "the run has not looked yet"
    debtor.orbit_on = "2026-11-20"
    debtor.represented_on = "2026-11-21"
    assert not debtor.review_on  # the run looks again
    assert debtor.in_situation
    follow_up(env)
    debt = debtor.debt_ids
    assert debt.reason == debtor.reason == "in_orbit"
    # graver than a lawyer, less than an insolvency
    assert debt.decision["blockers"] == ["in_orbit", "represented"]
    for words in ("In orbit", "has left the planet", "Seen in orbit since"):
        assert words in debt.why, words
    position = debtor._position(env.company._cobranza_today())
    assert not [one for section in position.sections for one in section.charges]
    own = debtor._portal_own()
    assert "Seen in orbit since" in page(env, own)
    assert env["cobranza.rules"]._situation_labels()["in_orbit"] == "In orbit"
    raises(ValueError, debt.write, {"reason": "smoke"})


def page(env, debtor):
    from odoo.http import _request_stack

    from odoo.addons.cobranza_legal.controllers.debtor_page import (
        contact_ways,
        refused_ways,
    )

    found = debtor._portal_page()
    values = {
        "debtor": debtor,
        "company": debtor.company_id,
        "page": found,
        "doc": found.doc,
        "base": "/my/collections/1",
        "rights": "",
        "files": found.files(),
        "ways": contact_ways(debtor.env),
        "refused_ways": refused_ways(debtor.env),
        "nonce": secrets.token_urlsafe(8),
        "said": {},
        "error": None,
        "failed": None,
        "is_user": False,
    }
    visit = SimpleNamespace(
        env=debtor.env, csrf_token=lambda: "token", session=SimpleNamespace(debug="")
    )
    _request_stack.push(visit)
    try:
        return str(env["ir.qweb"]._render("cobranza_legal.portal_debtor", values))
    finally:
        _request_stack.pop()


def hold(env, debtor):
    """A hold with the new reason shows as the engine's reason that its row names."""
    debtor_id = {"debtor_id": debtor.id}
    found = env["cobranza.hold"].create({**debtor_id, "reason": "in_orbit"})
    raises(ValueError, found.write, {"reason": "smoke"})
    follow_up(env)
    assert debtor.debt_ids.reason == "in_orbit"


def effect(env, debtor):
    """What a level proposes becomes somebody's task."""
    level = env.company.cobranza_policy_id.level_ids[1]
    assert ("propose_launch", "Proposes launch") in level._effects()
    assert "Proposes launch" in level.effects_text
    assert "propose_launch" in level._switches()
    tasks = debtor.activity_ids.mapped("summary")
    assert any("Proposes launch" in (one or "") for one in tasks), tasks


def figures(env, debtor):
    """A kind of charge is owed everywhere."""
    from decimal import Decimal

    debt = debtor.debt_ids
    charges = env["cobranza.charge"]._through_gate()
    before = _owed(env, debtor)
    charge = charges.create(
        {
            "company_id": debtor.company_id.id,
            "debtor_id": debtor.id,
            "debt_id": debt.id,
            "move_id": debt.move_id.id,
            "kind": "fuel",
            "currency_id": debt.currency_id.id,
            "amount": 7,
            "base": 100,
            "assessed_on": "2026-11-23",
        }
    )
    assert _owed(env, debtor) - before == Decimal(7)
    assert env["cobranza.charge.kind"]._label(charge.kind) == "Fuel"
    assert "Fuel" in debt.why
    assert env["cobranza.charge.kind"]._part("fuel").name == "FEE"
    raises(ValueError, charge.write, {"kind": "smoke"})


def _owed(env, debtor):
    position = debtor._position(env.company._cobranza_today())
    return sum(section.total for section in position.sections)


def outcome(env, debtor):
    """The outcome of a call is written down with its event."""
    values = {"debtor_id": debtor.id, "outcome": "orbiting", "note": "Far away"}
    wizard = env["cobranza.contact.outcome"].create(values)
    wizard.action_confirm()
    contact = wizard.contact_id
    assert contact.outcome == "orbiting"
    assert contact.event_ids.mapped("kind") == ["answered"]
    raises(ValueError, wizard.write, {"outcome": "smoke"})


def document(env, debtor):
    """A record of another addon is put into writing: text, version, hash, PDF."""
    from odoo.exceptions import UserError

    launches = env["cobranza.scratch.launch"]
    launch = launches.create(
        {
            "name": "Launch 1",
            "company_id": debtor.company_id.id,
            "debtor_id": debtor.id,
            "altitude": "400 km",
        }
    )
    launch._freeze_document()
    assert "sees you at 400 km" in launch.document_body
    assert debtor.partner_id.name in launch.document_subject
    assert (launch.document_version, len(launch.document_hash)) == (1, 64)
    assert launch._verify_document()
    file = launch.document_file_id
    assert len(file.raw) > 500
    raises(UserError, launch._freeze_document)
    raises(UserError, file.unlink)
    raises(UserError, file.write, {"raw": b"another"})
    admin = launch.with_user(env.ref("base.user_admin"))
    raises(UserError, admin.write, {"document_body": "<p>x</p>"})
    texts = env["cobranza.text"]
    raises(ValueError, texts.create, {"name": "x", "purpose": "smoke", "lang": "en_US"})
    bad = {"altitude": False}
    raises(UserError, launch.copy(bad)._freeze_document)  # the text asks for it
    own = {"name": "Ours", "purpose": "orbit_notice", "lang": "en_US"}
    texts.create({**own, "body": "<p>{{ altitude }}</p>"})
    return launch


def approval(env, launch):
    """A kind has its own group, needs no debtor, and other people answer than those
    who had a hand in it."""
    from odoo.exceptions import AccessError, UserError

    groups = {
        "asks": ["cobranza_legal.group_collector"],
        "helps": ["cobranza_legal.group_collection_manager"],
        "answers": ["cobranza_legal.group_collection_manager"],
        "approver": ["cobranza_legal.group_approver"],
    }
    users = {
        name: env["res.users"].create(
            {
                "name": name,
                "login": name,
                "company_id": env.company.id,
                "company_ids": [(6, 0, env.company.ids)],
                "group_ids": [(6, 0, [env.ref(group).id for group in found])],
            }
        )
        for name, found in groups.items()
    }
    nobody = launch.copy({"debtor_id": False, "name": "Launch 2"})
    asked = nobody.with_user(users["asks"])
    request = asked.env["cobranza.approval"]._ask(
        asked, "launch", "it is time", involved=users["helps"]
    )
    assert not request.sudo().debtor_id
    assert not request.with_user(users["approver"]).may_answer
    assert request.with_user(users["answers"]).may_answer
    raises(AccessError, request.with_user(users["approver"])._answer, True)
    raises(UserError, request.with_user(users["helps"])._answer, True, "me")
    request.with_user(users["answers"])._answer(True)
    assert (request.sudo().state, nobody.state) == ("approved", "approved")
    kinds = env["cobranza.approval.kind"]
    currency = env.company.currency_id
    assert kinds._needed("launch", env.company, 0, currency)
    raises(ValueError, request.sudo()._through_gate().write, {"kind": "smoke"})
    launch.env["cobranza.approval"]._ask(launch, "launch", "waits for ever")


# -- when it is gone ---------------------------------------------------------------


def after(env):
    for name, codes in base_codes().items():
        assert NEW.get(name) not in env[name]._by_code(), name
        assert [one for one in env[name]._by_code() if one in codes] == codes, name
    stored = {
        ("cobranza.debt", "reason"): "no_policy",
        ("cobranza.debtor", "reason"): "no_policy",
        ("cobranza.hold", "reason"): "other",
        ("cobranza.contact", "outcome"): "answered",
        ("cobranza.approval", "kind"): "other",
        ("cobranza.charge", "kind"): "fee",
        ("cobranza.text", "purpose"): "other",
    }
    for (name, field), code in stored.items():
        records = env[name].with_context(active_test=False)
        assert records.search([(field, "=", code)]), (name, field)
        for record in records.search([]):
            assert not record[field] or record[field] in (
                dict(record._fields[field]._description_selection(env))
            ), (record, field, record[field])
    with world.clock(env, DAY_AFTER):
        debtors = env["cobranza.debtor"].search([])
        for debtor in debtors:
            assert debtor.why is not None
            page(env, debtor._portal_own())
        for request in env["cobranza.approval"].search([]):
            assert request.display_name
        follow_up(env)
        assert "in_orbit" not in env["cobranza.debt"].search([]).mapped("reason")


def main(name):
    import odoo.init  # noqa: F401
    from odoo.api import SUPERUSER_ID, Environment
    from odoo.modules.registry import Registry
    from odoo.tools import config

    db = os.environ["SCRATCH_DB"]
    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", db, "--log-level=error"])
    with Registry(db).cursor() as cr:
        globals()[name](Environment(cr, SUPERUSER_ID, {}))


if __name__ == "__main__":
    main(sys.argv[1])
