"""What is sent to the address of a case."""

import hashlib
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import html2plaintext, plaintext2html

from ...kernel.lifecycle import CASE_MAIL
from ...kernel.mail import read
from ..common.files import safe_name
from ..common.transaction import now
from ..contact.original import shown
from .case import RUNNING

_logger = logging.getLogger(__name__)

STATES = [
    ("waiting", "Waits for a person"),
    ("filed", "In the case"),
    ("discarded", "Discarded"),
]


AUTOMATIC = [
    ("bounce", "Report of a mail server"),
    ("reply", "Automatic answer"),
    ("loop", "Our own mail, come back"),
]
"""Why nobody wrote it, which is kept and no more."""


MOST_FILES = 200
"""Files of one mail that are taken out of it; of more, the mail is kept whole."""


MOST_BYTES = 60 * 1024 * 1024
"""As above, of all files together."""


class CobranzaCaseMail(models.Model):
    """One e-mail to the address of a case, kept as it arrived.

    What whoever works on the case for us sends lands in it as an act, with its files
    byte for byte. Everything else waits until a person files it or discards it, with
    the reason. Nobody is ever answered: an address can be known to anybody, and that of
    the sender is no proof of who has sent it.
    """

    _name = "cobranza.case.mail"
    _inherit = ("cobranza.logged.mixin", "cobranza.state.mixin")
    _description = "E-mail to a legal case"
    _order = "received_on desc, id desc"
    _rec_name = "subject"

    _lifecycle = CASE_MAIL
    _evidence_files = {"file_ids": [], "original_id": []}

    case_id = fields.Many2one(
        "cobranza.case", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True)
    debtor_id = fields.Many2one(related="case_id.debtor_id", store=True)
    state = fields.Selection(STATES, default="waiting", required=True, readonly=True)
    received_on = fields.Datetime("Received", required=True, readonly=True)
    sender = fields.Char(readonly=True)
    sender_name = fields.Char("Name", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Address of",
        readonly=True,
        ondelete="set null",
        help="Who works on the case and has this address.",
    )
    subject = fields.Char(readonly=True)
    body = fields.Html(readonly=True)
    file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_case_mail_file_rel",
        string="Files",
        readonly=True,
        copy=False,
    )
    original_id = fields.Many2one(
        "ir.attachment",
        string="As it arrived",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    content_hash = fields.Char("SHA-256", readonly=True, copy=False)
    digest = fields.Char(readonly=True, copy=False)
    automatic = fields.Selection(AUTOMATIC, string="Written by nobody", readonly=True)
    vouched = fields.Boolean(
        "Sender proven",
        readonly=True,
        help="Your mail server says that the domain of the sender stands for it.",
    )
    broken = fields.Boolean("Not readable in whole", readonly=True)
    oversize = fields.Boolean("Files not taken out", readonly=True)
    hint = fields.Char("What to know", compute="_compute_hint")
    act_id = fields.Many2one(
        "cobranza.case.act",
        "Act of the case",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    decided_by_id = fields.Many2one(
        "res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        help="Empty: it landed in the case by itself.",
    )
    decided_on = fields.Datetime(readonly=True, copy=False)
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, ondelete="set null"
    )

    _copy_uniq = models.UniqueIndex(
        "(case_id, digest)", "This mail is in the case already."
    )
    _waiting_idx = models.Index("(case_id) WHERE state = 'waiting'")

    @api.depends(
        *("automatic", "vouched", "broken", "oversize"),
        *("partner_id", "state", "case_id.state"),
    )
    @api.depends_context("lang")
    def _compute_hint(self):
        kinds = dict(self._fields["automatic"]._description_selection(self.env))
        for mail in self:
            words = []
            if mail.automatic:
                words.append(kinds[mail.automatic])
            elif not mail.partner_id:
                words.append(
                    self.env._("Nobody who works on the case has this address.")
                )
            if mail.broken:
                words.append(self.env._("A part of it could not be read."))
            if mail.oversize:
                words.append(
                    self.env._("It is too big: its files are only in the original.")
                )
            if mail.state == "waiting" and mail.case_id.state not in RUNNING:
                words.append(self.env._("The case is not under way."))
            if not mail.vouched:
                words.append(self.env._("Its sender is not proven."))
            mail.hint = " ".join(words)

    # -- receiving ---------------------------------------------------------------------

    @api.model
    def _receive(self, content):
        """Keep a mail, as its bytes arrived, for each case that it is addressed to.
        Whether it was for cases alone. Run as superuser."""
        found = read(content)
        cases = self._addressed(found.recipients)
        if not cases:
            return False
        for company, mine in cases.grouped("company_id").items():
            # what whoever fetches mails has in mind is of no interest here
            clean = {"lang": company._cobranza_lang(company.partner_id.lang)}
            mails = self.with_context(clean)  # pylint: disable=context-overridden
            mails = mails.with_company(company)
            for case in mine:
                mails._keep(case.with_env(mails.env), found, content)
        return self._is_for_cases_alone(found, cases)

    @api.model
    def _is_for_cases_alone(self, found, cases):
        """Whether nothing else of this database is addressed or answered by it."""
        rest = sorted(found.recipients - set(cases.mapped("mail_address")))
        aliases = self.env["mail.alias"].search_count(
            [("alias_full_name", "in", rest)], limit=1
        )
        answered = self.env["mail.message"].search_count(
            [("message_id", "in", found.references)], limit=1
        )
        return not (aliases or answered)

    @api.model
    def _keep(self, case, found, content):
        """Keep a mail in one case, and file it where its sender may do that alone."""
        digest = found.digest if found.sender else hashlib.sha256(content).hexdigest()
        known = [("case_id", "=", case.id), ("digest", "=", digest)]
        if self.search_count(known, limit=1):
            _logger.info("%s has the mail %s already.", case, found.message_id)
            return self.browse()
        automatic = "loop" if self._is_own_address(found.sender) else found.automatic
        oversize = len(found.files) > MOST_FILES or found.size > MOST_BYTES
        people = self._senders(case, found.sender)
        mail = self._through_gate().create(
            {
                "case_id": case.id,
                "received_on": now(self.env),
                "sender": found.sender,
                "sender_name": found.sender_name,
                "partner_id": people[:1].id,
                "subject": found.subject or self.env._("(no subject)"),
                "body": shown(found.html or plaintext2html(found.text)),
                "content_hash": hashlib.sha256(content).hexdigest(),
                "digest": digest,
                "automatic": automatic or False,
                "vouched": found.is_vouched_for(
                    case.company_id.cobranza_case_mail_server or ""
                ),
                "broken": found.broken,
                "oversize": oversize,
            }
        )
        mail._attach(() if oversize else found.files, content)
        if automatic:
            kinds = dict(self._fields["automatic"]._description_selection(self.env))
            mail._set_state("discarded", kinds[automatic])
        elif mail._lands():
            mail._file(None)
        else:
            mail._ask_somebody()
        return mail

    def _attach(self, files, content):
        """Keep the files of this mail, and the mail itself, as they are."""
        self.ensure_one()
        # pictures are not made smaller, as Odoo does: a file is evidence
        rows = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        place = {"res_model": self._name, "res_id": self.id}
        original = rows.create(
            {
                "name": safe_name(self.subject, default="mail", extension=".eml"),
                "raw": content,
                "mimetype": "message/rfc822",
                **place,
            }
        )
        kept = rows.create(
            [
                {
                    "name": safe_name(one.name),
                    "raw": one.content,
                    "mimetype": one.mimetype,
                    **place,
                }
                for one in files
            ]
        )
        self._through_gate().write(
            {"original_id": original.id, "file_ids": [Command.set(kept.ids)]}
        )

    def _lands(self):
        """Whether this mail goes into its case without a person."""
        self.ensure_one()
        if self.case_id.state not in RUNNING or not self.partner_id:
            return False
        if self.automatic or self.broken or self.oversize:
            return False
        return self.vouched or not self.company_id.cobranza_case_mail_strict

    def _ask_somebody(self):
        """An activity of whoever has the case: one for all mails of it that wait."""
        self.ensure_one()
        case = self.case_id
        activity = case.mail_ids.filtered(
            lambda one: one.state == "waiting" and one.activity_id.active
        ).activity_id[:1]
        if not activity:
            owner = case.user_id.filtered("active") or case.debtor_id._task_owner()
            activity = case.activity_schedule(
                "mail.mail_activity_data_todo",
                case.company_id._cobranza_today(),
                self.env._("A mail to the case waits: file it or discard it"),
                user_id=owner.id,
            )
        self._through_gate().activity_id = activity

    # -- deciding ----------------------------------------------------------------------

    def _check_decided_by(self):
        """AccessError for whoever neither works on these cases nor has them."""
        self.check_access("read")
        for case in self.case_id:
            if self.env.user != case.sudo().user_id:  # sudo: read above
                case._check_worked()

    def action_file(self):
        """These are acts of their cases from now on: a person answers for them."""
        self._check_decided_by()
        self._expect("waiting", "discarded")
        for mail in self:
            mail._file(self.env.user)
        return True

    def action_discard(self):
        """The dialog that asks why."""
        self._check_decided_by()
        self._expect("waiting")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_case_mail_discard"
        )
        return {**action, "context": {"default_mail_ids": self.ids}}

    def action_original(self):
        """The mail as it arrived, as a file."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.original_id.id}?download=true",
            "target": "self",
        }

    def _file(self, user):
        """Make this mail an act of its case, which ``user`` decides; None: it lands by
        itself."""
        self.ensure_one()
        mail = self.sudo()  # sudo: whoever may decide need not write acts
        case = mail.case_id
        acts = self.env["cobranza.case.act"].sudo()._through_gate()
        act = acts.create(
            {
                "case_id": case.id,
                "kind": "mail",
                "day": case.company_id._cobranza_local(mail.received_on).date(),
                "summary": f"{mail.sender_name or mail.sender or '?'}: {mail.subject}",
                "note": mail._act_note(),
                "file_ids": [Command.set(mail.file_ids.ids)],
                "user_id": (user or self.env.ref("base.user_root")).id,
            }
        )
        mail._decide("filed", None, user, act_id=act.id)
        return act

    def _act_note(self):
        """What an act says of a mail: from whom, whether that is proven, its words."""
        self.ensure_one()
        proof = (
            self.env._("By e-mail from %s; your mail server vouches for its domain.")
            if self.vouched
            else self.env._("By e-mail from %s, which is not proven.")
        )
        return "\n\n".join(
            filter(None, (proof % (self.sender or "?"), html2plaintext(self.body)))
        )

    def _discard(self, reason):
        """These have nothing to do with their cases: they are kept apart. UserError
        without the reason."""
        self._check_decided_by()
        self._expect("waiting")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Give the reason."))
        for mail in self.sudo():  # sudo: nobody writes the fields but by this button
            mail._decide("discarded", reason, self.env.user)

    def _decide(self, state, reason, user, **values):
        """Run as superuser."""
        self._set_state(
            state,
            reason,
            decided_by_id=user.id if user else False,
            decided_on=now(self.env),
            **values,
        )
        activity = self.activity_id
        others = Domain("activity_id", "in", activity.ids) & Domain(
            "state", "=", "waiting"
        )
        if activity and not self.search_count(others, limit=1):
            activity.filtered("active").action_feedback()

    def _on_state(self, target, reason):
        labels = dict(self._fields["state"]._description_selection(self.env))
        self._log(labels[target], reason)
        return super()._on_state(target, reason)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was sent to a case is never deleted."))

    def _erase(self):
        """What was written in these goes; hashes, days and decisions stay. Returns the
        files, which are to be erased too. Run through the gate."""
        files = self.file_ids | self.original_id
        self.write(
            {
                "sender": False,
                "sender_name": False,
                "partner_id": False,
                "subject": False,
                "body": False,
                "state_reason": False,
                "original_id": False,
                "file_ids": [Command.clear()],
            }
        )
        return files

    # -- addresses ---------------------------------------------------------------------

    @api.model
    def _addressed(self, recipients):
        """The cases that have one of these addresses."""
        known = [("mail_address", "in", sorted(recipients))]
        return self.env["cobranza.case"].search(known)

    @api.model
    def _give_address(self, cases):
        """Give each of these cases an address of its own in the domain for mail of its
        company, where that has one. Those that have one there keep it. Run as
        superuser."""
        for case, address in self._free_addresses(cases).items():
            case._through_gate().mail_address = address

    @api.model
    def _free_addresses(self, cases):
        """{case: an address that nothing else has; False where all are taken} of those
        of these that have none in the domain of their company."""
        wanted, found = {}, {}
        for case in cases:
            domain = case.company_id.alias_domain_id.name
            if domain and not (case.mail_address or "").endswith(f"@{domain}"):
                wanted[case] = self._addresses_in(case, domain)
        taken = self._taken({one for names in wanted.values() for one in names})
        for case, names in wanted.items():
            found[case] = next((one for one in names if one not in taken), False)
            taken.add(found[case])
        return found

    @api.model
    def _addresses_in(self, case, domain):
        """The addresses that a case may have, that which is wished first. The numbers
        of two companies may be the same: then that of the company stands behind it."""
        number = self.env["mail.alias"]._sanitize_alias_name(case.name) or "0"
        names = (number, f"{number}-{case.company_id.id}", f"{number}-id-{case.id}")
        return [f"case-{one}@{domain}" for one in names]

    @api.model
    def _taken(self, addresses):
        """Those of these addresses that something else of this database has."""
        aliases = self.env["mail.alias"].search_fetch(
            [("alias_full_name", "in", sorted(addresses))], ["alias_full_name"]
        )
        cases = self._addressed(addresses)
        return {*aliases.mapped("alias_full_name"), *cases.mapped("mail_address")}

    @api.model
    def _give_addresses(self, company):
        """As above, to all cases of a company that are under way: some began before the
        company had a domain for mail."""
        domain = company.alias_domain_id.name
        if not domain:
            return
        elsewhere = Domain("mail_address", "=", False) | Domain(
            "mail_address", "not =like", f"%@{domain}"
        )
        mine = Domain("company_id", "=", company.id) & Domain("state", "in", RUNNING)
        self._give_address(self.env["cobranza.case"].search(mine & elsewhere))

    @api.model
    def _helpers(self, case):
        """The partners who work on a case: its lawyers, the firm and its people, and
        whoever takes part in its proceedings on our side or serves papers for the
        court. Run as superuser."""
        people = (case.lawyer_ids | case.assigned_user_ids).partner_id
        people |= self._parties(case, ("ours", "court"))
        firm = case.firm_id.commercial_partner_id
        if firm:
            people |= people.search([("id", "child_of", firm.id)])
        return people

    @api.model
    def _parties(self, case, sides):
        """Who takes part in the proceedings of a case on one of these sides."""
        sided = self.env["cobranza.proceeding.capacity"]._by_code()
        parties = case.proceeding_ids.party_ids
        return parties.filtered(
            lambda one: sided[one.capacity].side in sides
        ).partner_id

    @api.model
    def _senders(self, case, address):
        """Those who work on a case and have an address, which nobody of the debtor or
        of the other side has. Run as superuser."""
        if not address:
            return self.env["res.partner"]
        having = self.env["res.partner"].search([("email_normalized", "=", address)])
        if case.debtor_id in case.debtor_id._of_people(having, case.company_id):
            return having.browse()
        if having & self._parties(case, ("theirs",)):
            return having.browse()
        return having & self._helpers(case)

    @api.model
    def _is_own_address(self, address):
        """Whether Odoo itself writes from an address. Run as superuser."""
        host = address.rpartition("@")[2]
        domains = self.env["mail.alias.domain"].search([("name", "=", host)])
        own = {
            one[name]
            for one in domains
            for name in ("bounce_email", "catchall_email", "default_from_email")
        }
        return address in own or bool(self._addressed([address]))
