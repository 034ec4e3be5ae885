from odoo import models
from odoo.tools import SQL, LazyTranslate

from ...kernel.dunning import Reason
from ...kernel.provision import ZERO
from ..agreement.limits import Objection
from ..common.approval import ApprovalKind
from ..common.money import to_decimal
from ..common.reason import ReasonRow
from ..text.purpose import Purpose
from .closing import Closing
from .figures import INDICATORS, INPUTS
from .relief import BOOKED
from .relief_paper import PURPOSE
from .write_off import KIND, KIND_FEWER

_lt = LazyTranslate(__name__)


WRITTEN_OFF = Reason("written_off", 175)
"""Given up: graver than settled, which it is in the books."""


REASONS = (
    ReasonRow(
        WRITTEN_OFF,
        _lt("Written off"),
        _lt("It was given up as uncollectible: nobody asks for it any more."),
        ends_interest=True,
        tone="muted",
    ),
)


APPROVALS = (
    ApprovalKind(KIND, _lt("Write off debts"), never_alone=True),
    ApprovalKind(KIND_FEWER, _lt("Write off debts, with fewer people")),
)


PURPOSES = (
    Purpose(
        PURPOSE, _lt("Letter with a rectifying invoice"), ladder=False, neutral=True
    ),
)


ROWS = {
    "cobranza.decision.reason": REASONS,
    "cobranza.approval.kind": APPROVALS,
    "cobranza.text.purpose": PURPOSES,
    "cobranza.kpi.indicator": INDICATORS,
    "cobranza.kpi.input": INPUTS,
}


MERGED = ("rectification_number", "rectified_invoice")
"""Merge fields of the letter with a rectifying document."""


COVERED = """
    SELECT w.debt_id, NULL::date, NULL::int, NULL::date
      FROM cobranza_write_off_line w
      JOIN cobranza_write_off h ON h.id = w.write_off_id
      JOIN account_partial_reconcile p ON p.credit_move_id = w.entry_line_id
     WHERE w.debt_id = ANY(%s) AND h.state = 'posted'
"""


WRITTEN = """
    EXISTS (SELECT 1 FROM cobranza_write_off_line written
             WHERE written.entry_line_id = p.credit_move_id)
"""


MATTERS = {
    "assessments_of_losses": (
        "assessment_ids",
        ("percent", "reason", "since", "until"),
    ),
    "credit_insurance": (
        "insurance_ids",
        ("insurer_id", "policy_number", "covered", "since", "until"),
    ),
    "write_offs": (
        "write_off_line_ids",
        (
            *("debt_id", "state", "ground", "note", "amount", "currency_id"),
            *("recovered", "erased_on"),
        ),
    ),
    "tax_reliefs": (
        "vat_relief_ids",
        ("move_id", "ground", "state", "base", "tax", "booked_on", "raised"),
    ),
}
"""As ``privacy.data.MATTERS``."""


