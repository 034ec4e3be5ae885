"""A user from Spain or Chile meets no English on any page."""

import json
from datetime import timedelta

from odoo.tests import HttpCase, tagged

from ..common.contact import MONDAY
from ..common.rendered import (
    ENGLISH,
    LANGUAGES,
    TECHNICAL,
    RenderedCommon,
    english_in,
    texts_of_arch,
    texts_of_markup,
)

REPORTS = (
    "cobranza_legal.action_report_letter",
    "cobranza_legal.action_report_statement",
)
# Names of languages and zones; Odoo itself does not translate the last.
NAMED = ("lang", "tz", "activity_state")


@tagged("post_install", "-at_install")
class TestRenderedLanguage(RenderedCommon):
    def test_the_scan_sees_english_where_it_is(self):
        """Else the tests below would prove nothing."""
        self.assertEqual(english_in("Días de demora"), [])
        self.assertEqual(english_in("Days late"), ["days", "late"])
        view = self.env.ref("cobranza_legal.view_cobranza_debtor_form")
        arch = view.with_context(lang="en_US").arch_db
        found = [text for text in texts_of_arch(arch) if english_in(text)]
        self.assertGreater(len(found), 20)

    def test_a_term_without_translation_is_found(self):
        menu = self.env.ref("cobranza_legal.menu_worklist").with_context(lang="es_ES")
        menu.name = "Worklist"
        with self.assertRaisesRegex(AssertionError, "worklist"):
            self._assert_spanish(text for _place, text in self._translated_texts(menu))

    def test_every_record_of_the_addons_is_translated(self):
        for lang in LANGUAGES:
            for addon in self.addons:
                for model, records in self._records_of(addon):
                    records = records.with_context(lang=lang)
                    left = {
                        place: text
                        for place, text in self._translated_texts(records)
                        if english_in(text)
                    }
                    with self.subTest(lang=lang, addon=addon, model=model):
                        self.assertEqual(left, {})

    def test_every_label_help_and_choice_is_translated(self):
        models = [name for name in self.env if name.startswith("cobranza.")]
        for lang in LANGUAGES:
            for model in models:
                records = self.env[model].with_context(lang=lang)
                if records._abstract:
                    continue
                with self.subTest(lang=lang, model=model):
                    self._assert_spanish(self._words_of_fields(records.fields_get()))

    def _words_of_fields(self, described):
        for name, field in described.items():
            yield field["string"]
            yield field.get("help", "")
            if name not in NAMED:
                yield from (label for _key, label in field.get("selection", []))

    def test_every_view_is_translated(self):
        views = self.env["ir.ui.view"].search(
            [("model", "=like", "cobranza.%"), ("mode", "=", "primary")]
        )
        self.assertGreater(len(views), 40)
        for lang in LANGUAGES:
            for view in views:
                # sudo: some are of lawyers only
                model = self.env[view.model].sudo().with_context(lang=lang)
                arch = model.get_view(view.id, view.type)["arch"]
                with self.subTest(lang=lang, view=view.name):
                    self._assert_spanish(texts_of_arch(arch))

    def _everything(self, lang):
        """A debtor with a row of everything, and its letter."""
        self._speak(lang)
        first, second = self._invoice(), self._invoice(amount=90)
        with self.clock(f"{MONDAY} 12:00:00"):
            run = self.env["cobranza.run"].sudo()
            run._run_company(self.company)
            debtor = self.env["cobranza.debtor"].browse(self._debtor().id)
            debt = self._debts(first)
            spec = {"debtor_id": debtor.id, "debt_ids": debt.ids}
            self.env["cobranza.hold"].create({**spec, "note": "Prueba"})
            promise = {**spec, "amount": 10, "promised_on": "2026-12-01"}
            self.env["cobranza.promise"].create(promise)
            dispute = {"debtor_id": debtor.id, "debt_id": debt.id, "reason": "price"}
            self.env["cobranza.dispute"].create(dispute)
            debtor.deceased_on = MONDAY
            run._run_company(self.company)
        self._charge(self._debts(second), article=False)
        letter = self._contact(self._invoice(amount=70), channel="letter")
        return debtor, letter

    def test_panels_and_papers_are_translated(self):
        for lang in LANGUAGES:
            debtor, letter = self._everything(lang)
            with self.clock(f"{MONDAY} 12:00:00"):
                panels = [debtor.why, *debtor.debt_ids.mapped("why")]
                panels += debtor.debt_ids.move_id.mapped("cobranza_why")
                panels += self.env["cobranza.run"].search([]).mapped("counts_html")
                reports = self.env["ir.actions.report"]
                for report, records in zip(REPORTS, (letter, debtor), strict=True):
                    html, _kind = reports._render_qweb_html(report, records.ids)
                    panels.append(html.decode())
            for markup in panels:
                with self.subTest(lang=lang):
                    self._assert_spanish(texts_of_markup(markup))

    def test_names_of_records_are_translated(self):
        for lang in LANGUAGES:
            debtor, letter = self._everything(lang)
            related = debtor.debt_ids | self.env["cobranza.debt"]
            names = [*related.mapped("display_name"), debtor.display_name]
            for name in ("hold_ids", "promise_ids", "dispute_ids", "contact_ids"):
                names += debtor[name].mapped("display_name")
            names += letter.mapped("display_name")
            with self.subTest(lang=lang):
                self._assert_spanish(names)


