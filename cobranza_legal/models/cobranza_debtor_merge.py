from odoo import models
from odoo.tools import SQL

REFERENCES = """
    SELECT t.relname, a.attname,
           EXISTS (SELECT 1 FROM pg_attribute i
                    WHERE i.attrelid = t.oid AND i.attname = 'id'
                      AND NOT i.attisdropped)
      FROM pg_constraint c
      JOIN pg_class t ON t.oid = c.conrelid
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
     WHERE c.contype = 'f' AND c.confrelid = 'cobranza_debtor'::regclass
     ORDER BY t.relname, a.attname
"""
OTHER_COLUMN = """
    SELECT attname FROM pg_attribute
     WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
       AND attname <> %s
"""


class CobranzaDebtor(models.Model):
    """A debtor follows its partner when partners are merged or change their company."""

    _inherit = "cobranza.debtor"

    def _follow_partner(self, partner):
        """These debtors are ``partner`` now, a commercial one: they become its debtor,
        or are absorbed by the debtor that it is already. Nothing of theirs is lost."""
        for debtor in self.with_context(active_test=False):
            domain = [
                ("company_id", "=", debtor.company_id.id),
                ("partner_id", "=", partner.id),
                ("id", "!=", debtor.id),
            ]
            target = debtor.search(domain)
            if target:
                debtor._merge_into(target)
            else:
                debtor.write({"partner_id": partner.id})
                debtor.debt_ids.write({"partner_id": partner.id})
                debtor._touch()

    def _merge_into(self, target):
        """Everything that hangs from this debtor hangs from ``target``, which keeps its
        own data and takes over the situations and roles that it lacks."""
        self.ensure_one()
        self.env.flush_all()
        taken = {
            name: self[name]
            for name, field in self._fields.items()
            if field.store
            and field.type in ("date", "many2one")
            and name not in ("company_id", "partner_id", "next_level_id", "check_on")
            and self[name]
            and not target[name]
        }
        for table, column, has_id in self.env.execute_query(SQL(REFERENCES)):
            self._repoint(table, column, has_id, target)
        for table, model, column in (
            ("mail_message", "model", "res_id"),
            ("mail_activity", "res_model", "res_id"),
            ("ir_attachment", "res_model", "res_id"),
        ):
            self._repoint_generic(table, model, column, target)
        self.env.invalidate_all(flush=False)
        target.write({name: value for name, value in taken.items()})
        target.debt_ids.write({"partner_id": target.partner_id.id})
        target._touch()
        self.message_follower_ids.unlink()
        self.unlink()

    def _repoint(self, table, column, has_id, target):
        names = {
            "table": SQL.identifier(table),
            "column": SQL.identifier(column),
            "old": self.id,
            "new": target.id,
        }
        if has_id:
            query = (
                "UPDATE %(table)s SET %(column)s = %(new)s WHERE %(column)s = %(old)s"
            )
            self.env.cr.execute(SQL(query, **names))
            return
        [(other,)] = self.env.execute_query(SQL(OTHER_COLUMN, table, column))
        names["other"] = SQL.identifier(other)
        self.env.cr.execute(
            SQL(
                """INSERT INTO %(table)s (%(column)s, %(other)s)
                   SELECT %(new)s, %(other)s FROM %(table)s WHERE %(column)s = %(old)s
                   ON CONFLICT DO NOTHING""",
                **names,
            )
        )
        query = "DELETE FROM %(table)s WHERE %(column)s = %(old)s"
        self.env.cr.execute(SQL(query, **names))

    def _repoint_generic(self, table, model, column, target):
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE %s = %s AND %s = %s",
                SQL.identifier(table),
                SQL.identifier(column),
                target.id,
                SQL.identifier(model),
                self._name,
                SQL.identifier(column),
                self.id,
            )
        )
