from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_date
from odoo.tools.misc import formatLang

from ...kernel.dunning import Reason
from ..agreement.limits import Objection
from ..common.money import to_decimal
from ..common.reason import ReasonRow
from ..document.rows import SourceRow
from ..kpi.forecast import Expected, ForecastSource
from ..text.purpose import Purpose
from .choice import MandateChooser
from .figures import INDICATORS, INPUTS
from .foreign_return import ForeignReturns
from .matters import MATTERS
from .method import MethodTeller
from .tasks import MandateTasks

_lt = LazyTranslate(__name__)


PURPOSE = "debit_notice"
"""Of the letter that tells a debtor of debits to come."""


PURPOSES = (
    Purpose(
        "mandate_core",
        _lt("Direct debit mandate (SEPA Core)"),
        ladder=False,
        neutral=True,
    ),
    Purpose(
        "mandate_b2b",
        _lt("Direct debit mandate (SEPA business to business)"),
        ladder=False,
        neutral=True,
    ),
    Purpose(
        "mandate_request",
        _lt("Request to sign a direct debit mandate"),
        ladder=False,
        neutral=True,
    ),
    Purpose(PURPOSE, _lt("Notice of a direct debit"), ladder=False, neutral=True),
)


SILENT = Reason("debit_silent", 48)
"""The days in which a debit comes back are over, but the bank's entries are older than
that: whether it was paid is not known."""


REASONS = (
    ReasonRow(
        SILENT,
        _lt("Debited: bank not up to date"),
        _lt(
            "A direct debit was presented and the days in which it comes back are "
            "over, but the bank's entries are too old to tell whether it was paid."
        ),
        details="debits",
        tone="warning",
    ),
)


SOURCES = (SourceRow("mandate", _lt("A mandate by which may be debited")),)


FORECASTS = (
    ForecastSource(
        "debit",
        _lt("Direct debits"),
        source="cobranza.block.mandate",
        read="_expect_debits",
        behind="_behind_debits",
    ),
)


UNDER_WAY = ("planned", "notified", "presented")
"""States in which money may still come of an item."""


SAMPLE = 500


TEXT_FIELDS = (
    "mandate_reference",
    "mandate_scheme",
    "mandate_kind",
    "mandate_account",
    "creditor_identifier",
    "signing_place",
    "debit_list",
    "debit_total",
    "debit_mandate",
    "debit_creditor",
)


