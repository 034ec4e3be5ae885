import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...kernel.lifecycle import DOCUMENT
from ..common.checklist import DocumentChecklist
from ..common.deletion import discard
from ..common.files import safe_name
from ..common.transaction import once
from .tasks import DocumentTasks

STATES = [
    ("missing", "Missing"),
    ("received", "Received, to be checked"),
    ("checked", "Checked"),
    ("defective", "Defective"),
    ("expired", "Expired"),
    ("not_applicable", "Not applicable"),
]


class CobranzaDocument(models.Model):
    """A document of a customer in a company, or of one of its debts.

    Rows exist of what somebody has looked at: what lacks is computed by
    ``DocumentChecklist``. It hangs from the debtor, who is made where the customer has
    never owed anything. What is received stays as evidence, byte for byte.
    """

    _name = "cobranza.document"
    _inherit = ["cobranza.logged.mixin", "cobranza.state.mixin"]
    _description = "Document of a customer"
    _order = "debtor_id, debt_id, sequence, type_id, id"
    _check_company_auto = True

    _lifecycle = DOCUMENT
    _evidence_files = {"file_ids": []}
    _given = frozenset({"debtor_id", "debt_id", "agreement_id", "type_id"})

    debtor_id = fields.Many2one(
        "cobranza.debtor",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Customer")
    debt_id = fields.Many2one(
        "cobranza.debt",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    agreement_id = fields.Many2one(
        "cobranza.agreement",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    type_id = fields.Many2one(
        "cobranza.document.type",
        string="Document",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    sequence = fields.Integer(related="type_id.sequence", store=True)
    required = fields.Boolean(related="type_id.required")
    article = fields.Char(related="type_id.article")
    help_text = fields.Text(related="type_id.help_text")
    paper = fields.Boolean(related="type_id.paper")
    check_code = fields.Selection(
        related="type_id.check_code", string="Number to check"
    )
    derived = fields.Boolean("Stands elsewhere", compute="_compute_standing")
    standing = fields.Selection(
        STATES,
        string="Status",
        compute="_compute_standing",
        help="Of a file that we received, or as it stands on the debtor, its mandates "
        "or its invoice.",
    )
    state = fields.Selection(
        STATES,
        string="State of the file",
        default="missing",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    number = fields.Char(readonly=True, copy=False)
    dated_on = fields.Date("Date of the document", readonly=True, copy=False)
    expires_on = fields.Date("Good until", readonly=True, copy=False)
    received_on = fields.Date("Came in on", readonly=True, copy=False)
    received_by_id = fields.Many2one(
        "res.users", string="Taken in by", readonly=True, copy=False
    )
    checked_on = fields.Date(readonly=True, copy=False)
    checked_by_id = fields.Many2one(
        "res.users", string="Checked by", readonly=True, copy=False
    )
    file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_document_file_rel",
        string="Files",
        readonly=True,
        copy=False,
    )
    file_hashes = fields.Text(
        "SHA-256",
        readonly=True,
        copy=False,
        help="Of each file, with the day on which it was received.",
    )
    note = fields.Text("Notes")
    erased_on = fields.Datetime(readonly=True, copy=False)
    erased_reason = fields.Char("Erased because", readonly=True, copy=False)

    opened_as = fields.Char(readonly=True, copy=False)

    _opened_uniq = models.UniqueIndex(
        "(opened_as)", "This document has its row already: look again."
    )
    _expiry_idx = models.Index(
        "(company_id, expires_on) WHERE state IN ('received', 'checked')"
    )

    # -- values ------------------------------------------------------------------------

    @api.depends("type_id", "partner_id", "debt_id", "agreement_id")
    def _compute_display_name(self):
        for document in self:
            # sudo: who sees the document may know what it is about
            one = document.sudo()
            about = one.debt_id or one.agreement_id or one.partner_id
            about = about.display_name
            parts = (document.type_id.display_name, about)
            document.display_name = " · ".join(part for part in parts if part)

    @api.depends("state", "type_id", "debtor_id", "debt_id", "expires_on")
    def _compute_standing(self):
        own = self.filtered(lambda one: not one.type_id._is_derived())
        for document in own:
            document.derived = False
            late = document.state in ("received", "checked") and document.expires_on
            over = late and late < document.company_id._cobranza_today()
            document.standing = "expired" if over else document.state
        for company, documents in (self - own).grouped("company_id").items():
            documents._compute_derived(company)

    def _compute_derived(self, company):
        checklist = DocumentChecklist(self.env, company)
        # sudo: who sees the document may know how it stands
        debts, people = (
            self.sudo().debt_id,
            self.sudo().filtered(lambda one: not one.debt_id).debtor_id.partner_id,
        )
        standing = checklist.standing(people.ids) if people else {}
        of_debts = {}
        if debts:
            of_debts, _owners = checklist.standing_of_debts([("id", "in", debts.ids)])
        for document in self:
            one = document.sudo()
            rows = (
                of_debts.get(one.debt_id.id, {})
                if one.debt_id
                else (standing.get(one.partner_id.id, {}))
            )
            found = {row.code: state for row, state in rows.items()}
            document.derived = True
            state = found.get(one.type_id.code, "not_applicable")
            waived = one.state == "not_applicable"
            document.standing = "not_applicable" if waived else state

    @api.constrains("debtor_id", "debt_id", "type_id")
    def _check_target(self):
        targets = self.env["cobranza.document.target"]
        for document in self:
            row = targets._row(document.type_id.target)
            named = {
                one.field
                for one in targets._by_code().values()
                if one.field and document[one.field]
            }
            if named != ({row.field} if row.field else set()):
                raise ValidationError(
                    self.env._(
                        "%(document)s is a document about: %(target)s.",
                        document=document.type_id.name,
                        target=targets._label(row.code),
                    )
                )
            if document.debt_id and document.debt_id.debtor_id != document.debtor_id:
                raise ValidationError(
                    self.env._(
                        "%(debt)s is no debt of %(debtor)s.",
                        debt=document.debt_id.display_name,
                        debtor=document.debtor_id.display_name,
                    )
                )

    # -- guards ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        if not self._is_through_gate():
            documents._log(self.env._("Created"))
        return documents

    def _discardable(self):
        """Those that nobody has done anything with."""
        rows = self.env["cobranza.history"].sudo()
        touched = rows._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"]
        )
        touched = {number for (number,) in touched}
        return self.filtered(
            lambda one: (
                one.state == "missing"
                and one.id not in touched
                and not (one.file_ids or one.note or one.custody_ids)
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_untouched(self):
        kept = self - self.sudo()._discardable().sudo(False)
        if kept:
            raise UserError(
                self.env._(
                    "%s is kept with its history. Say that it is not applicable.",
                    kept[0].display_name,
                )
            )

    # -- opening -----------------------------------------------------------------------

    @api.model
    def _open(self, debtor, debts=None):
        """The documents that are asked of ``debtor``, or of ``debts`` of it, each with
        a row; rows that nobody touched and nobody asks for any more go. Nothing is
        written where the rows are there; of two who look at once one waits and looks
        again."""
        debtor.ensure_one()
        # sudo: a row that nobody touched says no more than the checklist
        own = self.sudo()._through_gate()
        if debts is None:
            known = own.search(
                [
                    ("debtor_id", "=", debtor.id),
                    ("debt_id", "=", False),
                    ("agreement_id", "=", False),
                ]
            )
            partner = debtor.sudo().partner_id
            checklist = DocumentChecklist(self.env, debtor.sudo().company_id)
            standing = {False: checklist.standing(partner.ids).get(partner.id, ())}
        else:
            known = own.search([("debt_id", "in", debts.ids)])
            checklist = DocumentChecklist(self.env, debtor.sudo().company_id)
            standing, _owners = checklist.standing_of_debts([("id", "in", debts.ids)])
        # by code: of the rows of one code another may stand than when it was filed
        wanted = {
            (debt, row.code): row.id for debt, rows in standing.items() for row in rows
        }
        strange = known.filtered(
            lambda one: wanted.get(one._asked_as()) != one.type_id.id
        )._discardable()
        there = {one._asked_as() for one in known - strange}
        discard(strange)
        missing = sorted(wanted.keys() - there, key=str)
        vals_list = [
            {
                "debtor_id": debtor.id,
                "debt_id": debt,
                "type_id": wanted[debt, code],
                "opened_as": f"{debtor.id}/{debt or 0}/{wanted[debt, code]}",
            }
            for debt, code in missing
        ]
        if vals_list:
            keys = [vals["opened_as"] for vals in vals_list]
            once(
                self.env,
                lambda: own.create(vals_list),
                lambda: own.search([("opened_as", "in", keys)]),
            )

    @api.model
    def _asked_of(self, agreement):
        """The rows of the checklist of an agreement, by the law of its company."""
        # sudo: a checklist says the same to whoever looks
        company = agreement.sudo().company_id
        country = company._cobranza_rules()._country()
        return (
            self.env["cobranza.document.type"]
            .sudo()
            ._asked(
                company._cobranza_creditor(),
                country,
                agreement.debtor_id.regime,
                target="agreement",
            )
        )

    @api.model
    def _open_of(self, agreement):
        """The documents that are asked of an agreement, each with a row; as ``_open``
        for what is there already."""
        # sudo: as for ``_open``
        own, debtor = self.sudo()._through_gate(), agreement.debtor_id
        types = self._asked_of(agreement)
        there = own.search([("agreement_id", "=", agreement.id)]).type_id
        missing = [one for one in types if one.code not in there.mapped("code")]
        keys = {one: f"{debtor.id}/a{agreement.id}/{one.id}" for one in missing}
        if not missing:
            return
        vals_list = [
            {
                "debtor_id": debtor.id,
                "agreement_id": agreement.id,
                "type_id": one.id,
                "opened_as": keys[one],
            }
            for one in missing
        ]
        once(
            self.env,
            lambda: own.create(vals_list),
            lambda: own.search([("opened_as", "in", list(keys.values()))]),
        )

    def _asked_as(self):
        """What it answers in a checklist: (id of the debt or False, code)."""
        self.ensure_one()
        return self.debt_id.id, self.type_id.code

    @api.model
    def _action(self, domain, **context):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_document"
        )
        return {**action, "domain": list(domain), "context": context}

    # -- acts --------------------------------------------------------------------------

    def _check_act(self):
        """UserError where nothing may be done by hand."""
        self.check_access("write")
        for document in self:
            if document.type_id._is_derived():
                raise UserError(
                    self.env._(
                        "%(document)s is not filed here. It stands elsewhere: "
                        "%(place)s.",
                        document=document.display_name,
                        place=self.env["cobranza.document.source"]._label(
                            document.type_id.source
                        ),
                    )
                )

    def _receive(self, content, name, day=None, dated=None, **values):
        """A file of this document arrived on ``day`` (today) and is of the day
        ``dated``; its attachment.

        ``content`` is kept as it is, with its SHA-256. ``values``: ``number``, checked
        by the kind of document, ``expires_on`` (by default what the checklist says) and
        ``note``. UserError for no file, a wrong number, days to come, and what has
        expired already.
        """
        self.ensure_one()
        self._check_act()
        self._check_not("not_applicable")
        today = self.company_id._cobranza_today()
        day, dated = day or today, dated or day or today
        if not content:
            raise UserError(self.env._("Add the file of the document."))
        if max(day, dated) > today:
            raise UserError(self.env._("It cannot arrive on a day that is to come."))
        number, expires = values.get("number"), values.get("expires_on")
        # sudo: where the customer lives
        partner = self.sudo().partner_id
        problem = self.type_id._number_problem(number, partner)
        expires = expires or self.type_id._expires(dated)
        if expires and expires < today:
            problem = problem or self.env._(
                "It was good until %(day)s: ask for a newer one.",
                day=format_date(self.env, expires),
            )
        if problem:
            raise UserError(problem)
        # sudo: whoever may do this may keep the file, and nothing else
        file = (
            self._through_gate()
            .sudo()
            .env["ir.attachment"]
            .create(
                {
                    "name": safe_name(name, self.type_id.name),
                    "raw": content,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )
        digest = hashlib.sha256(content).hexdigest()
        lines = [*filter(None, [self.file_hashes]), f"{day} {digest}"]
        note = values.get("note")
        self._take(
            "received",
            self.env._("SHA-256 %s", digest),
            file_ids=[Command.link(file.id)],
            file_hashes="\n".join(lines),
            number=self.type_id._clean_number(number, partner) or False,
            dated_on=dated,
            expires_on=expires or False,
            received_on=day,
            received_by_id=self.env.uid,
            checked_on=False,
            checked_by_id=False,
            **({"note": note} if note else {}),
        )
        return file

    def _take(self, target, reason=None, **values):
        """As ``_set_state``, for another file of one that is in that state, too."""
        done = self._set_state(target, reason, **values)
        rest = self - done
        if rest:
            rest._through_gate().write({**values, "state_reason": reason})
            rest._on_state(target, reason)

    def _check_not(self, *states):
        for document in self:
            if document.state in states:
                raise UserError(document._not_now_message())

    def action_check(self):
        """A person has looked at them: they are what was asked for. UserError for one
        whose number was not typed, and of papers whose original is not here."""
        self._check_act()
        for document in self:
            if document.type_id.check_code and not document.number:
                raise UserError(
                    self.env._(
                        "%s: type its number when you receive it, so that it is "
                        "checked.",
                        document.display_name,
                    )
                )
        for company, documents in self.grouped("company_id").items():
            documents._set_state(
                "checked",
                checked_on=company._cobranza_today(),
                checked_by_id=self.env.uid,
            )
        return True

    def _reject(self, reason):
        """What was received is no good: another one is asked for."""
        self._check_act()
        self._set_state("defective", reason)

    def _waive(self, reason):
        """Nobody is asked for these documents: of them there is none."""
        self.check_access("write")
        self._set_state("not_applicable", reason)

    def action_ask_again(self):
        """They are asked for after all."""
        self.check_access("write")
        self._check_not("missing", "received", "checked", "defective", "expired")
        self._set_state("missing", self.env._("Asked for again"))
        return True

    def _on_state(self, target, reason):
        labels = dict(self._fields["state"]._description_selection(self.env))
        self._log(labels[target], reason)
        if target in ("received", "checked", "not_applicable"):
            DocumentTasks.close(self.env, self.sudo().debtor_id)
        return super()._on_state(target, reason)

    # -- buttons -----------------------------------------------------------------------

    def action_receive(self):
        """Ask for the file."""
        self.ensure_one()
        self._check_act()
        return self._dialog("cobranza.document.receive", self.env._("Receive"))

    def action_reject(self):
        return self.env["cobranza.reason"]._ask("document_defective", self)

    def action_waive(self):
        return self.env["cobranza.reason"]._ask("document_not_applicable", self)

    def action_original(self):
        """Write down where the original goes."""
        self.ensure_one()
        return self._dialog("cobranza.document.original", self.env._("Original"))

    def _dialog(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_document_id": self.id},
        }

    def action_source(self):
        """Where it stands: the debtor, or the debt."""
        self.ensure_one()
        return (self.debt_id or self.debtor_id).get_formview_action()

    # -- upkeep ------------------------------------------------------------------------

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Documents of a company that were good until a day before today."""
        domain = Domain("company_id", "=", company.id)
        domain &= Domain("state", "in", ("received", "checked"))
        domain &= Domain("expires_on", "<", today)
        return self.search(domain, limit=limit, order="id")

    def _upkeep(self, today):
        self._set_state("expired", self.env._("Its time is over"))

    @api.model
    def _daily(self, company, today):
        """Ask the responsible for what lacks, as ``cobranza.block._daily``."""
        DocumentTasks(self.env, company, today).run()
