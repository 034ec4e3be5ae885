"""Everything that the suite knows of a person, for a machine to read."""

from odoo import fields
from odoo.fields import Domain

from ..document.keeping import MATTERS as DOCUMENTS

ROLES = (
    *("partner_id", "payer_id", "invoice_contact_id", "dunning_contact_id"),
    *("legal_contact_id", "representative_id", "beneficiary_ids"),
)


PARTNER = (
    *("name", "email", "phone", "vat", "street", "street2", "zip", "city", "lang"),
    *("ref", "function", "website"),
)


DEBTOR = (
    *("regime", "lang", "tz", "phase", "reason", "vulnerable_on"),
    *("terms_informed_on", "next_act_on"),
    *("habit_days", "habit_on_time", "habit_trend", "habit_counts"),
)


CONTACT = (
    *("direction", "channel", "state", "sent_at", "address", "subject", "body"),
    *("outcome", "outcome_note", "made_by", "content_hash", "erased_on"),
)


EFFECT = ("kind", "standing", "day", "why", "article")


OBLIGOR = (
    *("capacity", "debt_ids", "freed_debt_ids", "limit_amount", "currency_id"),
    *("share", "deed"),
    *("deed_on", "signed_on", "accepts_extensions", "since", "until", "ended_on"),
    *("end_reason", "state_reason", "note"),
)


CONSENT = ("consented_on", "void")


PAPER = (
    *("purpose", "state", "written_on", "signed_on", "document_body"),
    *("document_hash", "erased_on"),
)


SIGNATURE = ("name", "image", "moment", "address", "origin", "way", "document_hash")


DEBT = (
    *("document", "original_due_date", "original_amount", "amount_residual_currency"),
    *("level_since", "ceded_on", "claim_kind", "title", "limitation_on"),
    "claimable_until",
)


MATTERS = {
    "disputes": (
        "dispute_ids",
        (
            *("opened_on", "received_on", "via", "reference", "reason", "amount"),
            *("description", "answer_on", "state", "outcome", "closed_on"),
            *("answer_via", "answer_number"),
        ),
    ),
    "promises": ("promise_ids", ("made_on", "promised_on", "amount", "note")),
    "agreements": (
        "agreement_ids",
        (
            *("name", "requested_on", "requested_by", "grounds", "proposal", "amount"),
            *("total", "rate", "state", "signed_on", "signed_method", "ended_on"),
            *("document_body", "document_hash", "erased_on"),
        ),
    ),
    "instalments": (
        "agreement_ids.instalment_ids",
        ("number", "due_on", "amount", "paid", "paid_on"),
    ),
    "approvals_of_agreements": (
        "agreement_ids.approval_ids",
        ("kind", "asked_on", "reason", "state", "answered_on", "answer"),
    ),
    # a guarantor's name, signature and words are its own
    "consents_to_agreements": ("agreement_ids.consent_ids", CONSENT),
    "papers_of_agreements": (
        "agreement_ids.paper_ids",
        tuple(name for name in PAPER if name != "document_body"),
    ),
    "signatures_of_agreements": ("agreement_ids.signature_ids", SIGNATURE),
    "suspensions": (
        "suspension_ids",
        (
            *("services", "essential", "state", "state_reason", "noticed_on"),
            *("received_on", "term_days", "in_force_on", "ended_on", "note"),
        ),
    ),
    "holds": ("hold_ids", ("date_from", "date_to", "reason", "note")),
    "charges": ("charge_ids", ("kind", "amount", "article")),
    "obligors": (
        "obligor_ids",
        ("capacity", "since", "until", "ended_on", "end_reason"),
    ),
    "interruptions": ("interruption_ids", ("kind", "day", "ended_on", "note")),
    "opt_outs": ("opt_out_ids", ("channel", "since", "until", "reason")),
}


def _values(record, names):
    """{field: value} as JSON takes it; what is not known is left out."""
    found = {}
    for name in names:
        field, value = record._fields[name], record[name]
        if value is False or value is None or value == "":
            continue
        if field.type == "datetime":
            value = fields.Datetime.to_string(value)
        elif field.type == "date":
            value = fields.Date.to_string(value)
        elif field.relational:
            value = value.mapped("display_name")
        elif field.type == "binary":
            value = value.decode() if isinstance(value, bytes) else value
        found[name] = str(value) if field.type == "html" else value
    return found


def person_data(request):
    """The data of the person of a request, in plain JSON values.

    Whole debtors where the person is the debtor; of the others only the role that the
    person plays and what was said to it: the rest is of somebody else.
    """
    partners, own = request._partners(), request._own_debtors()
    debtors = request.debtor_ids.sudo()  # whoever answers requests gives all of it
    return {
        "request": {
            "kind": request.kind,
            "received_on": fields.Date.to_string(request.received_on),
            "company": request.company_id.name,
        },
        "person": [_values(partner, PARTNER) for partner in partners],
        "debtor": [_debtor_data(one) for one in debtors if one in own],
        "roles": [
            {"role": name, "debtor_id": one.id}
            for one in debtors
            for name in _roles(one, partners)
        ],
        "answers_for": [
            {"debtor_id": one.debtor_id.id, **_values(one, OBLIGOR), **_consented(one)}
            for one in debtors.obligor_ids
            if one.partner_id in partners
        ],
        "contacts": _contacts(debtors - own, partners),
    }


def _consented(obligor):
    """What somebody who answers for a debtor has consented to, and signed."""
    own = Domain("obligor_id", "=", obligor.id)
    consents = obligor.env["cobranza.agreement.consent"].search(own, order="id")
    papers = obligor.env["cobranza.agreement.paper"].search(own, order="id")
    return {
        "consents": [_values(one, CONSENT) for one in consents],
        "papers": [_values(one, PAPER) for one in papers],
        "signatures": [_values(one, SIGNATURE) for one in papers.signature_ids],
    }


def _roles(debtor, partners):
    return [name for name in ROLES if debtor[name] & partners]


def _debtor_data(debtor):
    situations = debtor.env["cobranza.decision.reason"]._situations()
    return {
        **_values(debtor, (*DEBTOR, *situations)),
        "debts": [_values(one, DEBT) for one in debtor.debt_ids],
        "contacts": [
            {**_values(one, CONTACT), "events": _events(one), "effects": _effects(one)}
            for one in debtor.contact_ids.sorted("id")
        ],
        **{
            key: [_values(one, names) for one in debtor.mapped(path)]
            for key, (path, names) in _matters(debtor.env).items()
        },
    }


def _matters(env):
    """{name: (path from the debtor, fields)}, those of all blocks too: what is stored
    is told of, whether its block is switched on or not."""
    found = MATTERS | DOCUMENTS
    for block in env["cobranza.block"]._blocks():
        found |= block._personal_matters()
    return found


def _events(contact):
    return [_values(one, ("moment", "kind", "source")) for one in contact.event_ids]


def _effects(contact):
    return [_values(one, EFFECT) for one in contact.effect_ids]


def _contacts(debtors, partners):
    domain = Domain("debtor_id", "in", debtors.ids)
    domain &= Domain("recipient_id", "in", partners.ids)
    contacts = debtors.env["cobranza.contact"].search(domain, order="id")
    return [_values(one, CONTACT) for one in contacts]
