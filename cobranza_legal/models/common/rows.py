"""Codes that carry attributes: rows of code, to which any addon may add its own.

A registry is a model that inherits ``cobranza.rows``; its rows are frozen dataclasses
with at least ``code`` and ``label``, and everything that the product asks about the
concept stands on them. ``Row`` is the field that keeps such a code.
"""

from odoo import fields, models, tools
from odoo.tools.misc import SENTINEL

FORGET = """
    UPDATE %(table)s SET %(column)s = %(fallback)s WHERE %(column)s = ANY(%(codes)s)
"""


FORGET_OF_COMPANIES = """
    UPDATE %(table)s
       SET %(column)s = (
           SELECT jsonb_object_agg(
                      key, CASE WHEN value = ANY(%(codes)s) THEN %(fallback)s::text
                                ELSE value END)
             FROM jsonb_each_text(%(column)s)
            WHERE %(fallback)s::text IS NOT NULL OR value <> ALL(%(codes)s))
     WHERE EXISTS (SELECT 1 FROM jsonb_each_text(%(column)s)
                    WHERE value = ANY(%(codes)s))
"""
"""Of a field that every company has a value of its own of."""


class Row(fields.Selection):
    """A code of a registry. Other than a ``Selection`` with computed values, which
    Odoo does not check, it refuses unknown codes: by ORM, by RPC and at import.

    :param registry: name of a model that inherits ``cobranza.rows``.
    :param only: which of its rows this field takes, as a function of the row; None:
        all.
    """

    registry = None
    only = None

    def __init__(self, registry=SENTINEL, string=SENTINEL, **kwargs):
        if registry is not SENTINEL:
            only = kwargs.get("only")
            kwargs |= {
                "registry": registry,
                "selection": lambda model: model.env[registry]._choices(only),
            }
        super().__init__(string=string, **kwargs)

    def convert_to_cache(self, value, record, validate=True):
        if not (validate and value and self.registry):
            return value or None
        row = record.env[self.registry]._row(value)
        if row is None or (self.only and not self.only(row)):
            raise ValueError(f"Wrong value for {self}: {value!r}")
        return str(value)


class Rows(models.AbstractModel):
    """A registry of rows. An addon adds to it by
    ``return (*super()._rows(), Reason(...))``."""

    _name = "cobranza.rows"
    _description = "Rows of code"

    def _rows(self):
        """The rows, in the order in which people choose among them: frozen dataclasses
        with ``code`` and ``label`` (a lazy translation, in the adding addon's words,
        that does not take part in comparisons). Of code alone: the answer is cached,
        so it depends on no company, user or record."""
        return ()

    # gate 4: rows are code, the same for every company
    @tools.ormcache()
    def _by_code(self):
        """{code: row}, those of the blocks last; ValueError for a code given twice."""
        rows = (*self._rows(), *self.env["cobranza.block"]._added_rows(self._name))
        result = {row.code: row for row in rows}
        if len(result) < len(rows):
            codes = [row.code for row in rows]
            double = sorted({code for code in codes if codes.count(code) > 1})
            raise ValueError(f"{self._name} has two rows for: {', '.join(double)}")
        return result

    def _row(self, code):
        """The row of a code; None when no addon knows it (any more)."""
        return self._by_code().get(code)

    def _is(self, code, name):
        """Whether the row of ``code`` has the attribute ``name``; False if nobody
        knows the code."""
        row = self._row(code)
        return bool(row and getattr(row, name))

    def _where(self, **wanted):
        """The codes of the rows whose attributes have these values, in their order."""
        return [
            code
            for code, row in self._by_code().items()
            if all(getattr(row, name) == value for name, value in wanted.items())
        ]

    def _label(self, code):
        """The label of a code in the user's language; the code itself if unknown."""
        row = self._row(code)
        return self.env._(row.label) if row else code or ""

    def _choices(self, only=None):
        """[(code, label)] in the user's language, of the rows for which ``only`` holds
        (None: of all)."""
        return [
            (code, self._label(code))
            for code, row in self._by_code().items()
            if only is None or only(row)
        ]


def forget_rows(env, registry, codes, fallback):
    """Give what keeps one of ``codes`` of ``registry`` the code ``fallback`` (False:
    empties it), in every stored field of every model. For the ``uninstall_hook`` of the
    addon that added the rows: at uninstallation their codes would stay behind.

    ValueError when a field that has to have a value would be emptied. Evidence guards
    do not stand in the way: it writes by SQL, and leaves write dates alone.
    """
    codes = list(codes)
    for model in env.values():
        if model._abstract or not model._auto or model._transient:
            continue
        for field in model._fields.values():
            if not (isinstance(field, Row) and field.registry == registry):
                continue
            if not (field.store and field.column_type):
                continue
            if fallback is False and field.required:
                raise ValueError(f"{field} needs a code that stays")
            model.flush_model([field.name])
            query = FORGET_OF_COMPANIES if field.company_dependent else FORGET
            values = {
                "table": tools.SQL.identifier(model._table),
                "column": tools.SQL.identifier(field.name),
            }
            env.cr.execute(
                tools.SQL(query, codes=codes, fallback=fallback or None, **values)
            )
            model.invalidate_model([field.name])
