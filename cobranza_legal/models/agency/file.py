import hashlib
from collections import Counter
from datetime import datetime, time

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel.errors import KernelError, UnclearText
from ...kernel.table import read_cell
from ...kernel.typed import read_moment
from ..channel.phone import e164
from ..common.csv_file import csv_bytes, read_choice, read_file, say_cell
from ..common.limits import Limiter
from ..common.transaction import to_local, to_utc
from ..common.words import say_error

KINDS = [("out", "Debts handed over"), ("in", "Contacts of the agency")]


DIRECTIONS = (("outbound", "out"), ("inbound", "in"))


OUT = (
    *("reference", "tax_number", "name", "street", "zip", "city", "country"),
    *("phone", "email", "language", "document", "due_on", "principal", "interest"),
    *("fees", "costs", "amount", "currency", "since", "until", "contacts"),
)
"""``contacts``: those of the last days, which count together with the agency's."""


IN = ("reference", "date", "channel")


OPTIONAL = ("id", "direction", "outcome", "by", "note")
"""Columns that a file may do without. ``id``: the agency's own of a contact; ``by``:
who of it made the contact."""


SEQUENCE = "cobranza.agency.file"


DAYS = 8
"""Of our contacts that the agency is told, so that it keeps the limits of a week."""


NOON = time(12)
"""Where the hour of a contact is not told, its day counts."""


