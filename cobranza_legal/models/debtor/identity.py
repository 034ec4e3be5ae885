from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

ANSWERS = [("same", "Same person"), ("other", "Another person")]


SHARED = [
    ("proposed", "Perhaps the same person"),
    ("same", "Same person"),
    ("other", "Another person"),
]


class CobranzaDebtor(models.Model):
    """A person is an identity, not a record: debtors of one company with one tax number
    share the limits and the history of their contacts.

    It is proposed by the number alone, and a person says yes or no; the answer holds as
    long as the number does. Whether a proposal counts for the limits before it is
    answered say the rules of the country.
    """

    _inherit = "cobranza.debtor"

    identity_key = fields.Char(
        compute="_compute_identity_key",
        store=True,
        compute_sudo=True,
        string="Tax number as compared",
    )
    identity_answer = fields.Selection(
        ANSWERS, readonly=True, copy=False, tracking=True, string="Same person"
    )
    identity_answer_key = fields.Char(
        readonly=True, copy=False, help="The tax number about which it was answered."
    )
    identity_state = fields.Selection(
        SHARED,
        compute="_compute_identity",
        search="_search_identity_state",
        string="One person in several contacts",
    )
    identity_debtor_ids = fields.Many2many(
        "cobranza.debtor",
        compute="_compute_identity",
        string="Debtors with this tax number",
    )
    identity_note = fields.Char(
        compute="_compute_identity", string="What is shared with them"
    )
    person_contact_ids = fields.Many2many(
        "cobranza.contact",
        compute="_compute_person_contact_ids",
        string="Contacts of the person",
    )

    _identity_idx = models.Index(
        "(company_id, identity_key) WHERE identity_key IS NOT NULL"
    )

    @api.depends("partner_id.vat", "partner_id.country_id", "company_id")
    def _compute_identity_key(self):
        for company, debtors in self.grouped("company_id").items():
            rules = company._cobranza_rules()
            for debtor in debtors:
                debtor.identity_key = rules._identity_key(debtor.partner_id) or False

    # -- who shares --------------------------------------------------------------------

    def _namesakes(self):
        """{debtor id: [(id, answer or None) of all debtors of its company and number,
        itself too]}; one query, past record rules, archived ones too."""
        self.flush_model(["company_id", "identity_key"])
        self.flush_model(["identity_answer", "identity_answer_key"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT company_id, identity_key, id,
                       CASE WHEN identity_answer_key = identity_key
                            THEN identity_answer END
                  FROM cobranza_debtor
                 WHERE (company_id, identity_key) IN (
                       SELECT company_id, identity_key FROM cobranza_debtor
                        WHERE id = ANY(%s) AND identity_key IS NOT NULL)
                 ORDER BY id
                """,
                self.ids,
            )
        )
        groups = defaultdict(list)
        for company, key, debtor, answer in rows:
            groups[company, key].append((debtor, answer))
        found = {}
        for group in groups.values():
            found |= {debtor: group for debtor, _answer in group}
        return {one: found.get(one, [(one, None)]) for one in self.ids}

    def _people(self):
        """{debtor id: ids of the debtors that are one person with it, in order, itself
        too}: those that a person has confirmed, and where the rules are strict those
        that nobody has denied."""
        taken = {
            company.id: self._answers_that_share(company) for company in self.company_id
        }
        found, shared, namesakes = {}, {}, self._namesakes()
        for debtor in self:
            group = namesakes[debtor.id]
            if id(group) not in shared:
                answers = taken[debtor.company_id.id]
                shared[id(group)] = [one for one, said in group if said in answers]
            people = shared[id(group)]
            found[debtor.id] = people if debtor.id in people else [debtor.id]
        return found

    @staticmethod
    def _answers_that_share(company):
        strict = company._cobranza_rules()._shares_unconfirmed()
        return frozenset({"same", None} if strict else {"same"})

    @api.depends("identity_key", "identity_answer", "identity_answer_key")
    @api.depends_context("lang")
    def _compute_identity(self):
        namesakes = self._namesakes() if self.ids else {}
        people = self._people() if self.ids else {}
        self.identity_note = False
        for debtor in self:
            group = dict(namesakes.get(debtor.id, ()))
            mine = group.pop(debtor.id, None)
            others = [one for one, answer in group.items() if answer != "other"]
            visible = debtor._visible(others) if mine != "other" else []
            debtor.identity_debtor_ids = visible
            if mine == "other" or not others:
                debtor.identity_state = "other" if mine == "other" and group else False
                continue
            agreed = mine == "same" and all(group[one] == "same" for one in others)
            debtor.identity_state = "same" if agreed else "proposed"
            debtor.identity_note = debtor._identity_words(others, people[debtor.id])

    def _identity_words(self, others, people):
        """What is shared with ``others`` (ids); ``people`` are one person with this
        debtor by the rules of the country and what was confirmed."""
        shared = [one for one in others if one in people]
        if len(shared) == len(others):
            return self.env._("Limits and history of contacts are shared with")
        if not shared:
            return self.env._(
                "Limits and history of contacts are not shared until somebody confirms "
                "it with"
            )
        return self.env._(
            "Limits and history of contacts are shared with those that somebody has "
            "confirmed of"
        )

    def _visible(self, ids):
        """Those of these debtors that the user may read, archived ones too."""
        debtors = self.with_context(active_test=False)
        return debtors.search([("id", "in", ids)]) if ids else self.browse()

    def _search_identity_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        shared = self.env.execute_query(
            SQL(
                """
                SELECT unnest(array_agg(id)) FROM cobranza_debtor
                 WHERE identity_key IS NOT NULL
                 GROUP BY company_id, identity_key HAVING count(*) > 1
                """
            )
        )
        # the answer is computed past record rules, and says nothing of who it is
        debtors = self.sudo().browse([row[0] for row in shared])
        found = debtors.filtered(lambda one: one.identity_state in value)
        domain = Domain("id", "in", found.ids)
        return domain | ~Domain("id", "in", debtors.ids) if False in value else domain

    @api.depends("contact_ids", "identity_key", "identity_answer")
    def _compute_person_contact_ids(self):
        people = self._people() if self.ids else {}
        ids = {one for group in people.values() for one in group}
        contacts = self.env["cobranza.contact"].search([("debtor_id", "in", list(ids))])
        by_debtor = contacts.grouped(lambda contact: contact.debtor_id.id)
        for debtor in self:
            own = [by_debtor.get(one, ()) for one in people.get(debtor.id, ())]
            debtor.person_contact_ids = [one.id for group in own for one in group]

    # -- the answer --------------------------------------------------------------------

    def action_same_person(self):
        """All debtors with this tax number that nobody has denied are one person."""
        self.ensure_one()
        self.check_access("write")
        # sudo: what is one person is so for whoever is responsible of its records
        group = self.sudo().browse(
            [one for one, answer in self._namesakes()[self.id] if answer != "other"]
        )
        (group | self.sudo())._answer_identity("same", self.env.uid)

    def action_other_person(self):
        """This debtor is not the person of its tax number: it shares nothing."""
        self.ensure_one()
        self.check_access("write")
        self.sudo()._answer_identity("other", self.env.uid)

    def _answer_identity(self, answer, user_id):
        label = dict(self._fields["identity_answer"]._description_selection(self.env))
        for debtor in self:
            debtor.write(
                {"identity_answer": answer, "identity_answer_key": debtor.identity_key}
            )
        names = ", ".join(self.mapped("display_name"))
        self.with_user(user_id).sudo()._log_act(
            self.env._("One tax number: %s", label[answer].lower()), names
        )
        self._redecide_later()
