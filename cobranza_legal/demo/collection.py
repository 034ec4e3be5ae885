"""What collecting has left behind in a demo: levels, contacts, promises, disputes…"""

from datetime import datetime, time, timedelta

import pytz

from odoo import Command

ELEVEN = time(11)
ANSWERS = ("no_answer", "answered")
WEEK = timedelta(days=7)


class Collection:
    migrated = 20
    """Debts so many days late come from another system, at a level and with the
    contacts that were made there."""
    forgotten = 900
    """Debts so many days late were never followed by anybody."""
    history_note = ""
    """What a contact says that was made in the former system."""

    def open_debts(self):
        """Debts of everybody, most of the old ones at the level of their age, some one
        level behind, so that the first run has something to do."""
        debts = self.env["cobranza.debt"]._open_lines(self._due_items())
        debts = debts.sorted(lambda debt: (debt.original_due_date, debt.id))
        self.last_contact = {}
        ages = range(self.migrated, self.forgotten)
        old = [debt for debt in debts if debt.days_late in ages]
        for number, debt in enumerate(old):
            self._migrate(debt, behind=number % 2)

    def _due_items(self):
        accounts = self.company._cobranza_followed_accounts()
        return self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("account_id", "in", accounts.ids),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", ">", 0),
                ("date_maturity", "<=", self.today),
                ("no_followup", "=", False),
                ("journal_id.type", "in", ("sale", "general")),
            ]
        )

    def _migrate(self, debt, behind):
        policy, reason = debt._policy_of_line(self.company, debt.move_line_id)
        reached = policy.level_ids.filtered(lambda level: level.days <= debt.days_late)
        reached = reached.sorted("number")
        reached = reached[: len(reached) - behind]
        if not reached:
            return
        for level in reached:
            self._contact(debt, level)
        since = min(self._day_of(debt, reached[-1]), self.ago(1))
        debt._put_at_level(debt.move_line_id, policy, reason, reached[-1], since)

    def _day_of(self, debt, level):
        """The working day on which the act of a level was done."""
        return self._working_day(debt, debt.date_maturity + timedelta(days=level.days))

    def _working_day(self, debt, day):
        rules = self.company._cobranza_rules()
        calendar = rules._calendar("contact", debt.partner_id.state_id, self.today)
        return calendar.next_working(day)

    def _contact(self, debt, level):
        """Write down the act of a level, unless it was a task or the debtor had another
        contact within a week."""
        day = self._day_of(debt, level)
        last = self.last_contact.get(debt.debtor_id)
        too_soon = last and abs(day - last) < WEEK
        if level.channel == "manual" or too_soon or day >= self.today:
            return
        self.last_contact[debt.debtor_id] = day
        moment = self._utc(debt.debtor_id, day)
        contact = self._log(
            debt,
            moment,
            channel=level.channel,
            level_id=level.id,
            text_purpose=level.text_purpose,
            amount=debt.original_amount,
        )
        row = (contact.id, debt.id, level.id, level.number, debt.episode)
        amounts = (debt.amount_residual_currency, 0)
        lines = self.env["cobranza.contact.line"]
        lines._bulk_insert_lines(self.company, [(*row, *amounts)])
        self._add_events(contact, moment)

    def _add_events(self, contact, moment):
        source = contact.user_id.name
        if contact.channel == "email":
            contact._add_events("accepted", source, moment)
        elif contact.channel == "call":
            outcome = ANSWERS[contact.id % len(ANSWERS)]
            contact._through_gate().outcome = outcome
            contact._add_events(outcome, source, moment)
        else:
            self.deliver_letter(contact, moment)

    def _log(self, debt, moment, **values):
        return self.env["cobranza.contact"]._log(
            {
                "debtor_id": debt.debtor_id.id,
                "currency_id": debt.currency_id.id,
                "sent_at": moment,
                "planned_at": moment,
                "user_id": self.user("collector").id,
                "outcome_note": self.history_note,
                **values,
            }
        )

    def _utc(self, debtor, day):
        zone = pytz.timezone(debtor._tz())
        local = zone.localize(datetime.combine(day, ELEVEN))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    # -- verbs of the special cases --------------------------------------------------

    def debtor(self, customer):
        runs = self.env["cobranza.run"]
        return runs._ensure_debtors(self.company, self.customers[customer])

    def debt(self, document, instalment=1):
        debts = self.documents[document].cobranza_debt_ids
        return debts.filtered(lambda debt: debt.instalment_no == instalment)

    def dispute(self, document, reason, description, answer, amount=None, via="email"):
        debt = self.debt(document)
        return self.env["cobranza.dispute"].create(
            {
                "debtor_id": debt.debtor_id.id,
                "debt_id": debt.id,
                "whole": amount is None,
                "amount": amount,
                "reason": reason,
                "description": description,
                "via": via,
                "answer_on": self.ago(-answer),
                "user_id": self.user("collector").id,
            }
        )

    def hold(self, customer, reason, note, until, documents=()):
        debts = [self.debt(document).id for document in documents]
        return self.env["cobranza.hold"].create(
            {
                "debtor_id": self.debtor(customer).id,
                "debt_ids": [Command.set(debts)],
                "reason": reason,
                "note": note,
                "date_from": self.ago(2),
                "date_to": self.ago(-until),
                "user_id": self.user("collector").id,
            }
        )

    def agreement(self, customer, asked, count, grounds, signed=None, **terms):
        """What a customer asked for ``asked`` days ago, about all that is due: in
        ``count`` instalments, a month apart. ``signed``: days ago; None: it waits for
        an answer."""
        debtor = self.debtor(customer)
        debts = debtor.debt_ids.filtered(lambda debt: not debt.settled)
        day = self.ago(asked)
        agreement = self.env["cobranza.agreement"].create(
            {
                "debtor_id": debtor.id,
                "debt_ids": [Command.set(debts.ids)],
                "requested_on": day,
                "requested_by": "office",
                "grounds": grounds,
                "first_on": day + timedelta(days=30),
                "count": count,
                "user_id": self.user("collector").id,
                "file_ids": [
                    Command.create({"name": f"{customer}.txt", "raw": grounds.encode()})
                ],
                **terms,
            }
        )
        agreement.action_request()
        if signed is not None:
            if agreement.state == "requested":
                agreement.approval_ids.sudo()._set_state("approved")
                agreement._set_state("approved")
            agreement.action_offer()
            agreement._through_gate().offered_on = self.ago(signed)
            agreement._sign(self.ago(signed), "hand")
        return agreement

    def suspension(self, customer, told, services, channel):
        """Services that a customer gets no more until it pays what is late: announced
        ``told`` days ago, in force if the notice was received and its term is over."""
        debtor = self.debtor(customer)
        late = debtor.debt_ids.filtered(lambda debt: debt.days_late)
        suspension = self.env["cobranza.suspension"].create(
            {
                "debtor_id": debtor.id,
                "debt_ids": [Command.set(late.ids)],
                "services": services,
                "essential": "no",
                "channel": channel,
                "user_id": self.user("collector").id,
            }
        )
        moment = self._utc(debtor, self.ago(told))
        notice = self._log(
            late[0],
            moment,
            channel=channel,
            text_purpose="suspension_notice",
            suspension_id=suspension.id,
        )
        self._add_events(notice, moment)
        suspension._through_gate().notice_contact_id = notice
        suspension._noticed(notice)
        suspension._judge(self.company, self.today)
        return suspension

    def promise(self, document, made, due, note, amount=None):
        """Made ``made`` days ago for a day ``due`` days ago (negative: to come), with
        the call in which the debtor promised. Judged if its day is over."""
        debt = self.debt(document)
        moment = self._utc(debt.debtor_id, self.ago(made))
        call = self._log(
            debt,
            moment,
            channel="call",
            direction="inbound",
            outcome="will_pay",
            outcome_note=note,
        )
        promise = self.env["cobranza.promise"].create(
            {
                "debtor_id": debt.debtor_id.id,
                "debt_ids": [Command.set(debt.ids)],
                "amount": amount or debt.amount_residual_currency,
                "made_on": self.ago(made),
                "promised_on": self.ago(due),
                "contact_id": call.id,
                "note": note,
                "user_id": self.user("collector").id,
            }
        )
        return promise

    def ask_waiver(self, document, kind, reason):
        """The collector asks to waive the charges of a kind on a document."""
        charges, _refused = self.env["cobranza.charge"]._assess(
            self.debt(document), self.today
        )
        collector = self.user("collector")
        asked = charges.filtered(lambda charge: charge.kind == kind)
        asked.with_user(collector)._waive(reason)

    def judge_promises(self):
        """As the daily upkeep does."""
        promises = self.env["cobranza.promise"]
        promises._upkeep_due(self.company, self.today, 100)._upkeep(self.today)

    def cede(self, document, customer, days):
        to = self.customers[customer]
        self.debt(document).sudo().write(
            {"ceded_on": self.ago(days), "ceded_to_id": to.id}
        )

    def hand_over(self, *customers):
        """The lawyer studies the debts of these debtors; the cases, in their order."""
        group = self.env.ref("cobranza_legal.group_legal_cases")
        self.env.ref("base.group_user").implied_ids = [Command.link(group.id)]
        cases = self.env["cobranza.case"]
        for customer in customers:
            case = self.debtor(customer)._hand_over()
            case.user_id = self.user("collector")
            case._hand_over_to(self.user("lawyer"), self.env["res.partner"])
            cases |= case
        return cases

    def take_case(self, case, *acts):
        """The lawyer takes it; ``acts``: (kind, what was done)."""
        lawyer = self.user("lawyer")
        case.with_user(lawyer).action_open()
        day = self.company._cobranza_today()
        self.env["cobranza.case.act"].with_user(lawyer).create(
            [
                {"case_id": case.id, "kind": kind, "day": day, "summary": words}
                for kind, words in acts
            ]
        )

    def negotiated(self, case, form, days, certificate, said):
        """It was tried to agree about the debts of a case before a lawsuit: who
        conducted it certified its end so many days ago; ``said`` is confidential."""
        file = self.env["ir.attachment"].create(
            {
                "name": f"{certificate}.pdf",
                "raw": self._page(certificate, [case.partner_id.name]),
                "mimetype": "application/pdf",
            }
        )
        negotiation = self.env["cobranza.negotiation"].create(
            {
                "debtor_id": case.debtor_id.id,
                "debt_ids": [Command.set(case.debt_ids.ids)],
                "form": form,
                "user_id": self.user("lawyer").id,
                "party_ids": [Command.create({"partner_id": case.partner_id.id})],
                "meeting_on": self.court_day(days + 10),
                "ended_on": self.court_day(days),
                "file_ids": [Command.set(file.ids)],
            }
        )
        call = self._log(
            case.debt_ids[:1],
            self._utc(case.debtor_id, self.court_day(days + 10)),
            channel="call",
            direction="inbound",
            confidential=True,
            outcome_note=said,
        )
        negotiation._keep(call)
        negotiation.action_ended()

    def inform_terms(self, customers, name, days=900):
        """The terms were told at contracting, with the signed file."""
        for customer in customers:
            file = self.env["ir.attachment"].create(
                {"name": name, "raw": name.encode(), "mimetype": "text/plain"}
            )
            debtor = self.debtor(customer)
            debtor.write(
                {
                    "terms_informed_on": self.ago(days),
                    "terms_file_ids": [Command.set(file.ids)],
                }
            )
            file.write({"res_model": debtor._name, "res_id": debtor.id})
