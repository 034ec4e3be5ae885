from datetime import date, datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import fields

from ...kernel.money import Money
from ...kernel.wording import Wording
from ...models.charge.cost_kind import KINDS as COST_KINDS
from ...models.rules.charge import FORMS
from ...models.rules.rules import PRIVACY_KINDS

ON = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 15)
DUE = ON - timedelta(days=30)
MANY = 100
BASE = Money(Decimal(1000), "CLP")
BLOCKABLE = ("interest", "commission", "indexation")
REGIMES = ("consumer", "small_business", "company", "public", "unknown")
CHANNELS = (
    *("email", "certified_email", "sms", "whatsapp", "call"),
    *("letter", "certified_letter", "manual"),
)


class RulesContract:
    """What every country's rules owe the suite, for the neutral ones and each country.

    Mixed into a test class that has ``company`` and ``rules``: hooks ask the database
    the same number of times for one subject and for a hundred, and never write.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [
                {"name": f"Debtor {n}", "email": f"debtor.{n}@example.com"}
                for n in range(MANY)
            ]
        )
        regimes = cls.rules._debtor_regime(cls.partners)
        debtors = cls.env["cobranza.debtor"].sudo()
        cls.debtors = debtors.create(
            [
                {
                    "company_id": cls.company.id,
                    "partner_id": partner.id,
                    "regime": regimes[partner.id],
                }
                for partner in cls.partners
            ]
        )
        cls.debts = cls._contract_debts()
        cls.contacts = cls._contract_contacts()

    @classmethod
    def _contract_debts(cls):
        vals = {
            "company_id": cls.company.id,
            "currency_id": cls.company.currency_id.id,
            "original_due_date": DUE,
            "original_amount": 1000,
        }
        return (
            cls.env["cobranza.debt"]
            .sudo()
            .create(
                [
                    {
                        **vals,
                        "debtor_id": debtor.id,
                        "partner_id": debtor.partner_id.id,
                        "document": f"D{debtor.id}",
                    }
                    for debtor in cls.debtors
                ]
            )
        )

    @classmethod
    def _contract_contacts(cls):
        """A free notice of each debt, accepted on the day after it fell due."""
        moment = fields.Datetime.to_datetime(DUE + timedelta(days=1))
        vals = {
            "company_id": cls.company.id,
            "currency_id": cls.company.currency_id.id,
            "channel": "email",
            "text_purpose": "free_notice",
            "state": "sent",
            "sent_at": moment,
        }
        contacts = cls.env["cobranza.contact"].sudo()._through_gate()
        contacts = contacts.create(
            [
                {
                    **vals,
                    "debtor_id": debtor.id,
                    "recipient_id": debtor.partner_id.id,
                    "recipient_chosen": True,
                }
                for debtor in cls.debtors
            ]
        )
        lines = cls.env["cobranza.contact.line"].sudo()
        lines.with_context(**contacts.env.context).create(
            [
                {"contact_id": contact.id, "debt_id": debt.id, "amount": 1000}
                for contact, debt in zip(contacts, cls.debts, strict=True)
            ]
        )
        contacts._add_events("accepted", "test", moment)
        return contacts

    def _queries(self, ask):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        ask()
        return self.cr.sql_log_count - before

    def _assert_same_queries(self, name, ask, subjects):
        """The caches of the registry are warm, those of the records are not."""
        self._queries(lambda: ask(subjects))
        one = self._queries(lambda: ask(subjects[:1]))
        many = self._queries(lambda: ask(subjects))
        self.assertEqual(many, one, f"{name}: {one} queries for one, {many} for many")

    def test_hooks_on_records_ask_as_often_for_one_as_for_a_hundred(self):
        rules = self.rules
        hooks = {
            "_debtor_regime": (rules._debtor_regime, self.partners),
            "_timezone": (
                lambda some: [rules._timezone(p) for p in some],
                self.partners,
            ),
            "_contact_blockers": (
                lambda some: rules._contact_blockers(some, AT),
                self.contacts,
            ),
            "_received_on": (rules._received_on, self.contacts),
            "_reception": (rules._reception, self.contacts),
            "_override_blockers": (rules._override_blockers, self.contacts),
            "_follow_up_duties": (rules._follow_up_duties, self.contacts),
            "_contact_effects": (rules._contact_effects, self.contacts),
            "_fee_blockers": (lambda some: rules._fee_blockers(some, ON), self.debts),
            "_charge_blockers": (
                lambda some: [
                    rules._charge_blockers(kind, some, ON) for kind in BLOCKABLE
                ],
                self.debts,
            ),
            "_free_notice_proof": (
                lambda some: rules._free_notice_proof(some, ON),
                self.debts,
            ),
            "_interest_key": (
                lambda some: [
                    rules._interest_basis(rules._interest_key(d)) for d in some
                ],
                self.debts,
            ),
            "_interest_refusal": (
                lambda some: [rules._interest_refusal(debt) for debt in some],
                self.debts,
            ),
            "_interest_warnings": (
                lambda some: rules._interest_warnings(some, ON),
                self.debtors,
            ),
            "_index_key": (
                lambda some: [rules._index_key(debt) for debt in some],
                self.debts,
            ),
            "_penalty_clause": (
                lambda some: [rules._penalty_clause(debt, BASE) for debt in some],
                self.debts,
            ),
            "_fee_incurred": (
                lambda some: rules._fee_incurred(some, ON),
                self.debts,
            ),
            "_suspension_blockers": (
                lambda some: rules._suspension_blockers(some, ON),
                self.debtors,
            ),
            "_never_suspended": (
                lambda some: [
                    rules._never_suspended(answer, debtor, ON)
                    for debtor in some
                    for answer in ("no", "yes", False)
                ],
                self.debtors,
            ),
            "_unidentified": (
                lambda some: [rules._unidentified(debtor) for debtor in some],
                self.debtors,
            ),
        }
        for name, (ask, subjects) in hooks.items():
            with self.subTest(hook=name):
                self._assert_same_queries(name, ask, subjects)

    def test_hooks_by_key_ask_as_often_for_one_as_for_a_hundred(self):
        rules, table = self.rules, self.company._cobranza_legal_table(DUE, ON)
        nowhere = self.env["res.country.state"]
        by_regime = {
            "_contact_rules": lambda regime: rules._contact_rules(regime, ON, table),
            "_interest_terms": lambda regime: rules._interest_terms(
                regime, "statutory", ON, table
            ),
            "_fixed_compensations": lambda regime: rules._fixed_compensations(
                regime, ON, table
            ),
            "_commission_terms": lambda regime: (
                self.company.currency_id.name,
                rules._commission_terms(regime, self.company.currency_id, ON, table),
            ),
            "_recoverable_costs": lambda regime: [
                rules._recoverable_costs(kind.code, regime) for kind in COST_KINDS
            ],
            "_reason_articles": lambda regime: rules._reason_articles(regime, ON),
            "_imputation_order": rules._imputation_order,
            "_debtor_rights": lambda regime: rules._debtor_rights(regime, ON),
        }
        for name, hook in by_regime.items():
            with self.subTest(hook=name):
                self._assert_same_queries(
                    name,
                    lambda some, hook=hook: [hook(one) for one in some],
                    REGIMES * (MANY // len(REGIMES)),
                )
        self._assert_same_queries(
            "_privacy_terms",
            lambda some: [rules._privacy_terms(kind, ON, table) for kind in some],
            [kind for kind, _label in PRIVACY_KINDS] * (MANY // len(PRIVACY_KINDS)),
        )
        self._assert_same_queries(
            "_log_retention",
            lambda some: [rules._log_retention(day, table) for day in some],
            [ON] * MANY,
        )
        self._assert_same_queries(
            "_delivery_rules",
            lambda some: [rules._delivery_rules(one, ON) for one in some],
            CHANNELS * (MANY // len(CHANNELS)),
        )
        self._assert_same_queries(
            "_calendar",
            lambda some: [rules._calendar(one, nowhere, ON) for one in some],
            ["contact", "court"] * (MANY // 2),
        )

    def test_every_debtor_is_told_its_rights(self):
        for regime in REGIMES:
            rights = self.rules._debtor_rights(regime, ON)
            self.assertGreaterEqual(len(rights), 3, regime)
            self.assertTrue(all(right.words for right in rights))

    def test_what_texts_say_is_judged_without_asking_the_database(self):
        rules, texts = self.rules, self.env["cobranza.text"]
        labels, fields_known = rules._needed_labels(), set(texts._merge_fields())
        said = Wording("<p>Estimado cliente: gracias.</p>", "Dear customer")
        for regime in REGIMES:
            self.assertEqual(rules._text_objections(said, regime, ON), [])
            for purpose in self.env["cobranza.text.purpose"]._by_code():
                for needed in rules._needed_contents(purpose, regime, ON):
                    self.assertIn(needed.what, labels)
                    self.assertLessEqual(set(needed.fields), fields_known)
                    self.assertTrue(needed.fields or needed.words)
        hooks = {
            "_text_objections": lambda regime: rules._text_objections(said, regime, ON),
            "_needed_contents": lambda regime: rules._needed_contents(
                "reminder", regime, ON
            ),
        }
        for name, hook in hooks.items():
            self._assert_same_queries(
                name,
                lambda some, hook=hook: [hook(one) for one in some],
                REGIMES * (MANY // len(REGIMES)),
            )

    def test_no_channel_is_free_of_limits_by_omission(self):
        """Each one is in a class, whatever the class permits, or a task of our own."""
        table = self.company._cobranza_legal_table(ON, ON)
        codes = list(self.env["cobranza.channel"]._by_code())
        self.assertLessEqual(set(CHANNELS), set(codes))
        for regime in REGIMES:
            rules = self.rules._contact_rules(regime, ON, table)
            limited = frozenset().union(*(one.channels for one in rules.classes))
            for code in codes:
                task = self.env[f"cobranza.channel.{code}"]._class_kind == "task"
                self.assertNotEqual(code in limited, task, (regime, code))

    def test_the_protected_are_protected_from_exceptions(self):
        blocked = set()
        for regime in REGIMES:
            debtor = self.contacts[0].debtor_id
            debtor.sudo().regime = regime
            if self.rules._override_blockers(self.contacts[:1]):
                blocked.add(regime)
            debtor.sudo().vulnerable_on = ON
            self.assertTrue(self.rules._override_blockers(self.contacts[:1]), regime)
            debtor.sudo().vulnerable_on = False
        self.assertLessEqual({"consumer", "unknown"}, blocked)
        self.assertNotIn("company", blocked)

    def test_every_debtor_has_a_regime_that_exists(self):
        regimes = self.rules._debtor_regime(self.partners)
        self.assertEqual(set(regimes), set(self.partners.ids))
        self.assertLessEqual(set(regimes.values()), set(REGIMES))

    def test_articles_stand_behind_reasons_that_exist(self):
        reasons = set(self.env["cobranza.decision.reason"]._by_code())
        for regime in REGIMES:
            self.assertLessEqual(set(self.rules._reason_articles(regime, ON)), reasons)

    def test_essential_services_are_suspended_nowhere(self):
        debtor = self.debtors[0]
        for regime in REGIMES:
            debtor.sudo().regime = regime
            never = self.rules._never_suspended
            self.assertEqual(never("no", debtor, ON), [])
            for answer in ("yes", False):
                [found] = never(answer, debtor, ON)
                self.assertFalse(found.waits)

    def test_whatever_leaves_a_debtor_alone_stops_a_suspension(self):
        debtor = self.debtors[0].sudo()
        situations = self.env["cobranza.decision.reason"]._situations()
        for name in (*situations, "vulnerable_on"):
            debtor[name] = ON
            found = self.rules._suspension_blockers(debtor, ON)[debtor.id]
            self.assertTrue(found, name)
            debtor[name] = False

    def test_hooks_never_write(self):
        statements = []
        execute = type(self.cr).execute

        def listen(cursor, query, *args, **kwargs):
            statements.append(str(getattr(query, "code", query)).split()[0].upper())
            return execute(cursor, query, *args, **kwargs)

        self.env.flush_all()
        with patch.object(type(self.cr), "execute", listen):
            self.rules._debtor_regime(self.partners)
            self.rules._free_notice_proof(self.debts, ON)
            self.rules._fee_blockers(self.debts, ON)
            self.rules._contact_blockers(self.contacts, AT)
            self.rules._received_on(self.contacts)
            self.rules._override_blockers(self.contacts)
            self.rules._follow_up_duties(self.contacts)
            self.rules._contact_effects(self.contacts)
            self.rules._suspension_blockers(self.debtors, ON)
            self.env.flush_all()
        self.assertLessEqual(set(statements), {"SELECT", "WITH"})

    def test_every_kind_of_charge_is_billed_in_some_form(self):
        charges = self.env["cobranza.charge"]
        forms = {key for key, _name in FORMS}
        for kind in self.env["cobranza.charge.kind"]._by_code():
            for basis, _label in charges._fields["basis"].selection:
                form = self.rules._charge_form(kind, basis)
                self.assertIn(form.form, forms)
                self.assertTrue(form.form == "memo" or form.account, (kind, basis))
