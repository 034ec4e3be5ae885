"""The rules of collecting debts as pure functions on immutable values.

Nothing here knows Odoo, a database, a clock or a country: the day is always an
argument, legal figures arrive in a :class:`legal_table.LegalTable`, and amounts are
``Decimal`` with their currency. Only the standard library and relative imports.
"""
