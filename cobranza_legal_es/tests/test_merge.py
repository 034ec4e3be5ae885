from odoo import Command
from odoo.tests import tagged

from .common import SpainCommon

OWN = {
    "l10n_es_interest_terms": "contract",
    "l10n_es_contract_rate": 7,
    "l10n_es_grace_days": 5,
    "l10n_es_grace_retroactive": True,
}
CHEAP = {
    "l10n_es_interest_terms": "legal_plus",
    "l10n_es_interest_points": 1,
    "l10n_es_contract_rate": 0,
    "l10n_es_grace_days": 0,
    "l10n_es_grace_retroactive": False,
}


@tagged("post_install", "-at_install")
class TestMerge(SpainCommon):
    """Odoo's own merge of contacts: what was agreed in Spain is kept as a whole, and a
    person is asked where both had agreed something."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double = cls._partner(
            "Suministros del Sur", vat="ESA58818501", is_company=True
        )
        cls.debtors = cls._debtor_of(cls.client) | cls._debtor_of(cls.double)

    @classmethod
    def _debtor_of(cls, partner):
        return (
            cls.env["cobranza.debtor"]
            .sudo()
            .create({"company_id": cls.company.id, "partner_id": partner.id})
            .sudo(False)
        )

    def _merge(self, kept, gone):
        """As a person does it in Odoo's own dialog."""
        self.env.flush_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {
                "partner_ids": [Command.set((kept | gone).ids)],
                "dst_partner_id": kept.id,
                "state": "selection",
            }
        )
        wizard.action_merge()
        self.env.invalidate_all()
        return self.env["cobranza.debtor"].search([("partner_id", "=", kept.id)])

    def _each_way(self):
        """(kept, gone) in both orders, each undone afterwards."""
        for kept, gone in ((self.client, self.double), (self.double, self.client)):
            with self.subTest(kept=kept.name), self.env.cr.savepoint() as point:
                yield kept, gone
                point.rollback()
            self.env.invalidate_all(flush=False)

    def _terms(self, debtor):
        return {name: debtor[name] for name in OWN}

    def test_terms_that_only_one_agreed_are_kept_in_both_orders(self):
        self.debtors[1].sudo().write(
            {
                **OWN,
                "terms_informed_on": "2026-02-01",
                "contract_address": "Calle del Pez 2, Madrid",
            }
        )
        for kept, gone in self._each_way():
            debtor = self._merge(kept, gone)
            self.assertEqual(len(debtor), 1)
            self.assertEqual(self._terms(debtor), OWN)
            self.assertEqual(str(debtor.terms_informed_on), "2026-02-01")
            self.assertEqual(debtor.contract_address, "Calle del Pez 2, Madrid")

    def test_of_two_agreements_the_cheaper_one_holds_as_a_whole_and_it_is_told(self):
        first, second = self.debtors.sudo()
        first.write(OWN)
        second.write(CHEAP)
        burdens = first._l10n_es_interest_burden(), second._l10n_es_interest_burden()
        cheaper = OWN if burdens[0] < burdens[1] else CHEAP
        for kept, gone in self._each_way():
            debtor = self._merge(kept, gone)
            expected = {name: cheaper[name] for name in OWN}
            self.assertEqual(self._terms(debtor), expected)
            label = debtor._fields["l10n_es_contract_rate"]._description_string(
                self.env
            )
            said = " ".join(debtor.activity_ids.mapped("note"))
            self.assertIn(label, said)

    def test_links_of_both_pages_go_on(self):
        paths = []
        for debtor in self.debtors:
            debtor._portal_link()
            paths.append(debtor._portal_path().rsplit("/", 1)[1])
        debtor = self._merge(self.client, self.double)
        for token in paths:
            found = self.env["cobranza.debtor"].sudo()._portal_by_token(token)
            self.assertEqual(found.sudo(False), debtor)

    def test_the_addresses_of_the_other_are_contacts_of_the_one_that_is_kept(self):
        child = self._partner("Administración", parent_id=self.double.id)
        child.type = "invoice"
        self.debtors[1].sudo().dunning_contact_id = child
        debtor = self._merge(self.client, self.double)
        self.assertEqual(child.parent_id, self.client)
        self.assertEqual(debtor.dunning_contact_id, child)

    # -- one tax number ----------------------------------------------------------------

    def test_the_banner_follows_the_setting_of_the_company(self):
        said = "shared with"
        self.company.l10n_es_unconfirmed_person = True
        for debtor in self.debtors:
            self.assertEqual(debtor.identity_state, "proposed")
            self.assertIn(said, debtor.with_context(lang="en_US").identity_note)
        self.company.l10n_es_unconfirmed_person = False
        self.env.invalidate_all()
        for debtor in self.debtors:
            self.assertEqual(debtor.identity_state, "proposed")
            note = debtor.with_context(lang="en_US").identity_note
            self.assertIn("not shared until", note)
            self.assertEqual(debtor._people(), {debtor.id: debtor.ids})
        self.debtors[0].action_same_person()
        self.env.invalidate_all()
        self.assertEqual(
            self.debtors[0]._people()[self.debtors[0].id], self.debtors.ids
        )

    def test_each_company_has_its_own_setting_in_one_call(self):
        other = self.setup_other_company(country_id=self.company.country_id.id)[
            "company"
        ]
        other.sudo().account_fiscal_country_id = self.company.account_fiscal_country_id
        self.company.l10n_es_unconfirmed_person = False
        other.sudo().l10n_es_unconfirmed_person = True
        theirs = (
            self.env["cobranza.debtor"]
            .sudo()
            .create(
                [
                    {"company_id": other.id, "partner_id": one.id}
                    for one in (self.client, self.double)
                ]
            )
        )
        people = (self.debtors.sudo() | theirs)._people()
        for debtor in self.debtors:
            self.assertEqual(people[debtor.id], debtor.ids)
        for debtor in theirs:
            self.assertEqual(people[debtor.id], theirs.ids)
