from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from kernel.calendars import WorkCalendar
from kernel.listing import Demand, ListingFacts, ListingTerms, guards, stage, told

TODAY = date(2026, 11, 23)
SPAIN = ListingTerms(minimum=Decimal(50), years=5, block_days=30)
CHILE = ListingTerms(
    years=5,
    told_days=7,
    calendar=WorkCalendar(frozenset({date(2026, 12, 8)}), weekend=frozenset({6})),
    warns=False,
    demands=False,
    consents=True,
    titles=frozenset({"cheque"}),
    states_origin=True,
    renegotiable=False,
)
ASKED = Demand(date(2026, 10, 20), date(2026, 10, 22), date(2026, 10, 30))
FACTS = ListingFacts(
    number="12345678Z",
    answers=True,
    natural=True,
    principal=True,
    posted=True,
    owed=Decimal("50.00"),
    compared=Decimal("50.00"),
    due=date(2026, 9, 5),
    warned_on=date(2026, 10, 22),
    warning_sent=True,
    demand=ASKED,
    approved=Decimal("50.00"),
)
CHILEAN = replace(FACTS, stated=True, consented=True, title="cheque")
STOPS = frozenset({"dispute", "suit", "agreement", "insolvency", "death", "privacy"})


def unmet(facts, terms=SPAIN, on=TODAY):
    return {one.code: one.why for one in guards(facts, terms, on) if not one.met}


def stands(terms=SPAIN, on=TODAY, facts=FACTS, **changes):
    return stage(guards(replace(facts, **changes), terms, on), STOPS)


@pytest.mark.parametrize("terms", [SPAIN, CHILE])
def test_what_holds_is_approved(terms):
    facts = FACTS if terms is SPAIN else CHILEAN
    assert not unmet(facts, terms)
    assert stands(terms, facts=facts) == "approved"
    assert stands(terms, facts=facts, approved=None) == "eligible"


ALONE = [
    ({"answers": False}, "party", "stranger"),
    ({"number": ""}, "party", "number"),
    ({"changed": True}, "party", "changed"),
    ({"member": False}, "membership", "none"),
    ({"posted": False}, "debt", "gone"),
    ({"principal": False}, "debt", "charge"),
    ({"due": TODAY}, "debt", "not_due"),
    ({"covered": True}, "debt", "covered"),
    ({"compared": Decimal("49.99")}, "minimum", "small"),
    ({"due": date(2021, 11, 23)}, "age", "old"),
    ({"warned_on": None, "warning_sent": False}, "warning", "none"),
    ({"warned_on": None}, "warning", "waits"),
    ({"demand": None}, "demand", "none"),
    ({"demand": replace(ASKED, received=None)}, "demand", "reception"),
    ({"approved": None}, "approval", "none"),
    ({"approved": Decimal("49.99")}, "approval", "more"),
    *(({"stops": frozenset({code})}, code, "open") for code in sorted(STOPS)),
]


@pytest.mark.parametrize(("changes", "code", "why"), ALONE)
def test_each_guard_is_refused_alone(changes, code, why):
    assert unmet(replace(FACTS, **changes)) == {code: why}


@pytest.mark.parametrize(
    ("changes", "code", "why"),
    [
        ({"stated": False}, "origin", "unknown"),
        ({"barred": True}, "origin", "barred"),
        ({"renegotiated": True}, "origin", "renegotiated"),
        ({"consented": False}, "consent", "none"),
        ({"title": "invoice"}, "instrument", "none"),
    ],
)
def test_each_guard_of_chile_is_refused_alone(changes, code, why):
    assert unmet(replace(CHILEAN, **changes), CHILE) == {code: why}


def test_of_legal_persons_chile_asks_neither_consent_nor_instrument():
    firm = replace(CHILEAN, natural=False, consented=False, title="invoice")
    assert not unmet(firm, CHILE)


def test_all_are_refused_together():
    nothing = ListingFacts(
        *("", False, True, True, True, Decimal(10), Decimal(10), date(2021, 1, 1)),
        stops=STOPS,
        member=False,
    )
    found = unmet(nothing)
    assert found.keys() == {
        *("party", "membership", "minimum", "age", "warning", "demand", "approval"),
        *STOPS,
    }


@pytest.mark.parametrize(("amount", "holds"), [("49.99", False), ("50.00", True)])
def test_t28_the_principal_reaches_the_minimum(amount, holds):
    assert ("minimum" not in unmet(replace(FACTS, compared=Decimal(amount)))) == holds


def test_t29_five_years_from_the_due_date():
    due = date(2026, 9, 5)
    assert SPAIN.purge_on(due) == date(2031, 9, 5)
    assert "age" not in unmet(FACTS, on=date(2031, 9, 4))
    assert unmet(FACTS, on=date(2031, 9, 5)) == {"age": "old"}


def test_seven_working_days_of_chile():
    assert CHILE.told_by(date(2026, 12, 4)) == date(2026, 12, 14)
    assert SPAIN.told_by(date(2026, 12, 4)) == date(2026, 12, 4)


@pytest.mark.parametrize(
    ("sent", "received", "until", "last"),
    [
        ("2026-10-20", "2026-10-22", "2026-10-30", "2026-11-01"),
        ("2026-10-20", "2026-10-20", "2026-10-30", "2026-10-30"),
        ("2026-10-20", "2026-11-07", "2026-10-30", "2026-11-17"),
    ],
)
def test_the_term_of_a_demand_is_whole_from_its_reception(sent, received, until, last):
    days = (date.fromisoformat(one) for one in (sent, received, until))
    demand, end = Demand(*days), date.fromisoformat(last)
    assert demand.ends() == end
    facts = replace(FACTS, demand=demand)
    assert unmet(facts, on=end) == {"demand": "term"}
    assert not unmet(facts, on=end.replace(day=end.day + 1))


def test_the_stages_before_it_is_submitted():
    nothing = {"warned_on": None, "warning_sent": False, "demand": None}
    sent = replace(ASKED, received=None)
    assert stands(**nothing) == "draft"
    assert stands(demand=None) == "warned"
    assert stands(warned_on=None, demand=sent) == "demanded"
    assert stands(demand=sent) == "demanded"
    assert stands(on=date(2026, 11, 1)) == "running"
    assert stands(member=False) == "running"
    assert stands(covered=True) == "running"
    assert stands(stops=frozenset({"dispute"})) == "suspended"
    assert stands(owed=Decimal(0)) == "cancelled"
    assert stands(on=date(2031, 9, 5)) == "cancelled"
    assert stands(CHILE) == "draft"


def test_what_has_to_be_told():
    ten, nine = Decimal(10), Decimal(9)
    assert told(None, ten, unmet=True) == ""
    assert told(ten, ten, unmet=False) == ""
    assert told(ten, nine, unmet=False) == "update"
    assert told(nine, ten, unmet=False) == "update"
    assert told(ten, nine, unmet=True) == "remove"