# What Odoo itself leaves in English.
FOREIGN = ["Insert image, icon or video"]
# Opens every page, and every tab of every form, and reads what is on the screen.
READ_PAGES = """
const {pages, words, technical, foreign} = %s;
const english = new Set(words);
const action = odoo.__WOWL_DEBUG__.root.env.services.action;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const ATTRIBUTES = ["title", "placeholder", "aria-label", "data-tooltip"];

function* textsOf(element) {
    if (["STYLE", "SCRIPT", "CODE"].includes(element.tagName)) return;
    for (const name of ATTRIBUTES) yield element.getAttribute(name) || "";
    for (const node of element.childNodes) {
        if (node.nodeType === Node.TEXT_NODE) yield node.textContent;
        if (node.nodeType === Node.ELEMENT_NODE) yield* textsOf(node);
    }
}

function englishOn(page) {
    const found = [];
    for (const text of textsOf(document.querySelector(".o_web_client"))) {
        if (foreign.includes(text.trim())) continue;
        const clean = text.replace(new RegExp(technical, "g"), " ").toLowerCase();
        const left = (clean.match(/\\p{L}+/gu) || []).filter((one) => english.has(one));
        if (left.length) found.push(`${page}: ${text.trim()} (${left})`);
    }
    return found;
}

async function readPages() {
    const found = new Set();
    const read = (page) => englishOn(page).forEach((one) => found.add(one));
    for (const page of pages) {
        await action.doAction(page.action, {clearBreadcrumbs: true});
        await pause(100);
        read(page.name);
        for (const tab of document.querySelectorAll(".o_notebook .nav-link")) {
            tab.click();
            await pause(100);
            read(page.name);
        }
    }
    if (found.size) throw new Error([...found].join("\\n"));
    console.log(`test successful`);
}
readPages().catch((error) => console.error(error.message));
"""
WITH_FORM = (
    "cobranza.approval",
    "cobranza.charge",
    "cobranza.contact",
    "cobranza.debt",
    "cobranza.debtor",
    "cobranza.dispute",
    "cobranza.hold",
    "cobranza.policy",
    "cobranza.promise",
    "cobranza.run",
)


@tagged("post_install", "-at_install")
class TestRenderedPages(RenderedCommon, HttpCase):
    """The same in a browser, where also the words of the scripts are seen."""

    def _pages(self):
        menus = self.env["ir.ui.menu"].with_context(**{"ir.ui.menu.full_list": True})
        root = self.env.ref("cobranza_legal.menu_root")
        for menu in menus.search(
            [("id", "child_of", root.id), ("action", "!=", False)]
        ):
            if menu.action.xml_id != "cobranza_legal.action_cobranza_settings":
                yield {"name": menu.action.xml_id, "action": menu.action.id}
        for model in WITH_FORM:
            for record in self.env[model].search([], limit=1, order="id desc"):
                form = {
                    "type": "ir.actions.act_window",
                    "res_model": model,
                    "res_id": record.id,
                    "views": [[False, "form"]],
                }
                yield {"name": model, "action": form}

    def _rows(self, lang):
        self._speak(lang)
        today = self.company._cobranza_today()
        due = today - timedelta(days=20)
        invoice = self._invoice(due=due, invoice_date=due)
        self.env["cobranza.run"].sudo()._run_company(self.company)
        debt = self._debts(invoice)
        spec = {"debtor_id": debt.debtor_id.id, "debt_ids": debt.ids}
        self.env["cobranza.hold"].create({**spec, "note": "Prueba"})
        self.env["cobranza.promise"].create(
            {**spec, "amount": 10, "promised_on": today + timedelta(days=3)}
        )
        self.env["cobranza.dispute"].create(
            {"debtor_id": debt.debtor_id.id, "debt_id": debt.id, "reason": "price"}
        )

    def _read_in(self, lang):
        # the engine writes for the people of the company
        people = self.company.cobranza_user_id.partner_id or self.company.partner_id
        people.lang = lang
        self._rows(lang)
        user = self._role("manager")
        user.write({"name": "Juana Pérez", "lang": lang})
        user.group_ids |= self.env.ref("cobranza_legal.group_accountant")
        given = {
            "pages": list(self._pages()),
            "words": sorted(ENGLISH),
            "technical": TECHNICAL.pattern,
            # the title bar names the database
            "foreign": [*FOREIGN, self.env.cr.dbname],
        }
        self.assertGreater(len(given["pages"]), 18)
        self.browser_js(
            "/odoo/collections",
            READ_PAGES % json.dumps(given),
            "!!document.querySelector('.o_list_view')",
            login=user.login,
            timeout=120,
        )

    def test_pages_in_spain(self):
        self._read_in("es_ES")

    def test_pages_in_chile(self):
        self._read_in("es_CL")
