"""What a demo's company claims before courts, done on the days on which it happened."""

import io
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from odoo import Command

from ..models.common.transaction import CLOCK, Clock, to_utc

TEN = time(10)
NOON = time(12)
FRIDAY = 4
LINE = 16
"""Points between two lines of a made-up paper."""


class Lawsuits:
    lawyer_terms = {}
    """What the lawyer takes for a case: values of ``cobranza.lawyer.terms``."""

    # -- the clock -------------------------------------------------------------------

    @contextmanager
    def on(self, days):
        """Everything inside happens at noon of the day ``days`` before today, or of
        the Friday before it: courts do nothing at weekends."""
        present, day = self.env, self.court_day(days)
        self._move_clock(present(context={**present.context, CLOCK: self._noon(day)}))
        try:
            yield day
        finally:
            self._move_clock(present)

    def court_day(self, days):
        day = self.ago(days)
        return day - timedelta(days=max(day.weekday() - FRIDAY, 0))

    def _noon(self, day):
        zone = self.company._cobranza_tz()
        return Clock(to_utc(datetime.combine(day, NOON), zone))

    def _move_clock(self, env):
        # what was worked out by one clock is not what the other says
        self.env.flush_all()
        self.env.invalidate_all()
        self.env = env
        self.company = self.company.with_env(env)

    def by_lawyer(self, records):
        """``records`` as the lawyer has them on the day of the clock."""
        return records.with_env(self.env).with_user(self.user("lawyer"))

    # -- who and where ---------------------------------------------------------------

    def give_mail_domain(self):
        """Cases have an address of their own in it."""
        name = self.company.email.partition("@")[2]
        self.company.alias_domain_id = self.env["mail.alias.domain"].create(
            {"name": name}
        )

    def court(self, name, city, state, **values):
        return self.env["cobranza.court"].create(
            {
                "name": name,
                "city": city,
                "state_id": self.env.ref(f"base.state_{state}").id,
                "country_id": self.company.country_id.id,
                "company_id": self.company.id,
                **values,
            }
        )

    def professional(self, name, login, **values):
        """Somebody who works for the company before courts."""
        return self.env["res.partner"].create(
            {
                "name": name,
                "email": f"{login}@example.com",
                "lang": self.lang,
                "country_id": self.company.country_id.id,
                **values,
            }
        )

    def power(self, partner, number, days, **values):
        """A power that was given so many days ago."""
        return self.env["cobranza.power"].create(
            {
                "partner_id": partner.id,
                "company_id": self.company.id,
                "number": number,
                "valid_from": self.ago(days),
                "file_ids": self.paper(f"Poder {partner.name}", number),
                **values,
            }
        )

    def agree_with_lawyer(self):
        terms = self.env["cobranza.lawyer.terms"]
        lawyer = self.user("lawyer").partner_id
        own = {"partner_id": lawyer.id, "company_id": self.company.id}
        return terms.create({**own, **self.lawyer_terms})

    def paper(self, title, *lines):
        """A file of one page that says so."""
        values = {"name": f"{title}.pdf", "raw": self._page(title, lines)}
        return [Command.create({**values, "mimetype": "application/pdf"})]

    def _page(self, title, lines):
        from reportlab.lib.pagesizes import A4
        from reportlab.pdfgen.canvas import Canvas

        stream, (_width, height) = io.BytesIO(), A4
        canvas = Canvas(stream, pagesize=A4, invariant=1)
        canvas.setTitle(title)
        for number, line in enumerate((title, "", *lines)):
            canvas.drawString(72, height - 72 - number * LINE, line)
        canvas.save()
        return stream.getvalue()

    # -- a case and its proceedings --------------------------------------------------

    def open_case(self, document, days, note, title="invoice"):
        """The case of the debt of a document, with all that proves it, which the lawyer
        has had for so many days."""
        debt = self.rest_on(document, title)
        self._complete(debt, days)
        customer = self.documents[document].partner_id.ref
        with self.on(days):
            case = self.hand_over(customer)
            self.take_case(case, ("study", note))
        return case

    def _complete(self, debt, days):
        """The file of each document that is asked for."""
        self.env["cobranza.document"]._open(debt.debtor_id, debt)
        asked = debt.document_ids.filtered(
            lambda one: one.type_id.required and one.standing == "missing"
        )
        for one in asked:
            words = f"{one.type_id.name}: {debt.partner_id.name}"
            name = f"{one.type_id.name}.pdf"
            one._receive(self._page(words, [debt.document]), name, self.ago(days))
            one.action_check()

    def file_suit(self, case, procedure, days, court=None, parent=None, **numbers):
        """A proceeding that was filed so many days ago; one that goes on from another
        in its court and number if nothing else is said."""
        kind = self.env.ref(f"{self.module}.procedure_{procedure}")
        with self.on(days) as day:
            case = self.by_lawyer(case)
            parent = parent and self.by_lawyer(parent)
            suit = case.env["cobranza.proceeding"]._begin(case, kind, parent)
            suit._file(day, court or parent.court_id, **numbers)
        return suit

    def take_part(self, suit, *people):
        """``people``: (partner, capacity)."""
        suit = self.by_lawyer(suit)
        suit.env["cobranza.proceeding.party"].create(
            [
                {"proceeding_id": suit.id, "partner_id": who.id, "capacity": capacity}
                for who, capacity in people
            ]
        )

    def proceed(self, suit, *steps):
        """It came to stages: (days ago, code of the stage, the way of the notice or
        None, what we had done before in the terms that ran)."""
        for days, code, way, did in steps:
            if did:
                self.keep_terms(suit, days, did)
            with self.on(days) as day:
                one = self.by_lawyer(suit)
                if way:
                    moment = self._morning(day)
                    one = one.with_context(cobranza_notice=(moment, way))
                stage = one._stages().filtered(lambda row, code=code: row.code == code)
                one._advance(stage, day)

    def _morning(self, day):
        zone = self.company._cobranza_tz()
        return to_utc(datetime.combine(day, TEN), zone)

    def keep_terms(self, suit, days, did):
        """What we had to do was done, so many days ago at the latest."""
        with self.on(days) as day:
            running = self.by_lawyer(suit).deadline_ids.filtered(
                lambda one: (
                    one.state == "open"
                    and one.who == "us"
                    and not one.elapses
                    and not one.enforces
                    and not one.term_id.alarm_days
                )
            )
            for one in running:
                one._end_done(min(one.due_on, day), did)

    def deadline(self, suit, name, number, days, **values):
        """A term that the court set and that runs since so many days ago."""
        suit = self.by_lawyer(suit)
        return suit.env["cobranza.deadline"].create(
            {
                "proceeding_id": suit.id,
                "name": name,
                "number": number,
                "unit": "court_day",
                "start_on": self.ago(days),
                "from_receipt": False,
                "user_id": self.user("lawyer").id,
                **values,
            }
        )

    def hearing(self, suit, kind, days, **values):
        """A hearing so many days ago, or to come, in the morning of a working day."""
        suit = self.by_lawyer(suit)
        rules = self.company._cobranza_rules()
        calendar = rules._calendar("court", suit.court_id.state_id, self.today)
        day = calendar.next_working(self.ago(days))
        lawyer = self.user("lawyer")
        return suit.env["cobranza.hearing"].create(
            {
                "proceeding_id": suit.id,
                "kind": kind,
                "starts_at": self._morning(day),
                "user_id": lawyer.id,
                "attendee_ids": lawyer.ids,
                **values,
            }
        )

    # -- judgment and enforcement ----------------------------------------------------

    def judge(self, suit, days, words, **values):
        """All that was claimed is granted, and the costs with it."""
        with self.on(days) as day:
            suit = self.by_lawyer(suit)
            judgment = suit.env["cobranza.judgment"].create(
                {
                    "case_id": suit.case_id.id,
                    "proceeding_id": suit.id,
                    "day": day,
                    "notified_on": day,
                    "costs_awarded": True,
                    "file_ids": self.paper(words, suit.display_name),
                    **values,
                }
            )
            judgment.action_grant_all()
            judgment.action_give()
        return judgment

    def become_firm(self, judgment, days):
        with self.on(days) as day:
            self.by_lawyer(judgment)._become_firm(day)

    def measure(self, suit, asset, asset_kind, value, *steps, **values):
        """An asset of the debtor; ``steps``: (step, days ago, reason or None)."""
        suit = self.by_lawyer(suit)
        measure = suit.env["cobranza.measure"].create(
            {
                "case_id": suit.case_id.id,
                "proceeding_id": suit.id,
                "asset": asset,
                "asset_kind": asset_kind,
                "value": value,
                **values,
            }
        )
        for step, days, reason in steps:
            with self.on(days) as day:
                self.by_lawyer(measure)._step(step, day, reason)
        return measure

    def realise(self, measure, document, amount, days, words):
        """What a measure brought, and the payment that the collector registered."""
        with self.on(days) as day:
            measure = self.by_lawyer(measure)
            money = measure.env["cobranza.realisation"].create(
                {
                    "case_id": measure.case_id.id,
                    "measure_id": measure.id,
                    "day": day,
                    "amount": amount,
                    "file_ids": self.paper(words, measure.display_name),
                }
            )
            money.action_done()
        self.pay([(self.documents[document], amount, day)])
        self.env["cobranza.realisation"]._name_payments(self.company)
        return money

    # -- money, mail, insolvency -----------------------------------------------------

    def spend(self, case, *rows, suit=None):
        """Costs of a case: (kind, state, days ago, what, sum with tax, tax)."""
        self.env["cobranza.cost"].create(
            [
                {
                    "debtor_id": case.debtor_id.id,
                    "case_id": case.id,
                    "proceeding_id": suit.id if suit else False,
                    "debt_ids": [Command.set(case.debt_ids.ids)],
                    "kind": kind,
                    "state": state,
                    "day": self.court_day(days),
                    "description": what,
                    "amount": amount,
                    "tax_amount": tax,
                    "budget": amount if state == "budget" else 0,
                    "attachment_ids": self.paper(what) if state != "budget" else [],
                }
                for kind, state, days, what, amount, tax in rows
            ]
        )

    def mail_to(self, case, sender, subject, words, file=None):
        """A mail to the address of a case, as it arrives."""
        from email.message import EmailMessage

        message = EmailMessage()
        message["From"], message["To"] = sender, case.mail_address
        message["Subject"] = subject
        message["Message-ID"] = f"<{case.id}.{len(subject)}@example.com>"
        message["Date"] = self._morning(self.ago(1))
        message.set_content(words)
        if file:
            content = self._page(file, [subject])
            kind = {"maintype": "application", "subtype": "pdf"}
            message.add_attachment(content, filename=f"{file}.pdf", **kind)
        self.env["cobranza.case.mail"]._receive(message.as_bytes())

    def claim_in_insolvency(self, case, published, recipient, **values):
        """What is owed is to be told since the opening was published so many days
        ago."""
        claims = self.env["cobranza.insolvency.claim"]
        claims._follow(self.company, self.today)
        claim = claims.search([("case_id", "=", case.id)])
        claim.write(
            {
                "published_on": self.ago(published),
                "recipient_id": recipient.id,
                **values,
            }
        )
        claim.action_refresh()
        claim._keep_tasks(self.today)
        return claim

    def next_week(self, weekday=2):
        """Days until a day of next week, negative as ``ago`` takes them."""
        monday = self.today + timedelta(days=7 - self.today.weekday())
        return (self.today - monday).days - weekday
