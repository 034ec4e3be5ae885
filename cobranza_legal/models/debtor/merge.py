"""Two debtors that turn out to be one: what each of them brings."""

from typing import NamedTuple

from markupsafe import Markup

from ..common.deletion import discard
from ..common.transaction import now

OWN = ("company_id", "partner_id", "next_level_id", "next_act_on", "review_on")
"""Fields that are the target's, or that the next run writes again."""


LINK = ("portal_token", "portal_key", "portal_until", "access_token")
"""Fields of the link of the page: the link of the other goes on beside it."""


PROTECTION = ("unknown", "consumer", "small_business", "public", "company")
"""The regimes, that which protects most first."""


class Terms(NamedTuple):
    """Terms that were agreed together: ``lead`` says what was agreed, empty for
    nothing; ``more`` are the figures that belong to it. ``burden`` names the method of
    the debtor that gives what they cost it, comparable with that of another debtor."""

    lead: str
    more: tuple[str, ...]
    burden: str


class DebtorMerge:
    """Make ``source`` part of ``target``, by Odoo's own methods.

    Records, files, messages and followers follow. Links of the page that were sent go
    on working. Of what both know the strict one holds: situations from the earlier day,
    the regime that protects more, the terms that cost less, the later day on which
    terms were told; what only one knows is taken over. What differed is written down,
    and a person is asked to look at it.
    """

    def __init__(self, source, target):
        source.ensure_one()
        target.ensure_one()
        self.source, self.target = source, target
        self.env = target.env
        self.differences = []
        self.wide = target.env["cobranza.obligor"]

    def merge(self):
        self.env.flush_all()
        values = self._values()
        links = self._links()
        self._close_doubles()
        wide = self._wide_obligors()
        self._move()
        target = self.target
        target.write(values)
        self._join_obligors(wide)
        # sudo: nobody reads or writes links
        self.env["cobranza.portal.link"].sudo().create(links)
        target.debt_ids.write({"partner_id": target.partner_id.id})
        target._redecide_later()
        self._tell()
        discard(self.source.message_follower_ids)
        discard(self.source)

    # -- values ------------------------------------------------------------------------

    def _values(self):
        """{field: value} that the target takes over."""
        values = {**self._regime(), **self._situations(), **self._terms()}
        done = {*OWN, *LINK, *self._grouped(), "regime", "regime_stated", "active"}
        done |= set(self.env["cobranza.decision.reason"]._situations())
        for name, field in self.target._fields.items():
            plain = field.store and field.name not in done and not field.compute
            if plain and field.type in ("char", "date", "many2one", "selection"):
                values |= self._plain(name, field)
        if self.source.costs_agreed and not self.target.costs_agreed:
            values["costs_agreed"] = True
            self._differ("costs_agreed")
        if self.source.active and not self.target.active:
            values["active"] = True
            self._differ("active")
        return values

    def _plain(self, name, field):
        """What only the source knows; of two days on which terms were told the later,
        of two days on which we look again the earlier."""
        mine, theirs = self.target[name], self.source[name]
        if not theirs or mine == theirs:
            return {}
        if not mine:
            return {name: theirs.id if field.type == "many2one" else theirs}
        if name == "log_check_on":
            return {name: min(mine, theirs)}
        if not field.readonly:
            self._differ(name)
        return {name: max(mine, theirs)} if name == "terms_informed_on" else {}

    def _regime(self):
        """A regime that was stated by hand for either; of two the one that protects
        more."""
        source, target = self.source, self.target
        if source.regime != target.regime:
            self._differ("regime")
        if not source.regime_stated:
            return {}
        stated = [source.regime]
        stated += [target.regime] if target.regime_stated else []
        regime = min(stated, key=PROTECTION.index)
        return {"regime": regime, "regime_stated": True}

    def _situations(self):
        values = {}
        for name in self.env["cobranza.decision.reason"]._situations():
            days = [day for day in (self.source[name], self.target[name]) if day]
            if self.source[name] and min(days) != self.target[name]:
                values[name] = min(days)
        return values

    def _grouped(self):
        groups = self.target._agreed_terms
        return {name for group in groups for name in (group.lead, *group.more)}

    def _terms(self):
        """The terms of one of both, never a mixture: those that cost the debtor less;
        the source's where the target has agreed nothing."""
        values = {}
        for group in self.target._agreed_terms:
            mine, theirs = self.target[group.lead], self.source[group.lead]
            names = (group.lead, *group.more)
            same = all(self.target[name] == self.source[name] for name in names)
            if not theirs or same:
                continue
            if mine:
                for name in names:
                    if self.target[name] != self.source[name]:
                        self._differ(name)
                cost = getattr(self.source, group.burden)()
                if cost >= getattr(self.target, group.burden)():
                    continue
            values |= {name: self.source[name] for name in names}
        return values

    # -- records -----------------------------------------------------------------------

    def _links(self):
        """Rows of ``cobranza.portal.link`` for the open link of the source and for its
        number, by which portal users open the page."""
        source = self.source.sudo()  # sudo: nobody reads tokens
        link = {"debtor_id": self.target.id, "former_id": source.id}
        today = source.company_id._cobranza_today()
        if source.portal_key and source.portal_until >= today:
            link |= {"key": source.portal_key, "until": source.portal_until}
        return [link]

    def _close_doubles(self):
        """What may wait only once for each debtor waits for the target: a proposal to
        erase, and the request for an approval."""
        reason = self.env._("Merged with %s", self.target.display_name)
        both = ("debtor_id", "in", (self.source | self.target).ids)
        waiting = [both, ("state", "in", ("proposed", "approved"))]
        erasures = self.env["cobranza.erasure"].sudo().search(waiting)
        for same in erasures.grouped("request_id").values():
            if len(same.debtor_id) > 1:
                moved = same.filtered(lambda one: one.debtor_id == self.source)
                moved._through_gate().write({"state": "refused", "note": reason})
        self.env["cobranza.leave"]._end("no_policy", self.source)
        domain = [
            ("res_model", "=", self.source._name),
            ("res_id", "in", (self.source | self.target).ids),
            ("state", "=", "asked"),
        ]
        approvals = self.env["cobranza.approval"].sudo().search(domain)
        for same in approvals.grouped("kind").values():
            if len(same) > 1:
                moved = same.filtered(lambda one: one.res_id == self.source.id)
                moved._set_state("cancelled", answer=reason, answered_on=now(self.env))

    def _move(self):
        # evidence follows its debtor: the gate is open, and what Odoo writes is sudo
        merge = self.target._through_gate().env["base.partner.merge.automatic.wizard"]
        name = self.target._name
        merge._update_foreign_keys_generic(name, self.source, self.target)
        merge._update_reference_fields_generic(
            name,
            self.source,
            self.target,
            [
                {"model": "cobranza.history", "field_model": "res_model"},
                {"model": "cobranza.approval", "field_model": "res_model"},
            ],
        )
        self.env.invalidate_all(flush=False)

    def _wide_obligors(self):
        """Who answers for every debt of either: from now on for those of both."""
        people = (self.source | self.target).sudo().obligor_ids
        return people.filtered(lambda one: one.state == "open" and not one.debt_ids)

    def _join_obligors(self, wide):
        # sudo: a duty is neither lost nor kept twice
        obligors = self.target.sudo()._through_gate().obligor_ids
        reason = self.env._("Merged with %s", self.target.display_name)
        obligors._join_doubles(reason)
        self.wide = wide.filtered(lambda one: one.state == "open")

    # -- words -------------------------------------------------------------------------

    def _differ(self, name):
        """Keep the words of a difference, as long as the source has them."""
        field = self.target._fields[name]
        label = field._description_string(self.env)
        mine, theirs = (self._say(one, field) for one in (self.target, self.source))
        line = self.env._(
            "%(field)s: %(kept)s here, %(other)s at %(name)s",
            field=label,
            kept=mine,
            other=theirs,
            name=self.source.display_name,
        )
        self.differences.append((name, line))

    @staticmethod
    def _say(record, field):
        return field.convert_to_export(record[field.name], record) or "–"

    def _tell(self):
        """Write down what was merged; a person looks at what differed."""
        target, name = self.target, self.source.display_name
        change = self.env._("Merged with the debtor %s", name)
        lines = []
        for field, line in self.differences:
            held = self._say(target, target._fields[field])
            lines.append(
                self.env._("%(difference)s. Now: %(held)s", difference=line, held=held)
            )
        for one in self.wide:
            lines.append(
                self.env._(
                    "%s answers for the debts of both now: look at the deed.",
                    one.display_name,
                )
            )
        target._log_act(change, "\n".join(lines) or None)
        items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
        body = Markup("<p>%s</p><ul>%s</ul>") % (change, items)
        target.message_post(body=body)
        if lines:
            summary = self.env._("Two debtors became one: check what was agreed")
            target.company_id._cobranza_ask_manager(
                target, summary, lines, user=target._task_owner(), add=True
            )
