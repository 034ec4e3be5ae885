"""What documents are asked of, where a fact stands that makes one unnecessary, and how
a number that is typed is checked: one row for each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

from ...kernel.epc import is_iban

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class TargetRow:
    """``field``: of ``cobranza.document``, which names the record that the document is
    about; empty for the customer itself, whom every document names."""

    code: str
    label: LazyGettext = field(compare=False)
    field: str = ""


class CobranzaDocumentTarget(models.AbstractModel):
    """A package whose records have documents of their own (agreements, cases,
    guarantors) adds a row and the field that it names."""

    _name = "cobranza.document.target"
    _inherit = "cobranza.rows"
    _description = "What documents are about"

    def _rows(self):
        return (
            TargetRow("customer", _lt("The customer, before any debt")),
            TargetRow("debt", _lt("A debt"), "debt_id"),
            TargetRow("agreement", _lt("A payment agreement"), "agreement_id"),
        )


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where it stands that a document is there. ``derived``: elsewhere, so that nobody
    types it again; the answer is ``DocumentChecklist._by_<code>``, or that of a block,
    ``_documents_satisfied``. ``target``: of which documents it can be the source; empty
    for any."""

    code: str
    label: LazyGettext = field(compare=False)
    derived: bool = True
    target: str = "customer"


class CobranzaDocumentSource(models.AbstractModel):
    _name = "cobranza.document.source"
    _inherit = "cobranza.rows"
    _description = "Where documents stand"

    def _rows(self):
        return (
            SourceRow("file", _lt("A file that we received"), False, ""),
            SourceRow("terms", _lt("The collection terms informed on the debtor")),
            SourceRow("payer", _lt("Who pays, on the debtor, with phone or e-mail")),
            SourceRow("entry", _lt("The posted invoice"), target="debt"),
        )


@dataclass(frozen=True, slots=True)
class CheckRow:
    """``module`` of python-stdnum, below ``stdnum``, that knows the number; empty: the
    tax number of the country where the customer lives. ``valid``: what knows it
    instead, a function of the number without spaces."""

    code: str
    label: LazyGettext = field(compare=False)
    module: str = ""
    valid: Callable = None


class CobranzaDocumentCheck(models.AbstractModel):
    """Countries add the numbers of their identity documents."""

    _name = "cobranza.document.check"
    _inherit = "cobranza.rows"
    _description = "Numbers of documents"

    def _rows(self):
        return (
            CheckRow("iban", _lt("IBAN"), valid=is_iban),
            CheckRow("vat", _lt("Tax number of the customer's country")),
        )

    def _problem(self, code, number, country):
        """What is wrong with ``number``, in words; "" when nothing is, when nobody
        knows the numbers of ``country`` (two letters), or where python-stdnum is not
        installed."""
        row, label = self._row(code), self._label(code)
        if row and row.valid:
            return "" if row.valid(_bare(number)) else self._no_such(number, label)
        module = row and _module(row.module, country)
        if not module:
            return ""
        from stdnum import exceptions  # it is there: the module is of it

        try:
            module.validate(number)
        except exceptions.InvalidLength:
            return self.env._(
                "%(number)s: a number of the kind “%(kind)s” has more or fewer "
                "characters.",
                number=number,
                kind=label,
            )
        except exceptions.InvalidChecksum:
            return self.env._(
                "%(number)s: the check digit of “%(kind)s” is wrong. Look at it once "
                "more.",
                number=number,
                kind=label,
            )
        except exceptions.ValidationError:
            return self._no_such(number, label)
        return ""

    def _no_such(self, number, label):
        return self.env._(
            "%(number)s is no number of the kind “%(kind)s”: look at it once more.",
            number=number,
            kind=label,
        )

    def _clean(self, code, number, country):
        """``number`` as the module writes it without signs; as it is typed, without
        spaces around, where there is none."""
        row, number = self._row(code), (number or "").strip()
        if row and row.valid:
            return _bare(number)
        module = row and _module(row.module, country)
        return module.compact(number) if module and number else number


def _bare(number):
    return "".join((number or "").split()).upper()


def _module(name, country):
    """The module of python-stdnum, None where it, or the library, is not there."""
    try:
        if name:
            return import_module(f"stdnum.{name}")
        return import_module("stdnum").get_cc_module((country or "").lower(), "vat")
    except (ImportError, OSError):  # of some modules the tables are not found
        return None
