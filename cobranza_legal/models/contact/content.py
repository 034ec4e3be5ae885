"""The QR code with which a debtor's bank app fills in the transfer."""

import base64
import hashlib
import io
import json
import uuid
from datetime import timedelta
from decimal import Decimal

import qrcode
from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_domain_extract, format_amount, format_date

from ...kernel.epc import NoTransferCode, transfer_code
from ...kernel.message import plain_text, sms_size
from ..common.files import safe_name
from ..common.method import READER
from ..common.money import amount_words, to_decimal
from ..text.text import fields_of
from .method import PAYMENT, LetterPayment
from .wording import ENVELOPED, TypedText

DEADLINE = timedelta(days=10)
"""Days that a letter gives, where no country says otherwise."""


ACCRUING = "cobranza_accruing"
"""Context key: what runs on the debts of many contacts, read for all of them at once:
see ``_accruing_on`` of a debtor."""


FEW = 3
"""Documents that fit into the reference of a transfer."""


EURO = "EUR"


def payment_qr(account, currency, amount, text):
    """A PNG in base64 of the transfer of ``amount`` (Decimal) to a bank account, None
    where no standard covers it: another currency than the euro, no SEPA IBAN."""
    payload = payment_code(account, currency, amount, text)
    if not payload:
        return None
    return qr_image(payload)


def qr_image(payload):
    """A PNG in base64 of the code of a text."""
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M, border=4, box_size=6
    )
    code.add_data(payload.encode())
    code.make(fit=True)
    image = io.BytesIO()
    code.make_image().save(image, format="PNG")
    return base64.b64encode(image.getvalue()).decode()


def payment_code(account, currency, amount, text):
    """The text of that code, or None."""
    number = account.sanitized_acc_number
    if currency.name != EURO or not number:
        return None
    zone = account.env.ref("base.sepa_zone").country_ids
    if number[:2] not in zone.mapped("code"):
        return None
    name = account.acc_holder_name or account.partner_id.name
    try:
        return transfer_code(name, number, amount, text, account.bank_bic or "")
    except NoTransferCode:
        return None