class CobranzaBlockProvision(models.AbstractModel):
    """Provisions: what is expected to be lost of what is owed."""

    _name = "cobranza.block.provision"
    _inherit = "cobranza.block"
    _description = "Provisions"

    _switch = "cobranza_legal.group_provisions"
    _dialogs = (
        "cobranza.vat.relieve",
        "cobranza.vat.notify",
        "cobranza.vat.raise",
        "cobranza.write.off.request",
    )

    def _rows_of(self, registry):
        return ROWS.get(registry, ())

    def _covering(self, debt_ids, day):
        self.env["cobranza.write.off"].flush_model(["state"])
        self.env["cobranza.write.off.line"].flush_model(["debt_id", "entry_line_id"])
        query = SQL(COVERED, list(debt_ids))
        return query, lambda rows: {row[0]: (WRITTEN_OFF, None) for row in rows}

    def _daily(self, company, today):
        self.env["cobranza.credit.insurance"]._ask_to_declare(company, today)
        self.env["cobranza.vat.relief"].sudo()._follow(company, today)

    def _set_aside(self, entry):
        return SQL(
            """EXISTS (SELECT 1 FROM cobranza_vat_relief aside
                        WHERE aside.id = %s.cobranza_relief_id
                          AND aside.owes = 'whole')""",
            entry,
        )

    def _settlement_records(self):
        return (
            ("write_off", WRITTEN),
            ("vat_relief", "move.cobranza_relief_id IS NOT NULL"),
        )

    def _agreement_objections(self, agreement, on):
        """More time given about what was relieved obliges to raise the tax again: that
        is done first."""
        reliefs = self.env["cobranza.vat.relief"].search(
            [
                ("move_id", "in", agreement.debt_ids.move_id.ids),
                ("state", "in", BOOKED),
            ]
        )
        return [
            Objection(
                self.env._(
                    "The tax of %s was relieved: an agreement about it obliges to "
                    "raise it again. Do that first.",
                    one.move_id.name,
                )
            )
            for one in reliefs
        ]

    def _entries_changed(self, entries):
        # sudo: whoever changes the books need not see what was written off or relieved
        self.env["cobranza.write.off"].sudo()._follow_entries(entries)
        self.env["cobranza.vat.relief"].sudo()._follow_entries(entries.sudo())

    def _contacts_sent(self, contacts):
        letters = contacts.filtered(lambda one: one.text_purpose == PURPOSE)
        if letters:
            # sudo: it follows from the letter, whoever sent it
            self.env["cobranza.vat.relief"].sudo()._documents_sent(letters.sudo())

    def _files_of_contact(self, contact):
        if contact.text_purpose != PURPOSE or not contact.vat_relief_id:
            return []
        # sudo: what goes to the debtor does not depend on who sends it
        return contact.sudo().vat_relief_id._files_of_letter(contact)

    def _fields_of_texts(self):
        return MERGED

    def _samples_of_texts(self, text):
        return {"rectification_number": "RECT/2026/00001", "rectified_invoice": "F-1"}

    def _merge_of_contact(self, contact):
        if contact.text_purpose != PURPOSE:
            return {}
        # sudo: the letter is the debtor's own
        return contact.sudo().vat_relief_id._merge_of_letter()

    def _kinds_of_entries(self, move_ids):
        found = {}
        write_offs = self.env["cobranza.write.off"].search(
            ["|", ("move_id", "in", move_ids), ("reverse_move_id", "in", move_ids)]
        )
        for one in write_offs:
            whose = {}
            for line in one.line_ids.filtered("released"):
                partner = line.debtor_id.partner_id.id
                whose[partner] = whose.get(partner, ZERO) + to_decimal(line.released)
            for move in one.move_id | one.reverse_move_id:
                found[move.id] = ("written_off", whose)
        recoveries = self.env["cobranza.write.off.recovery"].search(
            [
                "|",
                ("move_id", "in", move_ids),
                ("move_id.reversal_move_ids", "in", move_ids),
            ]
        )
        for move in recoveries.move_id | recoveries.move_id.reversal_move_ids:
            found[move.id] = ("recovery", {})
        return found

    def _closing_checks(self, company, day):
        return Closing(company, day).checks()

    def _personal_matters(self):
        return MATTERS

    def _is_to_erase(self, debtor, cutoff):
        judged = debtor.assessment_ids._ended_before(cutoff).filtered(
            lambda one: one.reason != "-"
        )
        return bool(judged or debtor.write_off_line_ids._over_before(cutoff))

    def _erase_matters(self, debtor, cutoff, why):
        # what was judged, by whom and when stays: it explains what was booked
        debtor.assessment_ids._ended_before(cutoff)._through_gate().write(
            {"reason": "-"}
        )
        over = debtor.write_off_line_ids._over_before(cutoff)
        begin = debtor.company_id._cobranza_midnight(cutoff)
        files = over._erase(begin, debtor.company_id._cobranza_today(), why)
        # what hangs from a record by its place alone is its evidence
        files.write({"res_model": False, "res_id": False})
        self.env.flush_all()
        files._cobranza_erase(cutoff, why, debtor.company_id)
