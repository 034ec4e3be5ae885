from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, groupby

from ..common.deletion import discard
from ..common.limits import Limiter
from ..common.money import to_decimal
from ..common.transaction import now

ZERO = Decimal(0)


class CobranzaContact(models.Model):
    """Planning: what the run decided becomes contacts with a slot.

    - Guarantors get contacts of their own: that of the first is the step of its debts,
      those of the others are copies of it, as are contacts that follow from another.
    - A contact that waits for a release takes up the steps that come after it, so that
      the debtor gets one letter however late it is released.
    - People plan extra contacts, which are the step of no level.
    """

    _inherit = "cobranza.contact"

    @api.model
    def _plan(self, specs):
        """Contacts for these decisions, in one go; a second call adds nothing.

        Each spec is a dict: debtor_id, company_id, currency_id, channel, level_id,
        text_purpose, automatic, run_id and lines, a list of (debt, level record, level,
        episode, open amount, credit). Optional: step_id, user_id, and other values of
        the contact by name.
        """
        planned = self.browse()
        for company_id, group in groupby(specs, lambda spec: spec["company_id"]):
            company = self.env["res.company"].browse(company_id)
            planned |= self.with_company(company)._plan_company(company, group)
        return planned

    def _plan_company(self, company, specs):
        ids = {spec["debtor_id"] for spec in specs}
        debtors = self.env["cobranza.debtor"].browse(sorted(ids))
        limiter = Limiter(company, debtors)
        specs = self._spread(company, specs)
        specs, grown = self._join_waiting(company, limiter, specs)
        contacts = self._through_gate().create(
            [self._prepare_plan_vals(company, limiter, spec) for spec in specs]
        )
        contacts = contacts.with_env(self.env)
        contacts = contacts._insert_lines(company, specs)
        contacts._reroute()
        contacts._wake_sender()
        contacts |= grown
        contacts._note_missing_data()
        return contacts

    def _prepare_plan_vals(self, company, limiter, spec):
        debtor_id = spec["debtor_id"]
        slot, waiting, note = limiter.slot(debtor_id, spec["channel"], limiter.now)
        automatic = self._is_free(limiter, spec)
        released = company.cobranza_mode == "automatic" and automatic
        if not released:
            proposal = company.cobranza_mode == "proposal"
            waiting = "proposal" if proposal else "not_automatic"
        lines = (*spec["lines"], *spec.get("copied", ()))
        amounts = [(to_decimal(line[4]), to_decimal(line[5])) for line in lines]
        model = self.env[f"cobranza.channel.{spec['channel']}"]
        return {
            "company_id": company.id,
            "debtor_id": debtor_id,
            "currency_id": spec["currency_id"],
            "channel": spec["channel"],
            # else Odoo makes a record beside each, to compute it on
            "channel_class": model._class_kind,
            "automatic": automatic,
            "released": released,
            "released_on": limiter.now if released else False,
            "waiting": waiting,
            "waiting_note": note,
            "planned_at": slot,
            "state": "planned",
            **self._plan_amounts(amounts),
            **self._plan_words(spec),
            **self._plan_recipient(limiter.debtors[debtor_id], spec),
            "run_id": spec.get("run_id"),
            "step_id": spec.get("step_id"),
            "user_id": spec.get("user_id"),
            **spec.get("values", {}),
        }

    def _is_free(self, limiter, spec):
        """Whether the level and the country let this be sent without a release. Tasks
        are always free of the country's condition: a user does them."""
        model = self.env[f"cobranza.channel.{spec['channel']}"]
        by_person = not model._is_automatic
        free = by_person or limiter.may_be_automatic(spec["debtor_id"])
        return bool(spec["automatic"]) and free

    def _plan_words(self, spec):
        model = self.env[f"cobranza.channel.{spec['channel']}"]
        purpose = spec["text_purpose"] or model._default_purpose
        return {"level_id": spec["level_id"], "text_purpose": purpose}

    @staticmethod
    def _plan_amounts(amounts):
        """{field: value} of the net claim and the netted credit of [(open amount,
        credit)]."""
        return {
            "amount": float(sum((amount - credit for amount, credit in amounts), ZERO)),
            "amount_credit": float(sum((credit for _amount, credit in amounts), ZERO)),
        }

    def _plan_recipient(self, debtor, spec):
        model = self.env[f"cobranza.channel.{spec['channel']}"]
        level = self.env["cobranza.policy.level"].browse(spec["level_id"])
        recipient = debtor._recipient(level._recipient_role())
        return {
            "recipient_id": recipient.id,
            "address": model._address(recipient) or False,
        }

    def _insert_steps(self, company, lines):
        """Insert the steps of each contact; what another run inserted first is not
        claimed twice, a contact left without steps disappears, the others come back."""
        rows = [
            (contact.id, debt, level_id, level, episode, amount, credit)
            for contact, steps in zip(self, lines, strict=True)
            for debt, level_id, level, episode, amount, credit in steps
        ]
        inserted = self.env["cobranza.contact.line"]._bulk_insert_lines(company, rows)
        found = defaultdict(list)
        for contact_id, amount, credit in inserted:
            found[contact_id].append((amount, credit))
        for contact, steps in zip(self, lines, strict=True):
            if len(found[contact.id]) == len(steps):
                continue
            amounts = [(to_decimal(a), to_decimal(b)) for a, b in found[contact.id]]
            contact._through_gate().write(self._plan_amounts(amounts))
        empty = self.filtered(lambda contact: not found[contact.id])
        kept = self - empty
        if empty:
            discard(empty._through_gate())
        return kept

    def _note_missing_data(self):
        """Show on planned contacts which data are missing."""
        for contact_id, note in self._missing().items():
            contact = self.browse(contact_id)
            waiting = contact.waiting or "missing_data"
            contact._through_gate().write({"waiting": waiting, "waiting_note": note})

    def _ask_slot(self):
        """Plan these contacts for their next permitted moment from now on."""
        for company, contacts in self.grouped("company_id").items():
            limiter = Limiter(company, contacts.debtor_id)
            for contact in contacts:
                contact._take_slot(limiter)
        self._wake_sender()

    def _take_slot(self, limiter):
        slot, waiting, note = limiter.slot(
            self.debtor_id.id, self.channel, limiter.now, self.id
        )
        values = {"planned_at": slot}
        if self.released:
            values |= {"waiting": waiting, "waiting_note": note}
        self._through_gate().write(values)

    def _wake_sender(self):
        """The sending cron wakes up when the first of each slot falls due."""
        moment = now(self.env)
        slots = {max(one.planned_at, moment) for one in self if one.planned_at}
        if slots:
            name = "cobranza_legal.ir_cron_send"
            cron = self.env["ir.model.data"]._xmlid_to_res_id(name)
            # whoever plans or releases may not touch crons
            self.env["ir.cron"].sudo().browse(cron)._trigger(sorted(slots))

    # -- what payments change ------------------------------------------------------

    def _recompute(self):
        """Read the claims of these planned contacts again; gives back those that still
        claim something, cancels the others.

        Called under the lock of their debtors. Contacts without debts are left alone.
        """
        claiming = self.filtered("line_ids")
        claims = {}
        for company, contacts in claiming.grouped("company_id").items():
            today = company._cobranza_today()
            claims |= contacts.line_ids.debt_id._claimable(today)
        gone, changed = claiming.line_ids.browse(), self.browse()
        for line in claiming.line_ids:
            if line.debt_id.id not in claims:
                gone |= line
                continue
            claim = claims[line.debt_id.id]
            amount, credit = float(claim.open), float(claim.credit)
            if (line.amount, line.amount_credit) != (amount, credit):
                changed |= line.contact_id
                line._through_gate().write({"amount": amount, "amount_credit": credit})
        empty = claiming.filtered(lambda contact: contact._is_unclaimable(claims))
        kept = claiming - empty
        gone.filtered("is_step").debt_id._drop_step()
        ((changed | gone.contact_id) & kept)._thaw()
        # nobody has the right to delete lines; these never left
        discard((gone & kept.line_ids).sudo()._through_gate())
        for contact in kept:
            contact._sum_lines()
        empty._set_state("cancelled", self.env._("Nothing left to claim"))
        return self - empty

    def _is_unclaimable(self, claims):
        """Whether this contact is about debts of which nothing is left to claim, by
        ``claims``, those of ``_claimable``."""
        debts = self.line_ids.debt_id
        found = [claims[debt.id] for debt in debts if debt.id in claims]
        return bool(debts) and not any(claim.left > 0 for claim in found)

    def _thaw(self):
        """What was printed is no longer so: it has to be printed again. The event keeps
        the paper."""
        names = ("content_hash", "text_id", "subject", "body", "courtesy")
        names += ("attachment_id",)
        printed = self.filtered("content_hash")
        printed._through_gate().write(dict.fromkeys(names, False))

    def _sum_lines(self):
        credit = sum(self.line_ids.mapped("amount_credit"))
        amount = self.currency_id.round(sum(self.line_ids.mapped("amount")) - credit)
        if (self.amount, self.amount_credit) != (amount, credit):
            self._through_gate().write({"amount": amount, "amount_credit": credit})

    @api.model
    def _cancel_settled(self, debts):
        """Cancel the contacts that claim only settled or void debts, in this
        transaction; gives them back."""
        self.flush_model(["state"])
        states = ("draft", "planned", "failed")
        domain = [("debt_id", "in", debts.ids), ("contact_id.state", "in", states)]
        # payments are posted by people who may not read contacts
        lines = self.env["cobranza.contact.line"].sudo().search(domain)
        contacts = lines.contact_id
        over = contacts.filtered(
            lambda contact: all(
                debt.settled or debt.void_reason for debt in contact.line_ids.debt_id
            )
        )
        steps = over.line_ids.filtered("is_step")
        over._set_state("cancelled", self.env._("Settled"))
        steps.debt_id._drop_step()
        return over

    def _spread(self, company, specs):
        """One spec for each guarantor of those whose level writes to guarantors."""
        spread = []
        levels = self.env["cobranza.policy.level"]
        levels = levels.browse(
            {spec["level_id"] for spec in specs if spec["level_id"]}
        ).grouped("id")
        # read together, not one by one
        debtors = self.env["cobranza.debtor"]
        debtors = debtors.browse({spec["debtor_id"] for spec in specs}).grouped("id")
        debts = self.env["cobranza.debt"]
        debts = debts.browse({line[0] for spec in specs for line in spec["lines"]})
        debts = debts.grouped("id")
        for spec in specs:
            level = levels.get(spec["level_id"]) or self.level_id.browse()
            if level._recipient_role() != "guarantor" or spec.get("values"):
                spread.append(spec)
            else:
                told = [debts[line[0]] for line in spec["lines"]]
                debtor = debtors[spec["debtor_id"]]
                spread += self._spread_to_guarantors(spec, debtor, told)
        return spread

    def _spread_to_guarantors(self, spec, debtor, debts):
        """Specs of what each guarantor is told: the debts that it answers for, and no
        others. The first who answers for a debt has its step (``lines``), the others
        repeat it (``copied``). What nobody answers for waits for somebody."""
        model = self.env[f"cobranza.channel.{spec['channel']}"]
        answering = {debt.id: debtor._guarantors(debt) for debt in debts}
        plan = [
            (person, [line for line in spec["lines"] if person in answering[line[0]]])
            for person in debtor._guarantors()
        ]
        nobody = [line for line in spec["lines"] if not answering[line[0]]]
        plan.append((self.env["res.partner"], nobody))
        specs, steps = [], {}  # {debt id: the spec that has its step}
        for person, lines in plan:
            own = [line for line in lines if line[0] not in steps]
            if not lines:
                continue
            one = {
                **spec,
                "values": {
                    "recipient_id": person.id,
                    "recipient_chosen": bool(person),
                    "address": model._address(person) or False,
                },
                "lines": own or lines,
                "copied": [line for line in lines if line not in own] if own else [],
                "copy_of": None if own else steps[lines[0][0]],
            }
            steps |= {line[0]: one for line in own}
            specs.append(one)
        return specs

    def _insert_lines(self, company, specs):
        """The steps of these new contacts, and what copies repeat of theirs. A copy
        whose step another run made first disappears with it."""
        pairs = list(zip(self, specs, strict=True))
        steps = [pair for pair in pairs if not self._is_copy(pair[1])]
        made = self.browse([contact.id for contact, _spec in steps])
        kept = made._insert_steps(company, [spec["lines"] for _contact, spec in steps])
        origin = {id(spec): contact for contact, spec in steps if contact in kept}
        gone, rows = self.browse(), []
        for contact, spec in pairs:
            if not self._is_copy(spec):
                if contact in kept:
                    own = spec.get("copied", ())
                    rows += [self._copied_line(contact, line) for line in own]
                continue
            step = self.browse(spec.get("step_id")) or origin.get(
                id(spec.get("copy_of"))
            )
            if not step:
                gone |= contact
                continue
            contact._through_gate().step_id = step
            kept |= contact
            rows += [self._copied_line(contact, line) for line in spec["lines"]]
        # nobody has the right to write lines
        self.env["cobranza.contact.line"].sudo().with_context(
            **self._through_gate().env.context
        ).create(rows)
        for contact, spec in pairs:
            if spec.get("copied") and contact in kept:
                contact._sum_lines()
        discard(gone._through_gate())
        return kept

    @staticmethod
    def _is_copy(spec):
        return bool(spec.get("step_id") or spec.get("copy_of"))

    @staticmethod
    def _copied_line(contact, line):
        debt, level_id, level, episode, amount, credit = line
        return {
            "contact_id": contact.id,
            "debt_id": debt,
            "level_id": level_id,
            "level": level,
            "episode": episode,
            "amount": float(amount),
            "amount_credit": float(credit),
            "is_step": False,
        }

    def _lang(self):
        """Code of the language of what is written: the debtor's; a guarantor's own."""
        own = self.level_id._recipient_role() == "guarantor"
        lang = own and self._current_recipient().lang
        return lang or self.debtor_id._lang()

    def _join_waiting(self, company, limiter, specs):
        """(specs that need a contact of their own, contacts that took up the others).
        What is sent without a release joins no contact that waits for one."""
        automatic = company.cobranza_mode == "automatic"
        held = {
            id(one) for one in specs if not (automatic and self._is_free(limiter, one))
        }
        waiting = self._read_waiting(company, limiter.debtors) if held else {}
        if not waiting:
            return specs, self.browse()
        rest, joining = [], []
        for spec in specs:
            contact = waiting.get(self._join_key(spec))
            own = spec.get("step_id") or spec.get("values")
            if contact and id(spec) in held and not own:
                joining.append((contact, spec))
            else:
                rest.append(spec)
        return rest, self._join(company, limiter, joining)

    def _join_key(self, spec):
        level = self.env["cobranza.policy.level"].browse(spec["level_id"])
        place = (spec["debtor_id"], spec["currency_id"], spec["channel"])
        return level._letter_key(*place)

    @api.model
    def _read_waiting(self, company, debtor_ids):
        """{letter key: id of the first contact that waits for its release}: neither
        printed nor handed out as a task, no copy and to no guarantor. One query."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT level_id, debtor_id, currency_id, channel, min(id)
                     FROM cobranza_contact
                    WHERE company_id = %s AND debtor_id = ANY(%s)
                      AND state = 'planned' AND released IS NOT TRUE
                      AND task_raised IS NOT TRUE AND content_hash IS NULL
                      AND step_id IS NULL AND level_id IS NOT NULL
                    GROUP BY level_id, debtor_id, currency_id, channel
                    ORDER BY min(id)""",
                company.id,
                list(debtor_ids),
            )
        )
        # sudo: levels of every company that shares them
        levels = self.env["cobranza.policy.level"].sudo()
        levels = levels.browse(dict.fromkeys(row[0] for row in rows))
        open_levels = levels.filtered(
            lambda level: level._recipient_role() != "guarantor"
        )
        found = {}
        for level_id, *place, contact in rows:
            level = levels.browse(level_id)
            if level in open_levels:
                found.setdefault(level._letter_key(*place), contact)
        return found

    def _join(self, company, limiter, joining):
        """Add the steps of [(contact id, spec)]; gives back the contacts that grew. The
        highest level gives the text, and each debt has its newest step."""
        rows = [(one, *step) for one, spec in joining for step in spec["lines"]]
        lines = self.env["cobranza.contact.line"]
        inserted = lines._bulk_insert_lines(company, rows)
        grown = self.browse(dict.fromkeys(row[0] for row in inserted))
        older = lines.browse()
        for contact in grown:
            for steps in contact.line_ids.grouped("debt_id").values():
                older |= steps.sorted("id")[:-1]
        # nobody has the right to delete lines; these never left
        discard(older.sudo()._through_gate())
        together = {one.id: one for one in grown}  # read as one batch
        for contact, spec in joining:
            if contact in together:
                together[contact]._raise_level(limiter, spec)
        for contact in grown:
            contact._sum_lines()
        return grown

    def _raise_level(self, limiter, spec):
        """The higher of two levels gives the text, the recipient and whether it may
        leave by itself."""
        level = self.level_id.browse(spec["level_id"])
        if level.days <= self.level_id.days:
            return
        values = {
            **self._plan_words(spec),
            "automatic": self._is_free(limiter, spec),
        }
        if not self.recipient_chosen:
            values |= self._plan_recipient(limiter.debtors[self.debtor_id.id], spec)
        self._through_gate().write(values)

    @api.model
    def _plan_extra(self, debtor, channel):
        """A contact about all that ``debtor`` may be claimed in one currency, with the
        text of its highest level. UserError when there is nothing to claim."""
        reached = debtor.debt_ids.filtered("level_id")
        claims = reached._claimable()
        debts = reached.filtered(lambda debt: debt.id in claims)
        if not debts:
            raise UserError(
                self.env._(
                    "Nothing may be claimed of %s at this moment.", debtor.display_name
                )
            )
        highest = max(debts, key=lambda debt: (debt.level, debt.id))
        debts = debts.filtered(lambda debt: debt.currency_id == highest.currency_id)
        level = highest.level_id
        model = self.env[f"cobranza.channel.{channel}"]
        kind = self.env[f"cobranza.channel.{level.channel}"]._class_kind
        alike = kind == model._class_kind and level.text_purpose
        values = {
            "level_id": level.id,
            "text_purpose": alike or model._default_purpose,
            "planned_at": fields.Datetime.now(),
            "waiting": "not_automatic",
        }
        return self._create_extra(debtor, channel, debts, claims, values)

    def _plan_again(self, asked):
        """The same contact once more, at the first permitted moment from ``asked`` on;
        nothing if there is nothing left to claim."""
        self.ensure_one()
        debts = self.line_ids.debt_id
        claims = debts._claimable()
        debts = debts.filtered(lambda debt: debt.id in claims)
        if not debts:
            return self.browse()
        limiter = Limiter(self.company_id, self.debtor_id)
        slot, waiting, note = limiter.slot(self.debtor_id.id, self.channel, asked)
        values = {
            "level_id": self.level_id.id,
            "text_purpose": self.text_purpose,
            "step_id": (self.step_id or self).id,
            "recipient_id": self.recipient_id.id,
            "recipient_chosen": self.recipient_chosen,
            "planned_at": slot,
            "waiting": waiting,
            "waiting_note": note,
            "user_id": self.env.uid,
            "released": True,
            "released_by_id": self.env.uid,
            "released_on": limiter.now,
        }
        again = self._create_extra(self.debtor_id, self.channel, debts, claims, values)
        again._wake_sender()
        return again

    @api.model
    def _create_extra(self, debtor, channel, debts, claims, values):
        """Its lines claim, but are the step of no level."""
        amounts = self._plan_amounts([claims[debt.id][:2] for debt in debts])
        spec = {"channel": channel, "level_id": values["level_id"]}
        contact = self._through_gate().create(
            {
                "company_id": debtor.company_id.id,
                "debtor_id": debtor.id,
                "currency_id": debts[:1].currency_id.id,
                "channel": channel,
                "state": "planned",
                **self._plan_recipient(debtor, spec),
                **amounts,
                **values,
            }
        )
        lines = self.env["cobranza.contact.line"]._through_gate()
        lines.create(
            [
                {
                    "contact_id": contact.id,
                    "debt_id": debt.id,
                    "level_id": debt.level_id.id,
                    "level": debt.level,
                    "episode": debt.episode,
                    "amount": float(claims[debt.id].open),
                    "amount_credit": float(claims[debt.id].credit),
                    "is_step": False,
                }
                for debt in debts
            ]
        )
        return contact.with_env(self.env)

    def _plan_statement(self, debtor):
        """A contact that carries the debtor's statement; it claims nothing."""
        return self._plan_letter(debtor, "statement")

    @api.model
    def _plan_letter(self, debtor, purpose, **values):
        """An e-mail to the debtor with the text of a purpose; it claims nothing.
        ``values``: what else is known of it."""
        vals = self._letter_vals(debtor, purpose, **values)
        return self._through_gate().create(vals).with_env(self.env)

    @api.model
    def _letter_vals(self, debtor, purpose, **values):
        """What ``_plan_letter`` writes."""
        channel = self.env["cobranza.channel.email"]
        lawyer = debtor.represented_on and debtor.representative_id
        recipient = lawyer or debtor._recipient()
        return {
            "company_id": debtor.company_id.id,
            "debtor_id": debtor.id,
            "currency_id": debtor.currency_id.id,
            "channel": "email",
            "text_purpose": purpose,
            "state": "planned",
            "planned_at": fields.Datetime.now(),
            "recipient_id": recipient.id,
            "recipient_chosen": bool(lawyer),
            "address": channel._address(recipient) or False,
            "user_id": self.env.uid,
            **values,
        }