class CobranzaContact(models.Model):
    """What a contact says: the text of its purpose, merged in the debtor's language and
    read once more by the rules of the country; how the debtor pays; a courtesy note in
    the debtor's language where the text is in another one."""

    _inherit = "cobranza.contact"

    courtesy = fields.Html(
        readonly=True,
        copy=False,
        sanitize=False,
        help="The page before a letter that is not in the debtor's language.",
    )
    message_size = fields.Char(compute="_compute_message_size", string="Size")
    ledger_note = fields.Text(
        compute="_compute_ledger_note",
        compute_sudo=True,  # of the items of debts, which the contact tells
        string="By the ledger now",
        help="What was open of these debts on the day of the contact by the ledger as "
        "it is now, where that has changed since, and why.",
    )

    def _current_text(self):
        """The text of this contact's purpose today, empty if there is none."""
        self.ensure_one()
        texts = self.env["cobranza.text"].with_company(self.company_id)
        if not self.text_purpose:
            return texts
        rules = self.company_id._cobranza_rules()
        return texts._choose(
            self.text_purpose,
            self.debtor_id.regime,
            rules._country(),
            self._lang(),
            self.company_id._cobranza_today(),
        )

    def _text_key(self):
        """Contacts of one key have the same text today."""
        debtor = self.debtor_id
        return (self.company_id, self.text_purpose, debtor.regime, self._lang())

    def _no_text_message(self):
        labels = dict(self._fields["text_purpose"]._description_selection(self.env))
        return self.env._(
            "There is no approved text “%(purpose)s” for %(debtor)s (%(lang)s).",
            purpose=labels.get(self.text_purpose, "-"),
            debtor=self.debtor_id.display_name,
            lang=self._lang(),
        )

    def _text_lang(self, text):
        """The installed language in which figures and dates of ``text`` are written."""
        lang = self._lang()
        return self.debtor_id._installed_lang(
            lang if text.lang[:2] == lang[:2] else text.lang
        )

    def _render(self):
        """{text_id, lang, subject, body, and the courtesy of a letter} as they would be
        sent now; of a channel of plain text the body has the words alone.

        UserError when there is no text, or it cannot be merged.
        """
        self.ensure_one()
        text = self._current_text()
        if not text:
            if self._channel_model()._needs_text:
                raise UserError(self._no_text_message())
            return {"text_id": False, "lang": self.debtor_id._lang()}
        lang = self._text_lang(text)
        template = f"{text.subject or ''} {text.body or ''}"
        said = {"cobranza_template": template, "cobranza_text_lang": text.lang}
        spoken = self.with_context(lang=lang, **said)
        merged = spoken._merge_values()
        subject, body = text._render(merged)
        self._check_filled(text, merged)
        values = {"text_id": text.id, "lang": lang, "subject": subject, "body": body}
        values = self._with_courtesy(text, values)
        if values["body"] and self._channel_model()._is_plain:
            lines = plain_text(values["body"]).split("\n")
            words = Markup("<br/>").join(escape(line) for line in lines)
            values |= {"subject": False, "body": Markup("<p>%s</p>") % words}
        return values

    def _frozen_values(self):
        """Everything that is frozen when the contact is sent now. UserError when the
        text cannot be merged or says what the law forbids."""
        recipient = self._current_recipient()
        values = {
            **self._render(),
            "recipient_id": recipient.id,
            "address": self._open_address(recipient),
        }
        self._check_content(values)
        return {**values, "content_hash": self._content_hash(values)}

    def _letter_content(self):
        """{lang, subject, body, courtesy, recipient, text} of the letter: as frozen,
        else as it would be now."""
        self.ensure_one()
        names = ("lang", "subject", "body", "courtesy")
        said = {name: self[name] for name in names}
        text = self.text_id
        if not self.content_hash:
            said = self._render()
            text = text.browse(said["text_id"])
        words = text and f"{text.name} v{text.version}"
        return {**said, "recipient": self._current_recipient(), "text": words}

    def _content_text(self, values):
        """Text, recipient and claims as the JSON that is hashed."""
        content = {
            "channel": self.channel,
            "recipient": values["recipient_id"],
            "address": values["address"] or "",
            "subject": values.get("subject") or "",
            "body": str(values.get("body") or ""),
            "currency": self.currency_id.name or "",
            "claims": sorted(
                (
                    line.debt_id.id,
                    line.level,
                    f"{line.amount:.6f}",
                    f"{line.amount_credit:.6f}",
                )
                for line in self.line_ids
            ),
        }
        if values.get("courtesy"):
            content["courtesy"] = str(values["courtesy"])
        return json.dumps(content, sort_keys=True, ensure_ascii=False)

    def _content_hash(self, values):
        """SHA-256 of ``_content_text``."""
        return hashlib.sha256(self._content_text(values).encode()).hexdigest()

    def _verify_hash(self):
        """Whether the frozen content is still what was sent."""
        return self.content_hash == self._content_hash(self._kept_content())

    @api.depends("sent_at", "line_ids.amount")
    @api.depends_context("lang")
    def _compute_ledger_note(self):
        for contact in self:
            contact.ledger_note = contact._ledger_note()

    def _ledger_note(self):
        """The claim, what the ledger tells now, and why they differ; False where
        nothing has changed since."""
        day = self.sent_at and self.line_ids and self._local_day(self.sent_at)
        if not day or day >= self.company_id._cobranza_today():
            return False
        debts = self.line_ids.debt_id
        items, changes = self.debtor_id._items_and_changes(day)
        undone = self.env["cobranza.settlement.undone"].browse(
            [row for one in changes if one.debt in debts.ids for row in one.undone]
        )
        why = [*undone._explain(), *self._booked_later(day)]
        if not why:
            return False
        ledger = sum(item.open for item in items if item.debt in debts.ids)
        claimed = sum(to_decimal(line.amount) for line in self.line_ids)
        first = self.env._(
            "Claimed on %(day)s: %(claimed)s. By the ledger now %(ledger)s was open.",
            day=format_date(self.env, day),
            claimed=format_amount(self.env, float(claimed), self.currency_id),
            ledger=format_amount(self.env, float(ledger), self.currency_id),
        )
        return "\n".join([first, *why])

    def _booked_later(self, day):
        """[what was paid until the day of the contact and booked after it]."""
        settlements = self.env["cobranza.settlement"]
        domain = [
            ("debt_id", "in", self.line_ids.debt_id.ids),
            ("partial_id.max_date", "<=", day),
            ("kind", "in", settlements._kinds(carries=False)),
        ]
        local = self.company_id._cobranza_local
        later = settlements.search(domain, order="date, id").filtered(
            lambda one: local(one.partial_id.create_date).date() > day
        )
        return [
            self.env._(
                "%(entry)s, %(amount)s of %(paid)s on %(debt)s: booked on %(booked)s.",
                entry=one.move_id.name or "",
                amount=format_amount(self.env, one.amount_currency, one.currency_id),
                paid=format_date(self.env, one.date),
                debt=one.debt_id.display_name,
                booked=format_date(self.env, local(one.partial_id.create_date)),
            )
            for one in later
        ]

    def _new_attempt(self):
        """A unique Message-ID."""
        company = self.company_id
        sender = self.env["cobranza.channel.email"]._sender(company)
        domain = email_domain_extract(sender) or "localhost"
        return f"<{uuid.uuid4().hex}.{self.id}.cobranza@{domain}>"

    def _merge_values(self):
        """{merge field: text or Markup} of this contact, in the context's language.

        The vocabulary is ``cobranza.text._merge_fields``, the values of a country are
        those of ``cobranza.rules._merge_values``.
        """
        self.ensure_one()
        said = self.with_context(**{PAYMENT: LetterPayment(self)})
        blocks = self.env["cobranza.block"]
        values = {
            **{name: "" for one in blocks._blocks() for name in one._fields_of_texts()},
            **said._merge_company(),
            **said._merge_debtor(),
            **said._merge_claim(),
            **said._merge_payment(),
            **self.env["cobranza.agreement"]._merge_of_contact(said),
            **self.env["cobranza.dispute"]._merge_of_contact(said),
            **self.env["cobranza.agreement"]._merge_of_reminder(said),
            **self.env["cobranza.suspension"]._merge_of_contact(said),
            "legal_terms": "",
        }
        for block in blocks._blocks():
            values |= block._merge_of_contact(said)
        rules = self.company_id._cobranza_rules()
        return values | rules._merge_values(said, values)

    def _merge_company(self):
        company = self.company_id
        return {
            "company_name": company.name,
            "company_vat": company.vat,
            "company_address": self._one_line(company.partner_id),
            "company_phone": company.phone,
            "company_email": company.email,
        }

    def _merge_debtor(self):
        partner = self.debtor_id.partner_id
        return {
            "debtor_name": partner.name,
            "debtor_vat": partner.vat,
            "debtor_address": self._one_line(partner),
            "contact_name": self._current_recipient().name or partner.name,
            "salutation": self._salutation(),
        }

    def _salutation(self):
        """How a letter greets its recipient, in the language of the letter."""
        person = self._current_recipient()
        person = person if person.name else self.debtor_id.partner_id
        return self._salutation_of(person.name, person.is_company)

    def _salutation_of(self, name, is_company):
        if is_company:
            return self.env._("Dear Sir or Madam of %(name)s,", name=name)
        return self.env._("Dear %(name)s,", name=name)

    def _merge_claim(self):
        today = self._letter_day()
        debts = self._text_debts()
        oldest = self._due(debts[0]) if debts else False
        amount = self._claimed_amount()
        return {
            "today": self._format_date(today),
            "document": ", ".join(dict.fromkeys(debts.mapped("document"))),
            "due_date": self._format_date(oldest),
            "days_late": str(max(0, (today - oldest).days)) if oldest else "0",
            "month": format_date(self.env, oldest, date_format="MMMM")
            if oldest
            else "",
            "year": str(oldest.year) if oldest else "",
            "deadline": self._format_date(self._deadline(today)),
            "amount": self._format_amount(amount),
            "amount_words": amount_words(self._claimed_currency(), amount),
            "total": self._format_amount(float(self._claimed_total())),
            "debts_table": self._debts_table(),
            "charges_table": self._charges_table(),
        }

    def _merge_payment(self):
        account, payment = self._paid_to(), self._payment()
        wanted = payment.wanted
        link = "portal_url" in wanted or "payment_qr" in wanted
        address = self._portal_url() if link else ""
        image = self._payment_code(address) if "payment_qr" in wanted else ""
        return {
            "iban": account.acc_number,
            "bank_name": account.bank_id.name,
            "reference": self._payment_reference(),
            "portal_url": address,
            "payment_qr": image,
            "payment_method": payment.words() if "payment_method" in wanted else "",
        }

    def _payment(self):
        """``LetterPayment`` of this contact."""
        return LetterPayment.of(self)

    def _paid_to(self):
        """The account of the company to which debtors transfer; empty for none."""
        company = self.company_id
        return company.cobranza_bank_account_id or company.partner_id.bank_ids[:1]

    def _payment_reference(self):
        """What the debtor should write on the transfer: the number of an agreement, few
        documents by their name, many by the debtor's own number."""
        agreement = self.sudo().agreement_id  # the letter is the debtor's own
        if agreement:
            return agreement.name
        moves = self._text_debts().move_id
        if len(moves) == 1:
            return moves.payment_reference or moves.name
        if 1 < len(moves) <= FEW:
            return ", ".join(moves.mapped("name"))
        partner = self.debtor_id.partner_id
        return partner.ref or partner.vat or f"D{self.debtor_id.id:06d}"

    def _letter_day(self):
        """The day written on the letter: of the debtor when it left, else today's."""
        if self.sent_at:
            return self._local_day(self.sent_at)
        return self.company_id._cobranza_today()

    def _deadline(self, today):
        """The day until which a letter of ``today`` asks to pay. Countries override."""
        return today + DEADLINE

    @staticmethod
    def _due(debt):
        return debt._due_on()

    def _is_statement(self):
        """Whether it is about all that the debtor owes, not about some debts."""
        return self.env["cobranza.text.purpose"]._is(self.text_purpose, "balance")

    def _text_debts(self):
        """The debts that the text is about, oldest first."""
        debts = self.line_ids.debt_id
        if self._is_statement():
            items = self.debtor_id._told_items()
            debts = debts.browse([item.debt for item in items if item.debt])
        return debts.sorted(lambda debt: (self._due(debt), debt.id))

    def _claimed_amount(self):
        """What is claimed, net of unallocated payments, without charges."""
        if self._is_statement():
            section = self.debtor_id._section(self._claimed_currency())
            return float(section.principal - section.credit)
        return self.amount

    def _charges(self):
        """The charges on those debts of which something is owed on the day: those that
        stand, and as unsaved records what runs until the day and nobody has charged
        yet. So a demand asks for what the debtor's page of its day asks for; what
        costs the debtor nothing tells no charge that nobody has made."""
        debts = self._text_debts()
        charges = debts.charge_ids.filtered("amount_due")
        if not self._tells_accruing():
            return charges
        accruing = self.env.context.get(ACCRUING)
        if accruing is None:
            accruing = debts.debtor_id._accruing_on(debts)
        drafts = [draft for debt in debts for draft in accruing.get(debt.id, ())]
        return charges.concat(*(charges.new(draft) for draft in drafts))

    # -- words ---------------------------------------------------------------------

    def _format_amount(self, amount, currency=None):
        currency = currency or self.currency_id or self.company_id.currency_id
        return format_amount(self.env, amount, currency)

    def _format_date(self, day):
        return format_date(self.env, day) if day else ""

    @staticmethod
    def _one_line(partner):
        place = " ".join(part for part in (partner.zip, partner.city) if part)
        parts = (partner.street, partner.street2, place, partner.country_id.name)
        return ", ".join(part for part in parts if part)

    def _render_block(self, template, **values):
        return self.env["ir.qweb"]._render(template, {"contact": self, **values})

    def _debts_table(self):
        if self._is_statement():
            return self._statement_table()
        return self._render_block(
            "cobranza_legal.debts_table",
            rows=self._debt_rows(),
            credit=self.amount_credit and self._format_amount(self.amount_credit),
            claimed=self._format_amount(self._claimed_amount()),
            words=self._payment().beside,
        )

    def _statement_table(self):
        """The debts' table of a statement: all that is open, and what is owed on the
        day in the words of every document."""
        sections = self.debtor_id._statement()
        figures = [
            (key, label, self.debtor_id._say_amount(amount, one["currency"]))
            for one in sections
            for key, label, amount in one["summary"]
        ]
        return self._render_block(
            "cobranza_legal.debts_table",
            rows=[row for one in sections for row in self._statement_rows(one)],
            figures=figures,
            words=self._payment().beside,
        )

    def _charges_table(self):
        return self._render_block(
            "cobranza_legal.charges_table", charges=self._charge_rows()
        )

    def _charge_rows(self):
        if self._is_statement():
            return [
                {**row, "amount": self._format_amount(row["amount"], one["currency"])}
                for one in self.debtor_id._statement()
                for row in one["charges"]
            ]
        charges = self._charges()
        kinds = dict(charges._fields["kind"]._description_selection(self.env))
        return [
            {
                "kind": self._charge_label(kinds[charge.kind], charge),
                "document": charge.debt_id.document,
                "formula": charge.formula_text,
                "article": charge.article,
                "amount": self._format_amount(charge.amount_due, charge.currency_id),
            }
            for charge in charges
        ]

    def _tells_accruing(self):
        """Whether it claims what nobody has charged yet: no statement, which has its
        own figures, and nothing that costs the debtor nothing."""
        purposes = self.env["cobranza.text.purpose"]
        free = purposes._is(self.text_purpose, "free")
        return bool(self.text_purpose and self.line_ids) and not (
            free or self._is_statement()
        )

    def _charge_label(self, kind, charge):
        """The kind of a charge; of what runs by the day, with its days: the last one is
        that as of which it is told."""
        if not charge.period_from or not charge.period_to:
            return kind
        days = map(self._format_date, (charge.period_from, charge.period_to))
        return f"{kind} {' – '.join(days)}"

    def _debt_rows(self):
        """The rows of the debts' table: the open amount is what is claimed of each,
        before what was netted of all of them."""
        today, methods = self._letter_day(), self._payment().methods
        rows = []
        for line in self.line_ids.sorted(lambda line: self._due(line.debt_id)):
            debt, due = line.debt_id, self._due(line.debt_id)
            rows.append(
                {
                    "document": debt.document,
                    "due": self._format_date(due),
                    "late": max(0, (today - due).days) if due else 0,
                    "original": self._format_amount(debt.original_amount),
                    "open": self._format_amount(line.amount),
                    "note": methods.note(debt.move_line_id.id),
                }
            )
        return rows

    def _statement_rows(self, section):
        methods = self._payment().methods
        return [
            {
                "document": row["document"],
                "due": self._format_date(row["due"]),
                "late": row["late"],
                "original": self._format_amount(row["original"], section["currency"]),
                "open": self._format_amount(row["open"], section["currency"]),
                "note": methods.note(row["line"]),
            }
            for row in section["rows"]
        ]

    def _wanted_fields(self):
        """The merge fields of the text that is being merged. Countries whose parts hold
        others add them."""
        return set(fields_of(self.env.context.get("cobranza_template")))

    def _portal_url(self):
        """Address of the debtor's page, with its key: for the debtor's own people, not
        for whoever else answers."""
        debtor = self.debtor_id
        answering = debtor.sudo().obligor_ids.partner_id  # sudo: also whose duty ended
        if not debtor.id:
            return ""
        recipient = self._current_recipient()
        if recipient in answering and recipient not in debtor.sudo()._own_people():
            return ""
        return debtor._portal_link()

    def _claimed_currency(self):
        return self.currency_id or self.company_id.currency_id

    def _claimed_total(self):
        """What is to be paid with its charges, a Decimal in the claim's currency."""
        currency = self._claimed_currency()
        if self._is_statement():
            return self.debtor_id._section(currency).total
        charges = self._charges().filtered(
            lambda charge: charge.currency_id == currency
        )
        total = self._claimed_amount() + sum(charges.mapped("amount_due"))
        return Decimal(f"{total:.{currency.decimal_places}f}")

    def _payment_code(self, address):
        """The code to scan, with what it is for: a transfer that the bank's app fills
        in, where a standard exists for it, else the debtor's page."""
        currency, total = self._claimed_currency(), self._payment().transfer
        reference = self._payment_reference() or ""
        transfer = payment_qr(self._paid_to(), currency, total, reference)
        image = transfer or (address and qr_image(address))
        if not image:
            return ""
        return self._render_block(
            "cobranza_legal.payment_code",
            source=Markup("data:image/png;base64,%s") % image,
            transfer=bool(transfer),
            address=address,
        )

    def _courtesy_note(self, text):
        """What this is and whom to ask, for a debtor whose language the text lacks; in
        English where the suite does not speak it. Empty if it is not needed."""
        wanted = self._lang()
        if text.lang[:2] == wanted[:2]:
            return Markup()
        languages = self.env["res.lang"].with_context(active_test=False)
        name = languages.search([("code", "=", text.lang)], limit=1).name or text.lang
        company = self.company_id
        spoken = self.with_context(lang=self._spoken_lang(wanted)).env
        paragraphs = [
            spoken._(
                "This is a message from %(company)s about amounts that are unpaid in "
                "its books. It is written in this language: %(language)s.",
                company=company.name,
                language=name,
            ),
            spoken._(
                "If you do not understand it, or have questions, please ask us before "
                "you do anything else: %s.",
                ", ".join(
                    part
                    for part in (company.name, company.phone, company.email)
                    if part
                ),
            ),
        ]
        return Markup().join(Markup("<p>%s</p>") % one for one in paragraphs)

    def _spoken_lang(self, wanted):
        """The language wanted, or one like it, if it is installed; else English."""
        company = self.company_id or self.env.company
        found = company._cobranza_lang(wanted)
        if found.partition("_")[0] == wanted.partition("_")[0]:
            return found
        return company._cobranza_lang("en_US")

    def _with_courtesy(self, text, values):
        """The rendered ``values`` of a text with its courtesy note: a page before what
        is on paper, a paragraph before what is read on a screen, nothing in what is
        spoken by our own people."""
        note, kind = self._courtesy_note(text), self._channel_model()._class_kind
        if kind == "paper":
            return {**values, "courtesy": note or False}
        if note and kind == "remote":
            return {**values, "body": note + Markup("<hr/>") + values["body"]}
        return values

    @api.depends("preview")
    def _compute_message_size(self):
        """How many SMS are paid."""
        for contact in self:
            contact.message_size = False
            if contact.channel == "sms" and contact.preview:
                size = sms_size(plain_text(contact.preview))
                contact.message_size = self.env._(
                    "%(count)s SMS, %(length)s characters",
                    count=size.parts,
                    length=size.units,
                )

    def _report(self, kind, note=None):
        """The provider tells what became of these contacts; each kind counts once."""
        for contact in self:
            if kind in contact.event_ids.mapped("kind"):
                continue
            if contact.state in ("sending", "in_doubt"):  # now it is known
                contact._set_state("sent")
            sms = contact.channel == "sms"
            source = self.env._("SMS provider") if sms else self.env._("Mail server")
            contact._add_events(kind, source, note=note)
            if kind in ("bounced", "expired"):
                contact._alert(self.env._("A message was not delivered"), note)

    def _prepare_files(self):
        """Values of the files that leave with this contact: the statement, if it is
        one; what a letter about an agreement, or of a block, carries."""
        if not self._is_statement():
            # sudo: what goes to the debtor does not depend on who sends it
            files = self.agreement_id.sudo()._files_of_letter(self)
            for block in self.env["cobranza.block"]._blocks():
                files += block._files_of_contact(self)
            return files
        report = "cobranza_legal.action_report_statement"
        reports = self.env["ir.actions.report"]
        reports = reports.with_context(**{READER: self._current_recipient().id})
        content, kind = reports._render_qweb_pdf(report, self.debtor_id.ids)
        name = self.env._("Statement %s", self.company_id._cobranza_today())
        return [
            {
                "name": safe_name(f"{name}.{kind}"),
                "raw": content,
                "mimetype": "application/pdf" if kind == "pdf" else "text/html",
                "res_model": self._name,
                "res_id": self.id,
            }
        ]

    # -- what the law says of a text ---------------------------------------------------

    def _text_refusal(self):
        """(text, [reason]) of why the text of this contact may not be used for its
        debtor; empty if it may."""
        text = self._current_text()
        on = self.company_id._cobranza_today()
        found = text and text._standing_refusal(self.debtor_id.regime, on)
        return (text, [found]) if found else ()

    def _refused_message(self, text, reasons):
        return self.env._(
            "The text “%(text)s” may not go to %(debtor)s:\n%(reasons)s",
            text=text.display_name,
            debtor=self.debtor_id.display_name,
            reasons="\n".join(reasons),
        )

    def _check_filled(self, text, values):
        """UserError when what the law orders to say has no value."""
        on = self.company_id._cobranza_today()
        found = text._unfilled(values, self.debtor_id.regime, on)
        if found:
            raise UserError("\n".join(found))

    def _check_content(self, values):
        """UserError when these rendered ``values`` say what the law forbids."""
        text = self.env["cobranza.text"].browse(values.get("text_id") or ())
        if not text:
            return
        found = self._content_objections(values.get("subject"), values.get("body"))
        if found:
            words = [text._objection_words(one) for one in found]
            raise UserError(self._refused_message(text, words))

    def _content_objections(self, subject, body):
        """The objections to words that are about to go to the debtor."""
        channel, purposes = self._channel_model(), self.env["cobranza.text.purpose"]
        closed = channel._class_kind in ENVELOPED
        closed = closed or purposes._is(self.text_purpose, "envelope")
        opened = channel._on_screen or purposes._is(self.text_purpose, "screen")
        whom = self._obligor() or self.debtor_id.partner_id
        text = TypedText(self.debtor_id, whom, self._told_debts() or self._no_debts())
        return text.objections(subject, body, open_subject=not closed, open_body=opened)

    def _no_debts(self):
        """It was planned about no debt: an agreement, a mandate, an answer."""
        return self.env["cobranza.debt"]
