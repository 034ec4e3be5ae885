from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.ageing import ASIDE, CEDED, CREDIT, ENTRY, BadSpans, Span, Spans, aged
from kernel.owed import Item, company_figures

DAY = date(2026, 11, 23)
CENT = Decimal("0.01")
SPANS = Spans.parse("30, 60, 90, 180")
MONEY = st.integers(-9999, 9999).filter(bool).map(lambda cents: cents * CENT)
KINDS = st.sampled_from(["invoice", "credit_note", "payment", "entry", "bill"])


def item(line, amount, late=0, kind="invoice", **more):
    due = DAY - timedelta(days=late)
    values = {
        "partner": 1,
        "currency": 1,
        "open": Decimal(amount),
        "open_company": Decimal(amount),
        **more,
    }
    values.setdefault("original", values["open"])
    return Item(
        line=line,
        company=1,
        move=line,
        document=f"D{line}",
        kind=kind,
        due=due,
        day=due,
        paid_on=due,
        **values,
    )


@st.composite
def items(draw):
    found = []
    for line in range(draw(st.integers(0, 12))):
        amount = draw(MONEY)
        rate = draw(st.sampled_from(["1", "0.73", "3"]))
        found.append(
            item(
                line,
                amount,
                draw(st.integers(-60, 400)),
                draw(KINDS),
                partner=draw(st.sampled_from([1, 2, None])),
                currency=draw(st.sampled_from([1, 2])),
                open_company=(amount * Decimal(rate)).quantize(CENT) or amount,
                followed=draw(st.booleans()),
                debt=draw(st.sampled_from([None, line])),
            )
        )
    return found


@pytest.mark.parametrize(
    ("late", "place"),
    [
        *[(-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3)],
        *[(91, 4), (180, 4), (181, 5), (9999, 5)],
    ],
)
def test_the_span_of_a_day(late, place):
    assert SPANS.place(late) == place


def test_spans_follow_each_other():
    assert SPANS.spans[0] == Span(0, 0)
    assert SPANS.spans[-1] == Span(181, None)
    pairs = zip(SPANS.spans, SPANS.spans[1:], strict=False)
    assert all(one.last + 1 == next_.first for one, next_ in pairs)


@pytest.mark.parametrize("text", ["", "x", "30,", "30, 30", "60, 30", "0", "-1", "³"])
def test_days_that_cannot_be_read_are_refused(text):
    with pytest.raises(BadSpans):
        Spans.parse(text)


def test_each_item_has_its_column():
    found = aged(
        [
            item(1, 100, late=45),
            item(2, 50, late=-3),
            item(3, -20, kind="payment"),
            item(4, 30, kind="entry", followed=False),
            item(5, 70, late=200, debt=9),
        ],
        DAY,
        SPANS,
        CENT,
        ceded={9},
    )
    columns = {one.item.line: one.column for one in found}
    assert columns == {1: 2, 2: 0, 3: CREDIT, 4: ENTRY, 5: CEDED}


def test_money_given_back_cancels_what_was_overpaid():
    rows = [
        item(1, -100, kind="payment"),
        item(2, 60, late=40, kind="payment"),
        item(3, 500, late=40),
    ]
    found = aged(rows, DAY, SPANS, CENT)
    assert [(one.item.line, one.column, one.open) for one in found] == [
        (1, CREDIT, -40),
        (1, CREDIT, -60),
        (2, CREDIT, 60),
        (3, 2, 500),
    ]


@given(items(), st.sets(st.integers(0, 12)))
def test_nothing_is_lost_in_either_currency(rows, ceded):
    found = aged(rows, DAY, SPANS, CENT, ceded)
    for name in ("open", "open_company"):
        whole = {one.line: getattr(one, name) for one in rows}
        parts = dict.fromkeys(whole, Decimal(0))
        for one in found:
            parts[one.item.line] += getattr(one, name)
        assert parts == whole


@given(items(), st.sets(st.integers(0, 12)))
def test_the_spans_add_up_to_what_every_screen_calls_overdue(rows, ceded):
    own = [one for one in rows if one.open_company == one.open]
    figures = company_figures(own, DAY, ceded=ceded)
    found = aged(own, DAY, SPANS, CENT, ceded)
    late = sum(one.open for one in found if one.column not in (0, *ASIDE))
    assert late == figures.overdue
    assert sum(one.open for one in found if one.column == 0) == figures.not_due
    assert -sum(one.open for one in found if one.column == CREDIT) == figures.loose
