"""A written piece: what is not known stays a blank, what is known stands as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.draft import (
    Break,
    Draft,
    Facts,
    Names,
    Run,
    Table,
    UnclearTemplate,
    Words,
    check,
    fill,
)

NAMES = Names(
    {"court": "the court", "sum": "the amount", "who": "the debtor"},
    {"debts": "the debts"},
    frozenset({"tried"}),
)
TEMPLATE = """
# To {court}

## First
{who} owes **{sum} EUR** in all.
- an item
> signed by {who}
[if tried]
It was tried.
[end]
[if not tried]
It was not tried.
[end]
---
| debts
"""
ROWS = Table(("Document", "Amount"), (("A", "1"), ("Total", "1")), frozenset({1}), True)


def test_what_is_known_stands_in_its_place():
    facts = Facts(
        {"court": "the court of Vigo", "sum": "10", "who": "Ana"},
        {"debts": ROWS},
        frozenset({"tried"}),
    )
    draft = fill(TEMPLATE, NAMES, facts)
    assert draft.title == "To the court of Vigo"
    assert draft.missing == ()
    assert draft.blocks[2].runs == (
        Run("Ana owes "),
        Run("10 EUR", bold=True),
        Run(" in all."),
    )
    assert draft.blocks[0].align == "center"
    assert draft.blocks[4] == Words((Run("signed by Ana"),), "text", "right")
    assert "It was tried." in draft.text
    assert "not tried" not in draft.text
    assert draft.blocks[-2:] == (Break(), ROWS)
    assert draft.text.endswith("Document\tAmount\nA\t1\nTotal\t1")


def test_what_is_not_known_is_a_blank_that_says_so_and_is_listed_once():
    draft = fill(TEMPLATE, NAMES, Facts({"who": "  "}))
    assert draft.missing == ("the court", "the debtor", "the amount", "the debts")
    assert draft.title == "To [… the court]"
    blanks = [run for block in draft.blocks for run in getattr(block, "runs", ())]
    assert [run.text for run in blanks if run.blank] == [
        "[… the court]",
        "[… the debtor]",
        "[… the amount]",
        "[… the debtor]",
        "[… the debts]",
    ]
    assert "It was not tried." in draft.text


def test_a_cell_that_is_not_known_is_a_blank_too():
    table = Table(("Document",), ((None,),))
    draft = fill("| debts", NAMES, Facts({}, {"debts": table}))
    assert draft == Draft("", (table,), ("the debts",))
    assert draft.text == "Document\n[…]"


@pytest.mark.parametrize(
    ("template", "kind", "line"),
    [
        ("x\n{nobody}", "value", 2),
        ("| nothing", "table", 1),
        ("[if odd]\n[end]", "flag", 1),
        ("[if tried]\n[if tried]\n[end]", "nested", 2),
        ("x\n[if not tried]\nx", "open", 2),
        ("[end]", "closed", 1),
        ("a **b", "bold", 1),
    ],
)
def test_a_template_that_cannot_be_filled_in_says_where(template, kind, line):
    with pytest.raises(UnclearTemplate) as found:
        check(template, NAMES)
    assert (found.value.kind, found.value.line) == (kind, line)
    with pytest.raises(UnclearTemplate):
        fill(template, NAMES, Facts({}))


VALUES = st.fixed_dictionaries(
    {name: st.none() | st.text(max_size=20) for name in NAMES.values}
)


@given(VALUES)
def test_no_value_changes_what_the_template_says(values):
    """Marks in a value are its words: they are never read as a template."""
    draft = fill("{who} owes **{sum}** to {court}.", NAMES, Facts(values))
    plain = {
        name: " ".join((value or "").split()) or f"[… {NAMES.values[name]}]"
        for name, value in values.items()
    }
    assert draft.text == "{who} owes {sum} to {court}.".format(**plain)
    lacking = {
        NAMES.values[name] for name, one in values.items() if not (one or "").split()
    }
    assert set(draft.missing) == lacking