class CobranzaAgencyFile(models.Model):
    """A table that an agency got from us, or we from it. It is evidence, with its hash
    and, of what was read, what became of each line."""

    _name = "cobranza.agency.file"
    _inherit = "cobranza.gate.mixin"
    _description = "File for or of a collection agency"
    _order = "id desc"

    _evidence_files = {"attachment_id": []}

    name = fields.Char("Number", required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    agency_id = fields.Many2one(
        "cobranza.agency", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="agency_id.company_id", store=True)
    made_on = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users",
        "By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    placement_ids = fields.Many2many(
        "cobranza.placement",
        "cobranza_agency_file_placement_rel",
        string="Handovers",
        readonly=True,
    )
    contact_ids = fields.One2many("cobranza.contact", "agency_file_id", readonly=True)
    line_count = fields.Integer("Lines", readonly=True)
    done_count = fields.Integer("Recorded", readonly=True)
    known_count = fields.Integer("Known already", readonly=True)
    report = fields.Text("What became of it", readonly=True)
    attachment_id = fields.Many2one(
        "ir.attachment", "File", readonly=True, ondelete="restrict"
    )
    file_hash = fields.Char("SHA-256 of the file", readonly=True)

    _read_uniq = models.UniqueIndex(
        "(agency_id, file_hash) WHERE kind = 'in'", "This file was read already."
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("What was told to an agency, or by it, is kept as evidence.")
        )

    # -- what it gets ------------------------------------------------------------------

    @api.model
    def _make(self, placements):
        """The files of these handovers, one for each agency."""
        files = self.browse()
        # sudo: files are the engine's to write, whoever handed over
        for agency, own in placements.sudo().grouped("agency_id").items():
            made = self._made(own)
            ways = {one: self._open_ways(one) for one in own}
            rows = [
                self._row(line, made[line.placement_id], ways[line.placement_id])
                for line in own.line_ids
            ]
            file = self.sudo()._keep(agency, "out", csv_bytes(OUT, rows), len(rows))
            file.placement_ids = own
            files |= file
        return files.with_env(self.env)

    @api.model
    def _keep(self, agency, kind, content, lines, **values):
        """The record of a file. Run as superuser."""
        sequence = self.env["ir.sequence"].with_company(agency.company_id)
        name = sequence.next_by_code(SEQUENCE)
        file = self._through_gate().create(
            {
                "name": name,
                "kind": kind,
                "agency_id": agency.id,
                "line_count": lines,
                "file_hash": hashlib.sha256(content).hexdigest(),
                **values,
            }
        )
        file.attachment_id = self.env["ir.attachment"].create(
            {
                "name": f"{name.replace('/', '-')}.csv",
                "raw": content,
                "mimetype": "text/csv",
                "res_model": self._name,
                "res_id": file.id,
            }
        )
        return file

    def _made(self, placements):
        """{handover: contacts of the last days with who owes}. Run as superuser."""
        people = placements.debtor_id._people()
        since = fields.Datetime.subtract(fields.Datetime.now(), days=DAYS)
        found = self.env["cobranza.contact"].search(
            [
                (
                    "debtor_id",
                    "in",
                    sorted({one for ids in people.values() for one in ids}),
                ),
                ("company_id", "in", placements.company_id.ids),
                ("direction", "=", "outbound"),
                ("is_answer", "!=", True),
                ("state", "in", ("sent", "in_doubt")),
                ("sent_at", ">=", since),
            ],
            order="sent_at",
        )
        return {
            one: found.filtered(
                lambda row, one=one: row.debtor_id.id in people[one.debtor_id.id]
            )
            for one in placements
        }

    def _open_ways(self, placement):
        """{column: number or address} at which the debtor has not refused contacts:
        the agency acts for us. Run as superuser."""
        person, debtor = placement.partner_id, placement.debtor_id
        refused = debtor.opt_out_ids._refused(person, placement.placed_on)
        phones = {person.phone, e164(person)} - {False, ""}
        mails = self.env["cobranza.channel.email"]
        addresses = mails._addresses(person)
        closed = refused("email", addresses) | mails._barred(addresses)
        refuses = refused("call", phones) | refused("sms", phones)
        return {
            "phone": "" if refuses else person.phone or "",
            "email": ", ".join(one for one in addresses if one not in closed),
        }

    def _row(self, line, made, ways):
        """{column: text} of one debt."""
        one, person = line.placement_id, line.placement_id.partner_id
        digits = line.currency_id.decimal_places
        zone = one.company_id._cobranza_tz()
        return {
            "reference": one.name,
            "tax_number": person.vat or "",
            "name": person.name,
            "street": person.street or "",
            "zip": person.zip or "",
            "city": person.city or "",
            "country": person.country_id.code or "",
            **ways,
            "language": person.lang or "",
            "document": line.debt_id.display_name,
            "due_on": line.due_on.isoformat() if line.due_on else "",
            **{
                name: f"{line[name]:.{digits}f}"
                for name in ("principal", "interest", "fees", "costs", "amount")
            },
            "currency": line.currency_id.name,
            "since": one.placed_on.isoformat(),
            "until": one.until.isoformat() if one.until else "",
            "contacts": " | ".join(
                f"{to_local(past.sent_at, zone):%Y-%m-%d %H:%M} {past.channel}"
                for past in made
            ),
        }

    # -- what it sends back ------------------------------------------------------------

    @api.model
    def _read(self, agency, content):
        """The record of a table of contacts that the agency made on our behalf: each is
        logged as ours, counts for the limits, and says who made it. A bad line is left
        out and told of; what was read before is known. UserError for what is no such
        table."""
        self.check_access("read")
        digest = hashlib.sha256(content).hexdigest()
        read = [("agency_id", "=", agency.id), ("kind", "=", "in")]
        known = self.search([*read, ("file_hash", "=", digest)])
        if known:
            return known
        rows = read_file(self.env, content, IN, OPTIONAL)
        # sudo: contacts and files are the engine's to write, whoever reads the table
        file = self.sudo()._keep(agency.sudo(), "in", content, len(rows))
        AgencyContacts(file).take(rows)
        return file.with_env(self.env)

    # -- screens -----------------------------------------------------------------------

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}?download=true",
            "target": "self",
        }

    def _open(self):
        """The form of this file, or the list of these."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_agency_file"
        )
        if len(self) == 1:
            return {**action, "views": [(False, "form")], "res_id": self.id}
        return {**action, "domain": [("id", "in", self.ids)], "context": {}}


class AgencyContacts:
    """The lines of a file of an agency, and what becomes of them. As superuser."""

    def __init__(self, file):
        self.file, self.env = file, file.env
        self.agency, self.company = file.agency_id, file.company_id
        self.zone = self.company._cobranza_tz()
        self.contacts = self.env["cobranza.contact"]
        self.report, self.done, self.known = [], self.contacts, 0
        self.alike = Counter()

    def take(self, rows):
        """Log the contacts of [(line, {column: text})] in the order in which they were
        made, so that each is judged by those before it."""
        self.placements = self._placements(rows)
        found = []
        for number, row in rows:
            try:
                found.append((self._values(row), number))
            except (UserError, UnclearText) as problem:
                unclear = isinstance(problem, UnclearText)
                words = say_cell(self.env, problem) if unclear else str(problem)
                self.report.append((number, words))
        found.sort(key=lambda one: (one[0]["sent_at"], one[1]))
        self._log(found, self._read_known())
        self.known = len(found) - len(self.done)
        lines = [
            self.env._("Line %(number)s: %(words)s", number=number, words=words)
            for number, words in sorted(self.report)
        ]
        self.file._through_gate().write(
            {
                # whichever it tells of: it is erased with the last of them
                "placement_ids": [(6, 0, [one.id for one in self.placements.values()])],
                "done_count": len(self.done),
                "known_count": self.known,
                "report": "\n".join(lines) or False,
            }
        )

    def _placements(self, rows):
        """{number: handover} of what this agency has or had."""
        names = {row["reference"].strip() for _number, row in rows}
        found = self.env["cobranza.placement"].search(
            [
                ("agency_id.partner_id", "=", self.agency.partner_id.id),
                ("company_id", "=", self.company.id),
                ("name", "in", sorted(names)),
                ("placed_on", "!=", False),
            ]
        )
        return {one.name: one for one in found}

    def _values(self, row):
        """What a contact is made of; UserError, UnclearText."""
        one = self.placements.get(row["reference"].strip())
        if not one:
            raise UserError(
                self.env._("“%s” is no handover to this agency.", row["reference"])
            )
        typed, told = self._moment(row)
        # a day without its hour is not over yet: it was made by now
        moment = typed if told else min(typed, fields.Datetime.now())
        day = self.company._cobranza_local(moment).date()
        end = one._last_day()
        if day < one.placed_on or (end and day > end):
            raise UserError(
                self.env._(
                    "%s was not with the agency on that day: it must not contact the "
                    "debtor.",
                    one.name,
                )
            )
        channel = self._choice("channel", row["channel"])
        who = ": ".join(
            part for part in (self.agency.partner_id.name, row["by"].strip()) if part
        )
        outcome = row["outcome"].strip()
        direction = row["direction"].strip()
        direction = read_choice(self.env, DIRECTIONS, direction) if direction else ""
        outcome = self._choice("outcome", outcome) if outcome else False
        return {
            "debtor_id": one.debtor_id.id,
            "placement_id": one.id,
            "agency_file_id": self.file.id,
            "agency_key": self._key(one, row["id"].strip(), typed, channel),
            "made_by": who,
            "user_id": False,
            "channel": channel,
            "direction": direction or "outbound",
            "sent_at": moment,
            "planned_at": moment,
            "outcome": outcome,
            "outcome_note": row["note"].strip() or False,
            "hour_told": told,
        }

    def _key(self, placement, own, typed, channel):
        """By what a contact is known again: the agency's own number, else what was
        typed, and which one of those that are alike in the file it is."""
        if own:
            return own
        key = f"{typed.isoformat()} {channel}"
        self.alike[placement, key] += 1
        number = self.alike[placement, key]
        return key if number == 1 else f"{key} {number}"

    def _moment(self, row):
        """(naive UTC moment that was typed, noon where the hour was not told, whether
        it was told)."""
        day, moment, aware = read_cell(row, "date", read_moment)
        told = moment is not None
        if not aware:
            local = moment if told else datetime.combine(day, NOON)
            moment = to_utc(local, self.zone)
        today = self.company._cobranza_today()
        if day > today or (told and moment > fields.Datetime.now()):
            raise UserError(self.env._("The contact lies in the future."))
        return moment, told

    def _choice(self, name, text):
        field = self.contacts._fields[name]
        choices = field._description_selection(self.env)
        if name == "channel":
            made = self.company._cobranza_rules()._channel_codes(*CLASSES)
            choices = [one for one in choices if one[0] in made]
        return read_choice(self.env, choices, text)

    def _read_known(self):
        """{(handover, key)} of the contacts that were told before."""
        ids = [one.id for one in self.placements.values()]
        read = self.contacts.search_read(
            [("placement_id", "in", ids)], ["placement_id", "agency_key"], load=None
        )
        return {(one["placement_id"], one["agency_key"]) for one in read}

    def _log(self, found, known):
        """Log [(values, line)] but those that are ``known``; of those that were too
        many it is told."""
        if not found:
            return
        placements = self.env["cobranza.placement"]
        debtors = placements.union(*self.placements.values()).debtor_id
        first = min(values["sent_at"] for values, _number in found)
        try:
            limiter = Limiter(self.company, debtors, first, leaving=True)
        except KernelError as error:  # a legal value or the holidays are not known
            raise UserError(say_error(self.env, error)) from error
        beyond, spoke = placements, {}
        for values, number in found:
            key = values["placement_id"], values["agency_key"]
            if key in known:
                continue
            known.add(key)
            told = values.pop("hour_told")
            contact = self.contacts._log(values)
            self.done |= contact
            outcome = self.env["cobranza.outcome"]._row(contact.outcome)
            if outcome and outcome.event and contact.direction == "outbound":
                contact._add_events(outcome.event, contact.made_by, contact.sent_at)
            if contact.direction == "outbound":
                warning = self._judge(contact, limiter, told)
                if warning:
                    beyond |= contact.placement_id
                    self.report.append((number, warning))
            if self.env["cobranza.outcome"]._is(contact.outcome, "manifest"):
                spoke.setdefault(contact.placement_id, set()).add(contact.outcome)
        self._warn(beyond, spoke)

    def _judge(self, contact, limiter, told):
        """What the contact was beyond, in words; it counts for the next ones."""
        debtor = contact.debtor_id
        warning = debtor._limit_warning(
            contact.channel, contact.sent_at, contact.id, hours=told, limiter=limiter
        )
        limiter.count(debtor.id, contact.channel, contact.sent_at, contact.id)
        return warning

    def _warn(self, beyond, spoke):
        """Tasks of the responsible: the agency went beyond what is permitted; a debtor
        told it something that somebody has to look at."""
        labels = self.env["cobranza.outcome"]
        for one in beyond:
            self._ask(one, self.env._("The agency contacted more than is permitted"))
        for one, outcomes in spoke.items():
            said = ", ".join(sorted(labels._label(code) for code in outcomes))
            self._ask(one, self.env._("The debtor told the agency: %s", said))

    def _ask(self, placement, summary):
        owner = placement.user_id.filtered("active")
        placement.activity_schedule(
            "mail.mail_activity_data_todo",
            self.company._cobranza_today(),
            summary,
            user_id=(owner or placement.debtor_id._task_owner()).id,
            automated=True,
        )


CLASSES = ("voice", "remote", "paper")
"""Kinds of channels by which an agency reaches debtors."""
