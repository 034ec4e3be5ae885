from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ...models.text import shipped as shipped_file
from ..common.base import FrozenCase

NEW_TEXT = """<record id="text_reminder" model="cobranza.text">
    <field name="name">Reminder</field>
    <field name="purpose">reminder</field>
    <field name="lang">en_US</field>
    <field name="starter" eval="True" />
    <field name="origin_version">3</field>
    <field name="subject">A better subject</field>
    <field name="body"><![CDATA[<p>A better text: {{ total }}</p>]]></field>
</record>"""
NEW_POLICY = """<data>
<record id="policy_default" model="cobranza.policy">
    <field name="name">Standard collection</field>
    <field name="origin_version">19.0.2.0.0</field>
</record>
<record id="policy_default_reminder" model="cobranza.policy.level">
    <field name="policy_id" ref="policy_default" />
    <field name="name">Reminder</field>
    <field name="days">3</field>
    <field name="channel">email</field>
    <field name="text_purpose">reminder</field>
</record>
<record id="policy_default_second" model="cobranza.policy.level">
    <field name="policy_id" ref="policy_default" />
    <field name="name">Second reminder</field>
    <field name="days">9</field>
    <field name="channel">email</field>
    <field name="text_purpose">reminder</field>
    <field name="charge" eval="True" />
</record>
</data>"""


@tagged("post_install", "-at_install")
class TestShipped(FrozenCase):
    """After an update the user decides between the new content and the own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.text = cls.env.ref("cobranza_legal.text_reminder")
        cls.policy = cls.env.ref("cobranza_legal.policy_default")
        groups = "cobranza_legal.group_collection_manager"
        cls.manager = new_test_user(cls.env, "boss", groups)
        cls.collector = new_test_user(
            cls.env, "clerk", "cobranza_legal.group_collector"
        )

    def _ship(self, *sources):
        """The data files of the installed code, with these records in them."""
        nodes = dict(shipped_file.shipped_records("cobranza_legal"))
        for source in sources:
            tree = etree.fromstring(source)
            nodes |= {node.get("id"): node for node in tree.iter("record")}
        if NEW_POLICY in sources:
            for name in ("call", "demand", "prejudicial"):
                del nodes[f"policy_default_{name}"]
        read = shipped_file.shipped_records

        def shipped(module):
            return nodes if module == "cobranza_legal" else read(module)

        self.patch(shipped_file, "shipped_records", shipped)
        self.env.invalidate_all()

    def _version(self, text, body="<p>Mine {{ total }}</p>"):
        draft = text.with_user(self.manager).copy({"name": text.name})
        draft.body = body
        draft.action_approve()
        return draft

    def test_nothing_is_newer_than_what_was_just_installed(self):
        for model in ("cobranza.text", "cobranza.policy"):
            records = self.env[model].with_context(active_test=False).search([])
            self.assertTrue(records.filtered(lambda record: record._shipped_origin()))
            self.assertFalse(any(records.mapped("newer_version")))

    def test_every_shipped_record_says_its_version(self):
        for addon in ("cobranza_legal", "cobranza_legal_cl", "cobranza_legal_es"):
            for name, node in shipped_file.shipped_records(addon).items():
                if node.get("model") != "cobranza.policy.level":
                    version = shipped_file.shipped_version(addon, name)
                    self.assertTrue(version, (addon, name))

    def test_a_newer_text_is_shown_beside_the_own_version(self):
        mine = self._version(self.text)
        self._ship(NEW_TEXT)
        self.assertEqual(mine.newer_version, "3")
        for words in ("Mine {{ total }}", "A better subject", "A better text"):
            self.assertIn(words, mine.newer_html)
        # what it replaced is not asked about
        self.assertFalse(self.text.newer_version)

    def test_a_starter_that_nobody_changed_is_not_changed_behind_ones_back(self):
        self._ship(NEW_TEXT)
        self.assertEqual(self.text.newer_version, "3")
        self.assertNotIn("better", self.text.body)

    def test_the_new_text_is_taken_as_a_draft_to_approve(self):
        mine = self._version(self.text)
        self._ship(NEW_TEXT)
        action = mine.with_user(self.manager).action_take_shipped()
        draft = self.env["cobranza.text"].browse(action["res_id"])
        self.assertEqual((draft.version, draft.origin_version), (3, "3"))
        self.assertEqual(draft.subject, "A better subject")
        self.assertTrue(draft.editable)
        self.assertEqual(mine.body, "<p>Mine {{ total }}</p>")
        self.env.invalidate_all()
        self.assertFalse(draft.newer_version)
        self.assertFalse(mine.newer_version)

    def test_whoever_keeps_the_own_one_is_asked_again_by_a_still_newer_one(self):
        mine = self._version(self.text)
        self._ship(NEW_TEXT)
        mine.with_user(self.manager).action_keep_mine()
        self.assertEqual((mine.kept_version, mine.origin_version), ("3", "2"))
        self.assertFalse(mine.newer_version)
        self._ship(NEW_TEXT.replace(">3<", ">10<"))
        self.assertEqual(mine.newer_version, "10")

    def test_a_newer_policy_is_shown_level_by_level(self):
        self._ship(NEW_POLICY)
        self.assertEqual(self.policy.newer_version, "19.0.2.0.0")
        html = self.policy.newer_html
        for words in ("5: Reminder", "3: Reminder", "9: Second reminder", "12: Call"):
            self.assertIn(words, html)

    def test_a_new_policy_is_taken_and_levels_it_lacks_are_archived(self):
        own = self.policy.level_ids[0].copy({"name": "Own", "days": 7})
        call = self.env.ref("cobranza_legal.policy_default_call")
        self._ship(NEW_POLICY)
        self.policy.with_user(self.manager).action_take_shipped()
        days = self.policy.level_ids.sorted("days").mapped(
            lambda level: (level.days, level.name)
        )
        self.assertEqual(days, [(3, "Reminder"), (9, "Second reminder")])
        self.assertFalse((own | call).filtered("active"))
        self.assertEqual(self.policy.origin_version, "19.0.2.0.0")
        self.assertFalse(self.policy.newer_version)
        second = self.env.ref("cobranza_legal.policy_default_second")
        self.assertTrue(second.charge)

    def test_a_collector_reads_the_banner_and_decides_nothing(self):
        self._ship(NEW_TEXT, NEW_POLICY)
        for record in (self.text, self.policy):
            seen = record.with_user(self.collector)
            self.assertTrue(seen.newer_html)
            with self.assertRaises(AccessError):
                seen.action_take_shipped()
            with self.assertRaises(AccessError):
                seen.action_keep_mine()
