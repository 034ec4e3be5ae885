"""How a kind of charge reaches the ledger, as the rules of a country propose it."""

from dataclasses import dataclass

FORMS = [
    ("memo", "Memo only: never in the ledger"),
    ("entry", "Journal entry"),
    ("invoice", "Customer invoice"),
    ("debit_note", "Debit note of the document"),
]
INVOICES = ("invoice", "debit_note")


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """An income account of a chart template.

    ``refs`` are its ids in the templates (``account.<company>_<ref>``), ``prefix`` the
    beginning of its code, ``code`` and ``name`` what it is created with where the chart
    has none.
    """

    prefix: str
    code: str
    name: str
    refs: tuple[str, ...] = ()
    account_type: str = "income_other"


@dataclass(frozen=True, slots=True)
class ChargeForm:
    """``form`` is a key of FORMS; ``taxes`` are ids in the chart templates, of which
    the first that the company has is used on invoices and debit notes; ``label`` names
    the product; ``article`` says why it is billed so."""

    form: str
    account: ChartAccount | None = None
    taxes: tuple[str, ...] = ()
    label: str = ""
    article: str = ""
