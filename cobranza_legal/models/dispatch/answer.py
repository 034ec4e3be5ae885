import hashlib

from odoo import api, fields, models

from ...kernel.errors import UnclearText, UnreadableTable
from ..common.csv_file import say_cell, say_table
from .format import (
    MAX_ROWS,
    BadArchive,
    BadRow,
    read_answer,
    read_answers,
    read_archive,
)

RESULTS = [("done", "Recorded"), ("known", "Known already"), ("problem", "Problem")]


class CobranzaDispatchAnswer(models.Model):
    """A file of a provider, read once, with what became of each of its rows."""

    _name = "cobranza.dispatch.answer"
    _inherit = "cobranza.gate.mixin"
    _description = "Answers of a provider"
    _order = "id desc"

    name = fields.Char(string="File name", required=True, readonly=True)
    provider_id = fields.Many2one(
        "cobranza.provider", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="provider_id.company_id", store=True)
    user_id = fields.Many2one("res.users", string="Read by", readonly=True)
    file_id = fields.Many2one("ir.attachment", readonly=True, ondelete="restrict")
    file_hash = fields.Char(string="SHA-256", required=True, readonly=True)
    problem = fields.Char(string="Why it was not read", readonly=True)
    line_ids = fields.One2many("cobranza.dispatch.answer.line", "answer_id")
    done_count = fields.Integer(string="Recorded", readonly=True)
    known_count = fields.Integer(string="Known already", readonly=True)
    problem_count = fields.Integer(string="Problems", readonly=True)

    _hash_uniq = models.Constraint(
        "UNIQUE (provider_id, file_hash)", "This file was read already."
    )

    @api.model
    def _read_file(self, provider, name, content):
        """The record of this file: read now, or the one of when it was read before.

        All rows in one transaction: a file that was read halfway was not read.
        """
        digest = hashlib.sha256(content).hexdigest()
        domain = [("provider_id", "=", provider.id), ("file_hash", "=", digest)]
        answer = self.search(domain)
        if answer:
            return answer
        answer = self._through_gate().create(
            {
                "name": name,
                "provider_id": provider.id,
                "user_id": self.env.uid,
                "file_hash": digest,
            }
        )
        answer.file_id = self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "res_model": self._name,
                "res_id": answer.id,
            }
        )
        answer = answer.with_env(self.env)
        answer._take(content)
        return answer

    def _take(self, content):
        try:
            table, files = read_archive(content, self.name)
            rows = read_answers(table)
        except (BadArchive, UnreadableTable) as error:
            self._through_gate().write(
                {"problem": self._say_bad_file(error), "problem_count": 1}
            )
            return
        values = []
        for line, cells in rows[:MAX_ROWS]:
            found = self._take_row(cells, files)
            raw = ";".join(cells.values())
            values.append({"answer_id": self.id, "number": line, "raw": raw, **found})
        if len(rows) > MAX_ROWS:
            self._through_gate().problem = self.env._(
                "Only the first %s rows were read.", MAX_ROWS
            )
        lines = self.env["cobranza.dispatch.answer.line"].create(values)
        for result, _name in RESULTS:
            count = len(lines.filtered(lambda line, r=result: line.result == r))
            self._through_gate()[f"{result}_count"] = count

    def _take_row(self, cells, files):
        """What became of a row: {contact_id, result, message}."""
        contacts = self.env["cobranza.contact"]
        try:
            answer = read_answer(cells, self.provider_id.currency_id.decimal_places)
        except BadRow as error:
            return {"result": "problem", "message": self._say_bad_row(error)}
        except UnclearText as error:
            return {"result": "problem", "message": say_cell(self.env, error)}
        domain = [
            ("id", "=", answer.contact_id),
            ("provider_id", "=", self.provider_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        contact = contacts.search(domain)
        if not contact:
            message = self.env._("No letter of this provider is %s.", cells["id"])
            return {"result": "problem", "message": message}
        result, message = contact._take_answer(answer, files, self.provider_id)
        return {"contact_id": contact.id, "result": result, "message": message}

    def _say_bad_row(self, error):
        words = {
            "id": self.env._("“%s” is no reference of a letter.", error.text),
            "event": self.env._("“%s” is no event.", error.text),
        }
        return words[error.code]

    def _say_bad_file(self, error):
        if isinstance(error, UnreadableTable):
            return say_table(self.env, error)
        words = {
            "size": self.env._("It is too large: %s.", error.detail),
            "zip": self.env._("It is neither a table nor a ZIP that can be read."),
            "members": self.env._("It holds too many files: %s.", error.detail),
            "name": self.env._(
                "It holds a file with a forbidden name: %s.", error.detail
            ),
            "kind": self.env._(
                "It holds a file of a forbidden kind: %s.", error.detail
            ),
            "double": self.env._("It holds two files of one name: %s.", error.detail),
            "encrypted": self.env._("It is encrypted."),
            "csv": self.env._("It holds no table, or more than one."),
        }
        return words[error.code]


class CobranzaDispatchAnswerLine(models.Model):
    _name = "cobranza.dispatch.answer.line"
    _inherit = "cobranza.gate.mixin"
    _description = "Row of a provider's answers"
    _order = "answer_id, number, id"
    _rec_name = "raw"

    answer_id = fields.Many2one(
        "cobranza.dispatch.answer", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="answer_id.company_id", store=True)
    number = fields.Integer(string="Line")
    raw = fields.Char(string="What it says")
    contact_id = fields.Many2one("cobranza.contact", ondelete="set null")
    result = fields.Selection(RESULTS, required=True)
    message = fields.Char()
