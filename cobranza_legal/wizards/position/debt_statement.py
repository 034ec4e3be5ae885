import base64
import re
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ...models.common.files import download_url
from ...models.common.method import Methods
from ...models.common.money import amount_words, say_amount
from ...models.contact.content import payment_qr
from ...models.position.words import figure_rows, say_refused
from .debt_statement_xlsx import DebtStatementWorkbook

CENT = Decimal("0.01")


NUMBER = re.compile(r"\d+(?:\.\d+)?")


class CobranzaDebtStatement(models.TransientModel):
    """What a debtor owes on a day: on the screen, as PDF and as a workbook."""

    _name = "cobranza.debt.statement"
    _inherit = "cobranza.dialog.mixin"
    _description = "Debt statement at a date"

    debtor_id = fields.Many2one("cobranza.debtor", required=True)
    company_id = fields.Many2one(related="debtor_id.company_id")
    on = fields.Date(
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
        help="A day that is over: as it was by the dates of payments and charges. A "
        "day to come: as it will be if nothing is paid until then.",
    )
    debt_ids = fields.Many2many(
        "cobranza.debt",
        string="Debts",
        domain="[('debtor_id', '=', debtor_id), ('nature', '=', 'principal'), "
        "('void_reason', '=', False)]",
        help="Empty: all that the debtor owes, unallocated payments included.",
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    missing = fields.Boolean(compute="_compute_preview")
    workbook = fields.Binary(readonly=True, attachment=False)
    workbook_name = fields.Char(readonly=True)

    @api.depends("debtor_id", "on", "debt_ids")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard.missing = False
            if wizard.debtor_id and wizard.on:
                position = wizard._position()
                wizard.missing = position.missing
                wizard.preview = self.env["ir.qweb"]._render(
                    "cobranza_legal.debt_statement_screen",
                    {"doc": wizard, "position": position},
                )

    @api.constrains("debtor_id", "debt_ids")
    def _check_debts(self):
        for wizard in self:
            if wizard.debt_ids.debtor_id - wizard.debtor_id:
                raise UserError(
                    self.env._(
                        "Choose debts of %s only.", wizard.debtor_id.display_name
                    )
                )

    @api.depends("debtor_id", "on")
    def _compute_display_name(self):
        for wizard in self:
            name = wizard.debtor_id.display_name
            day = format_date(self.env, wizard.on)
            wizard.display_name = self.env._(
                "Debt statement of %(debtor)s on %(day)s", debtor=name, day=day
            )

    # -- buttons -------------------------------------------------------------------

    def action_print(self):
        self.ensure_one()
        self._check_complete()
        report = self.env.ref("cobranza_legal.action_report_debt_statement")
        return report.report_action(self, config=False)

    def action_workbook(self):
        self.ensure_one()
        self._check_complete()
        doc = self._in_lang()
        self.write(
            {
                "workbook": base64.b64encode(DebtStatementWorkbook(doc).content()),
                "workbook_name": f"{doc.display_name}.xlsx",
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": download_url(self, "workbook", self.workbook_name),
            "target": "download",
        }

    def _check_complete(self):
        """A statement that lacks interest because a rate is unknown is not printed."""
        position = self._position()
        if position.missing:
            raise UserError("\n".join(self._refusals(position)))

    # -- figures and words, for the templates --------------------------------------

    @staticmethod
    def _refusals(position):
        """[words] on what is not added to the position, document by document."""
        return say_refused(position.refused)

    def _in_lang(self):
        """This statement in the debtor's language, or the nearest one installed."""
        return self.with_context(lang=self.debtor_id._installed_lang())

    def _document_title(self):
        """Title and file name of the PDF."""
        return self._in_lang().display_name

    def _position(self):
        """The kernel ``Statement`` of the chosen debts on the day."""
        debtor, debts = self.debtor_id._origin, self.debt_ids._origin
        return debtor.with_env(self.env)._position(self.on, debts.with_env(self.env))

    def _currency(self, section):
        return self.env["res.currency"].search([("name", "=", section.currency)])

    def _money(self, section):
        """A function that writes amounts of a section."""
        currency = self._currency(section)
        return lambda amount: say_amount(self.env, amount, currency)

    def _words(self, section):
        return amount_words(self._currency(section), section.total)

    def _day(self, day):
        return format_date(self.env, day) if day else ""

    def _rate(self, rate):
        """A yearly percentage with two decimals or as many as it has."""
        text = rate.normalize()
        text = text.quantize(CENT) if text.as_tuple().exponent > -2 else text
        return f"{self._number(f'{text:f}')} %"

    def _number(self, text):
        """A number in the notation of the language, with its own decimals."""
        decimals = len(text.partition(".")[2])
        return formatLang(self.env, float(text), digits=decimals)

    def _formula(self, formula):
        """A formula in the notation of the language."""
        return NUMBER.sub(lambda found: self._number(found[0]), formula)

    def _kind(self, model, kind):
        """The label of a kind of charge or settlement."""
        selection = self.env[model]._fields["kind"]._description_selection(self.env)
        return dict(selection).get(kind, kind)

    def _parameters(self, section):
        """{code: name} of the legal parameters used."""
        codes = [use.code for use in section.values]
        # sudo: the names of public law, for whoever prints
        parameters = self.env["cobranza.parameter"].sudo()
        parameters = parameters.search([("code", "in", codes)])
        return {one.code: one.name for one in parameters}

    @staticmethod
    def _cite(use):
        """Where a legal value comes from; what is in brackets is for its keepers."""
        parts = (use.article, use.source.partition(" (")[0])
        return " · ".join(part for part in parts if part)

    def _reserve(self):
        rules = self.company_id._cobranza_rules()
        return rules.with_env(self.env)._reserve_words()

    def _figure_rows(self, section):
        """[(key, label, amount)] of what is owed on the day: see ``figure_rows``."""
        return figure_rows(self.env, section.figures(self.on), self.on)

    def _known_rows(self, section):
        """([(label, amount)], [why]) of a day that is over where what was known then
        differs from what the ledger tells now; ([], []) where it does not."""
        debtor, debts = self.debtor_id._origin, self.debt_ids._origin
        known = debtor.with_env(self.env)._known_then(
            self.on, debts.with_env(self.env) if debts else None
        )
        found = known.get(self._currency(section).id)
        if not found:
            return [], []
        ledger, then, why = found
        return [
            (self.env._("Documents, by the ledger now"), ledger),
            (self.env._("Documents, as known on that day"), then),
        ], why

    def _interest_rows(self, item):
        """[(first, last, days, base, rate, amount, note)] of an interest charge; they
        sum to what is owed of it."""
        note = self.env._("accrued") if item.accruing else ""
        rows = [
            (one.first, one.last, one.days, one.base, one.rate, one.amount, note)
            for one in item.slices
        ]
        if not rows:
            rows = [(item.first, item.last, None, item.base, None, item.amount, note)]
        if item.adjustment:
            note = self.env._("correction of earlier periods")
            rows.append((None, None, None, None, None, item.adjustment, note))
        if item.open != item.amount:
            paid = self.env._("already paid")
            rows.append((None, None, None, None, None, item.open - item.amount, paid))
        return rows

    # -- payment -------------------------------------------------------------------

    def _account(self):
        company = self.company_id
        return company.cobranza_bank_account_id or company.partner_id.bank_ids[:1]

    def _reference(self, section):
        """What to write on the transfer: the document if it is one, else who pays."""
        ids = [one.debt for one in section.principals if one.debt]
        moves = self.env["cobranza.debt"].browse(ids).move_id
        if len(moves) == 1 and len(ids) == len(section.principals):
            return moves.payment_reference or moves.name
        partner = self.debtor_id.partner_id
        return partner.ref or partner.vat or f"D{self.debtor_id.id:06d}"

    def _qr(self, section, transfer=None):
        """The payment QR for what is to be transferred of a section, as PNG in base64;
        None where there is none. ``transfer``: what its caller knows it to be."""
        if transfer is None:
            transfer = self._transfer(section, self._methods(section))
        return payment_qr(
            self._account(),
            self._currency(section),
            transfer,
            self._reference(section),
        )

    def _methods(self, section):
        """``Methods`` of a section of today: how what is owed is paid, where that is
        not by transfer. Of another day nobody knows it."""
        if self.on != self.company_id._cobranza_today():
            return Methods()
        debtor = self.debtor_id._origin.with_env(self.env)
        return debtor._section_methods(section)

    def _transfer(self, section, methods):
        """What of the total of a section is to be transferred, by its ``_methods``."""
        return self.debtor_id._to_transfer(section, methods)

    def _page_line(self, page, pages):
        """What stands under each page of the PDF."""
        doc = self._in_lang()
        return doc.env._(
            "%(title)s · page %(page)s of %(pages)s",
            title=doc.display_name,
            page=page,
            pages=pages,
        )
