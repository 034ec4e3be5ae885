"""What a database says, without ids, uuids and the times of the server.

References are replaced by what a person would call the record.
"""

import json
import re
from collections import Counter, defaultdict

STATIC = re.compile(r"cobranza_(parameter|holiday|text|reason|.*_(rel|wizard)$)")
DROPPED = {
    "id",
    "create_uid",
    "create_date",
    "write_uid",
    "write_date",
    "duration",
    "access_token",
    "attempt",
    "content_hash",
    "group_key",
}
NAMES = {
    "res_partner": "name",
    "res_company": "name",
    "res_currency": "name",
    "res_users": "login",
    "account_account": "name::text",
    "account_journal": "name::text",
    "account_move": "name",
    "account_move_line": "move_name || ' ' || coalesce(date_maturity, date) || ' ' || "
    "balance",
    "cobranza_mandate": "reference",
    "cobranza_debit": "document || '/' || number",
    "cobranza_debit_batch": "name",
    "cobranza_policy": "name::text",
    "cobranza_policy_level": "days::text || ' ' || (name)::text",
    "cobranza_debtor": "(SELECT name FROM res_partner p WHERE p.id = t.partner_id)",
    "cobranza_debt": """(
        SELECT concat_ws(' ', p.name, t.document || '/' || t.instalment_no)
          FROM cobranza_debtor r JOIN res_partner p ON p.id = r.partner_id
         WHERE r.id = t.debtor_id)""",
    "cobranza_run": "day::text",
    "cobranza_text": "name || ' ' || version",
    "cobranza_hold": "reason || ' ' || date_from || ' ' || coalesce(date_to::text, '')",
    "cobranza_promise": "amount::text || ' ' || promised_on",
    "mail_activity": "summary",
    "cobranza_contact": """(
        SELECT concat_ws(' ', p.name, t.direction, t.channel, c.name, v.days,
                         (SELECT string_agg(b.document || '/' || b.instalment_no || ':'
                                            || l.level, ',' ORDER BY b.document,
                                            b.instalment_no, l.level)
                            FROM cobranza_contact_line l
                            JOIN cobranza_debt b ON b.id = l.debt_id
                           WHERE l.contact_id = t.id))
          FROM cobranza_debtor r
          JOIN res_partner p ON p.id = r.partner_id
          LEFT JOIN res_currency c ON c.id = t.currency_id
          LEFT JOIN cobranza_policy_level v ON v.id = t.level_id
         WHERE r.id = t.debtor_id)""",
}
MORE = {
    "mail_activity": (
        (
            *("res_model", "res_id", "summary", "date_deadline", "user_id"),
            *("activity_type_id", "active"),
        ),
        "res_model LIKE 'cobranza.%'",
    ),
    "account_move": (
        ("name", "state", "date", "partner_id", "journal_id", "amount_total_signed"),
        "move_type = 'entry'",
    ),
    "account_move_line": (
        ("move_id", "account_id", "name", "balance", "amount_residual", "partner_id"),
        "parent_state = 'posted'",
    ),
    "mail_message": (
        ("res_id", "message_type", "subject", "body", "date", "outgoing_email_to"),
        "model = 'cobranza.debtor'",
    ),
}
"""Tables of Odoo that the suite writes: their columns that matter, and which rows."""


class Dump:
    """{table: Counter of rows}, each row a JSON text."""

    def __init__(self, query):
        self.query = query
        self.names = {}
        self.tables = {}
        for table, columns in self._columns().items():
            self.tables[table] = self._read(table, columns)
        for table, (columns, where) in MORE.items():
            self.tables[table] = self._read(table, columns, where)

    def _columns(self):
        rows = self.query(
            """SELECT table_name, column_name FROM information_schema.columns
                WHERE table_schema = 'public' AND table_name LIKE 'cobranza%'
                  AND table_name IN (SELECT relname FROM pg_class WHERE relkind = 'r')
                ORDER BY 1, 2"""
        )
        result = defaultdict(list)
        for table, column in rows:
            if not STATIC.match(table) and column not in DROPPED:
                result[table].append(column)
        return result

    def _references(self, table):
        rows = self.query(
            """SELECT a.attname, c.confrelid::regclass::text
                 FROM pg_constraint c
                 JOIN pg_attribute a
                   ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                WHERE c.contype = 'f' AND c.conrelid = %s::regclass""",
            [table],
        )
        return dict(rows)

    def _name(self, table, key):
        if key is None or table not in NAMES:
            return key
        if table not in self.names:
            rows = self.query(f"SELECT id, {NAMES[table]} FROM {table} t")
            self.names[table] = dict(rows)
        return self.names[table].get(key, f"gone {key}")

    def _read(self, table, columns, where="TRUE"):
        references = self._references(table)
        listed = ", ".join(f'"{column}"' for column in columns)
        result = Counter()
        for row in self.query(f"SELECT {listed} FROM {table} WHERE {where}"):
            found = dict(zip(columns, row, strict=True))
            model = found.get("res_model") or "cobranza.debtor"
            references["res_id"] = model.replace(".", "_")
            values = {
                column: self._name(references.get(column), value)
                for column, value in found.items()
            }
            result[json.dumps(values, default=str, sort_keys=True)] += 1
        return result

    def without(self, name):
        """The rows that do not mention a debtor's name."""
        return {
            table: Counter({row: n for row, n in rows.items() if name not in row})
            for table, rows in self.tables.items()
        }


def difference(one, other):
    """Readable lines of what only one of two {table: Counter} has."""
    lines = []
    for table in sorted({*one, *other}):
        left, right = one.get(table, Counter()), other.get(table, Counter())
        lines += [f"- {table}: {row}" for row in (left - right).elements()]
        lines += [f"+ {table}: {row}" for row in (right - left).elements()]
    return "\n".join(lines)