class CobranzaBlockMandate(models.AbstractModel):
    """Direct debits: mandates, and what hangs from them."""

    _name = "cobranza.block.mandate"
    _inherit = "cobranza.block"
    _description = "Direct debit"

    _switch = "cobranza_legal.group_direct_debit"

    def _rows_of(self, registry):
        rows = {
            "cobranza.text.purpose": PURPOSES,
            "cobranza.decision.reason": REASONS,
            "cobranza.document.source": SOURCES,
            "cobranza.kpi.indicator": INDICATORS,
            "cobranza.kpi.input": INPUTS,
            "cobranza.forecast.source": FORECASTS,
        }
        return rows.get(registry, ())

    def _upkept(self):
        return "cobranza.mandate", "cobranza.debit"

    @api.model
    def _expect_debits(self, company, today, until, known):
        """Debits under way and the debts that they pay, as ``ForecastSource``; those
        that were presented come on the first day, if they come."""
        debits = self.env["cobranza.debit"].search(
            self._under_way(company, today, until)
        )
        items = debits.move_line_id
        debts = self.env["cobranza.debt"].search([("move_line_id", "in", items.ids)])
        by_item = {one.move_line_id: one.id for one in debts}
        rates = self.env["cobranza.forecast"]._rates(company, debits.currency_id, today)
        found = []
        for one in debits:
            if by_item.get(one.move_line_id) not in known:
                currency, amount = one.currency_id.id, to_decimal(one.amount)
                day = max(one.collect_on, today)
                found.append(Expected(day, currency, amount, amount * rates[currency]))
        return found, set(debts.ids)

    @api.model
    def _behind_debits(self, company, today, until):
        return self.env["cobranza.dashboard"]._list(
            "action_cobranza_debit", self._under_way(company, today, until)
        )

    def _under_way(self, company, today, until):
        return [
            *[("company_id", "=", company.id), ("state", "in", UNDER_WAY)],
            *[("collect_on", "<=", until), ("move_line_id.reconciled", "=", False)],
        ]

    def _daily(self, company, today):
        ForeignReturns(self.env, company, today).take()
        MandateTasks(self.env, company, today).raise_all()

    def _agreement_objections(self, agreement, on):
        """What is being debited may be paid in days: more time is given once it is
        known. No approval helps, somebody ends the debit or waits."""
        return [
            Objection(
                self.env._(
                    "%(document)s is in a direct debit of %(day)s: more time can be "
                    "agreed about it when that debit was ended or has come back.",
                    document=debit.document,
                    day=format_date(self.env, debit.collect_on),
                )
            )
            for debit in self.env["cobranza.debit"]._under_way(agreement.debt_ids)
        ]

    def _taken_off(self, lines):
        ForeignReturns.look_later(self.env, lines)

    def _covering(self, debt_ids, day):
        return self.env["cobranza.debit"]._covering(debt_ids, day)

    def _covering_items(self, line_ids, day):
        return self.env["cobranza.debit"]._covering_items(line_ids, day)

    def _contacts_sent(self, contacts):
        notices = contacts.filtered(lambda one: one.text_purpose == PURPOSE)
        if notices:
            self.env["cobranza.debit"].sudo()._noticed(notices)

    def _contacts_bounced(self, contacts):
        notices = contacts.filtered(lambda one: one.text_purpose == PURPOSE)
        if notices:
            self.env["cobranza.debit"].sudo()._notice_bounced(notices)

    def _merge_of_contact(self, contact):
        return contact._merge_debits() if contact.text_purpose == PURPOSE else {}

    def _payment_methods(self, debtor, lines, reader):
        return MethodTeller(debtor, lines, reader).methods()

    def _documents_satisfied(self, source, company, partner_ids, day):
        """Whoever does not pay by direct debit needs no mandate."""
        if source not in {row.code for row in SOURCES}:
            return {}
        people = self.env["res.partner"].sudo().with_company(company)
        wanted = [("id", "in", partner_ids), ("cobranza_direct_debit_own", "=", True)]
        paying = people.search(wanted).ids
        found = dict.fromkeys({*partner_ids} - {*paying}, "not_applicable")
        if not paying:
            return found
        own = company.currency_id.name
        try:
            chooser = MandateChooser(self.env, company, day)
            known = {one.currency or own for one in chooser.schemes.values()} or {own}
            choices = chooser.choices(
                {(partner, currency) for partner in paying for currency in known}
            )
        except UserError:  # a legal value lacks: nothing may be debited today
            return found
        valid = {partner for (partner, _), one in choices.items() if one.candidate}
        return found | dict.fromkeys(valid, "checked")

    def _personal_matters(self):
        return MATTERS

    def _refusals_of_erasure(self, debtor, today):
        yield from debtor.mandate_ids._refusals_of_erasure(today)
        yield from debtor.debit_ids._refusals_of_erasure()

    def _is_to_erase(self, debtor, cutoff):
        begin = debtor.company_id._cobranza_midnight(cutoff)
        return bool(debtor.mandate_ids._over_before(begin))

    def _erase_matters(self, debtor, cutoff, why):
        begin = debtor.company_id._cobranza_midnight(cutoff)
        files = debtor.mandate_ids._over_before(begin)._erase(cutoff, why)
        files |= debtor.debit_ids._erase(cutoff, begin)
        # what hangs from a record by its place alone is its evidence
        files.write({"res_model": False, "res_id": False})
        self.env.flush_all()
        files._cobranza_erase(cutoff, why, debtor.company_id)

    def _fields_of_texts(self):
        return TEXT_FIELDS

    def _samples_of_texts(self, text):
        mandates, today = (
            self.env["cobranza.mandate"],
            self.env.company._cobranza_today(),
        )
        currency = self.env.company.currency_id
        amount = formatLang(self.env, SAMPLE, currency_obj=currency)
        kinds = dict(mandates._fields["kind"]._description_selection(self.env))
        return {
            "mandate_reference": f"M{today.year}-00042",
            "mandate_scheme": self.env["cobranza.mandate.scheme"]._label("core"),
            "mandate_kind": kinds["recurrent"],
            "mandate_account": "XX00 0000 0000 0000",
            "creditor_identifier": "XX00ZZZ00000000",
            "signing_place": self.env._("Springfield"),
            "debit_list": Markup("<ul><li>F-1: %s · %s</li></ul>")
            % (amount, format_date(self.env, today)),
            "debit_total": amount,
            "debit_mandate": f"M{today.year}-00042",
            "debit_creditor": "XX00ZZZ00000000",
        }
