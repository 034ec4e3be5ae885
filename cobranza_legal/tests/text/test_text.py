from datetime import date

from markupsafe import Markup

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from ...models.text.text import MergeError, render_html, render_plain

TODAY = date(2026, 11, 21)
from ..common.base import FrozenCase


@tagged("post_install", "-at_install")
class TestMergeText(FrozenCase):
    def test_values_are_escaped_unless_they_are_markup(self):
        values = {"a": "<b>&", "b": Markup("<i>x</i>")}
        self.assertEqual(
            render_html("{{a}} {{ b }}", values), "&lt;b&gt;&amp; <i>x</i>"
        )

    def test_a_value_with_braces_is_not_merged_again(self):
        self.assertEqual(render_html("{{ a }}", {"a": "{{ b }}"}), "{{ b }}")

    def test_a_subject_is_one_plain_line(self):
        values = {"a": "x & y\nBcc: z", "b": Markup("<i>w</i>")}
        self.assertEqual(render_plain("{{ a }}, {{ b }}", values), "x & y Bcc: z, w")

    def test_all_problems_are_told_at_once(self):
        with self.assertRaises(MergeError) as caught:
            render_html("{{ x }} {{ a }} {{ b }} {{ 1 }}", {"a": "", "b": "ok"})
        error = caught.exception
        self.assertEqual((error.unknown, error.empty), (("x",), ("a",)))
        self.assertTrue(error.broken)

    def test_a_field_with_a_question_mark_may_be_empty(self):
        self.assertEqual(render_html("[{{ a? }}]", {"a": False}), "[]")

    def test_zero_is_a_value(self):
        self.assertEqual(render_html("{{ a }}", {"a": 0}), "0")

    def test_a_placeholder_in_a_link_survives_the_editor(self):
        link = '<a href="%7B%7B%20a%20%7D%7D">pay</a>'
        self.assertEqual(render_html(link, {"a": "/p?x=1"}), '<a href="/p?x=1">pay</a>')


@freeze_time("2026-11-21")
@tagged("post_install", "-at_install")
class TestText(FrozenCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.country = cls.env["res.country"].create({"name": "Nowhere", "code": "QQ"})
        cls.manager = new_test_user(
            cls.env, "boss", "cobranza_legal.group_collection_manager"
        )
        cls.company = cls.env.company
        cls.company.partner_id.lang = "en_US"
        cls.law = cls._law(lang="es_CL")

    @classmethod
    def _law(cls, **vals):
        shipping = cls.env["cobranza.text"].with_context(install_module="x")
        text = shipping.create(
            {
                "name": "Demand",
                "purpose": "formal_demand",
                "country_id": cls.country.id,
                "regime": "consumer",
                "lang": "es_CL",
                "subject": "{{ document }}",
                "body": "<p>{{ total }}</p>",
                "law": True,
                **vals,
            }
        )
        return text.with_context(install_module=False)

    def _choose(
        self, regime="consumer", country=None, lang="es_CL", on=TODAY, **kwargs
    ):
        purpose = kwargs.get("purpose", "formal_demand")
        country = self.country if country is None else country
        model = self.env["cobranza.text"].with_user(self.manager)
        return model._choose(purpose, regime, country, lang, on).sudo()

    def _version(self, text, **vals):
        draft = text.with_user(self.manager).copy({"name": text.name})
        draft.write({"body": "<p>Mine {{ total }}</p>", **vals})
        return draft

    def test_the_law_of_the_country_goes_before_the_neutral_text(self):
        self.assertEqual(self._choose(), self.law)
        self.assertEqual(self._choose(lang="en_US"), self.law)

    def test_the_neutral_text_serves_where_no_law_says_more(self):
        nowhere = self.env["res.country"]
        for suffix, lang in (("", "en_GB"), ("_es", "es_ES"), ("_es_cl", "es_CL")):
            starter = self.env.ref(f"cobranza_legal.text_formal_demand{suffix}")
            self.assertEqual(self._choose(country=nowhere, lang=lang), starter)
            self.assertEqual(self._choose(regime="company", lang=lang), starter)

    def test_nothing_is_chosen_for_a_purpose_without_text(self):
        self.assertFalse(self._choose(purpose="last_notice"))

    def test_an_unknown_regime_reads_the_text_of_consumers(self):
        self.assertEqual(self._choose(regime="unknown"), self.law)

    def test_the_debtors_language_goes_before_the_jurisdictions(self):
        french = self._law(lang="fr_FR")
        own = self._law(lang="en_US")
        self.assertEqual(self._choose(lang="fr_FR"), french)
        self.assertEqual(self._choose(lang="fr_BE"), french)
        self.assertEqual(self._choose(lang="de_DE"), own)

    def test_a_related_language_serves(self):
        self.assertEqual(self._choose(lang="es_MX"), self.law)

    def test_a_text_is_not_used_before_its_day(self):
        later = self._law(version=2, valid_from="2026-12-01")
        self.assertEqual(self._choose(), self.law)
        self.assertEqual(self._choose(on=date(2026, 12, 1)), later)

    def test_a_user_version_waits_for_a_named_approval(self):
        draft = self._version(self.law)
        self.assertEqual(draft.version, 2)
        self.assertEqual(self._choose(), self.law)
        draft.action_approve()
        self.assertEqual(draft.approved_by_id, self.manager)
        self.assertEqual(self._choose(), draft)

    def test_approval_is_not_written_by_hand(self):
        draft = self._version(self.law)
        for vals in ({"approved_on": TODAY}, {"law": True}, {"version": 9}):
            with self.assertRaisesRegex(UserError, "buttons only"):
                draft.write(vals)

    def test_regulated_and_approved_texts_are_not_edited_or_deleted(self):
        approved = self._version(self.law)
        approved.action_approve()
        for text in (self.law.with_user(self.manager), approved):
            with self.assertRaisesRegex(UserError, "new version"):
                text.body = "<p>No</p>"
            with self.assertRaisesRegex(UserError, "Archive"):
                text.with_context(_force_unlink=True).unlink()

    def test_an_archived_text_is_not_chosen(self):
        self.law.with_user(self.manager).active = False
        self.assertEqual(
            self._choose(), self.env.ref("cobranza_legal.text_formal_demand_es_cl")
        )

    def test_a_collector_reads_texts_only(self):
        collector = new_test_user(self.env, "clerk", "cobranza_legal.group_collector")
        text = self.law.with_user(collector)
        self.assertTrue(text.name)
        with self.assertRaises(AccessError):
            text.name = "Mine"
        with self.assertRaises(AccessError):
            text.action_approve()

    def test_a_field_outside_the_vocabulary_is_refused_at_once(self):
        with self.assertRaisesRegex(ValidationError, "salary"):
            self._version(self.law, body="<p>{{ salary }}</p>")

    def test_an_empty_required_value_names_the_field(self):
        with self.assertRaisesRegex(UserError, "no value: total"):
            self.law._render({"document": "INV/1", "total": ""})

    def test_a_text_is_rendered_with_its_values(self):
        subject, body = self.law._render({"document": "INV/1", "total": "9 < 10"})
        self.assertEqual((subject, body), ("INV/1", Markup("<p>9 &lt; 10</p>")))
