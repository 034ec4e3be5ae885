"""The calendars and rules by which terms before courts are counted."""

from ...kernel.deadlines import (
    CourtCalendar,
    Must,
    Term,
    Unit,
    deadline,
    noticed,
    since,
)
from ..law.place import plain


class CourtClock:
    """Counts the terms of one company, by the law of its country.

    Where the region or the municipality of a court is not known, who must act is given
    the day of the calendar with the fewest holidays, and who must wait the latest of
    all calendars that are known. Before a court of another country nothing but the
    weekends is known.
    """

    def __init__(self, company, first, last):
        """``first`` and ``last``: days between which terms begin; the legal values of
        them are read once."""
        self.env, self.company = company.env, company
        self._rules = company._cobranza_rules()
        self._countries = company._cobranza_jurisdictions()
        self._table = company._cobranza_legal_table(first, last)
        self._known = {}
        # what is stored speaks as the company does, whoever counts
        self._lang = company._cobranza_lang(company.sudo().partner_id.lang)

    # -- rules -------------------------------------------------------------------------

    def rules(self, country):
        """The rules of a court's country: the company's, or the neutral ones abroad."""
        if not country or country in self._countries:
            return self._rules
        return self.env["cobranza.rules"]

    def grace(self, country, on):
        return self.rules(country)._grace_rule(on, self._table)

    def suspension(self, country, on):
        return self.rules(country)._suspension_rule(on, self._table)

    def term(self, country, number, unit, must, more=()):
        """``kernel.deadlines.Term``; ``more``: [(number, unit)] of extensions."""
        unit = Unit(unit)
        return Term(
            number,
            unit,
            must,
            rolls=self.rules(country)._term_rolls(unit, must),
            more=tuple((count, Unit(one)) for count, one in more),
        )

    # -- calendars ---------------------------------------------------------------------

    def calendars(self, court, must):
        """The ``CourtCalendar`` of each place in which a court may be; the only one of
        the known place, and where somebody must act."""
        key = court.id, must
        if key not in self._known:
            self._known[key] = self._calendars(court, must)
        return self._known[key]

    def country(self, court):
        """Where a court is; without one, that of the company's law."""
        return court.country_id or self._countries[:1]

    def _calendars(self, court, must):
        country, state = self.country(court), court.state_id
        city = court.city or ""
        if must is Must.ACT or self.rules(country) != self._rules:
            return (self._calendar(country, state, city),)
        if state:
            states = [state]
        else:
            states = [*self._by_region(country).values(), state]
        return tuple(
            self._calendar(country, one, place)
            for one in states
            for place in ([city] if city else self._places(country, one))
        )

    def _by_region(self, country):
        """{region: one of its states} of those that have holidays of their own."""
        holidays, found = self.env["cobranza.holiday"], {}
        states = self.env["res.country.state"].search([("country_id", "=", country.id)])
        for state in states:
            found.setdefault(holidays._region(state), state)
        found.pop("", None)
        return found

    def _places(self, country, state):
        """The municipalities of a state of which holidays are known, and none."""
        return ["", *(name for name, _years in self._locals(country, state).values())]

    def _locals(self, country, state):
        holidays = self.env["cobranza.holiday"]
        return holidays._local_years(country, holidays._regions(state))

    def _calendar(self, country, state, city):
        rules = self.rules(country)
        court, working = (
            rules._calendar(purpose, state, None, city)
            for purpose in ("court", "contact")
        )
        named = country.with_context(lang=self._lang)
        words = (city, state.name, named.name)
        return CourtCalendar(", ".join(filter(None, words)), court, working)

    def knows_local(self, court, first, last):
        """Whether the local holidays of a court's municipality are known in all years
        from a day to another, where courts rest on such days at all."""
        country = self.country(court)
        if not self.rules(country)._has_local_holidays():
            return True
        found = self._locals(country, court.state_id)
        _name, years = found.get(plain(court.city), ("", frozenset()))
        return set(range(first.year, last.year + 1)) <= years

    # -- terms -------------------------------------------------------------------------

    def count(self, one):
        """``kernel.deadlines.Deadline`` of a ``cobranza.deadline``. MissingValue where
        holidays or legal values are not known."""
        court = one.court_id
        must = Must.ELAPSE if one.elapses else Must.ACT
        country = self.country(court)
        calendars = self.calendars(court, must)
        if one.from_receipt:
            received = self.company._cobranza_local(one.received_at)
            opened = one.opened_at and self.company._cobranza_local(one.opened_at)
            rule = self.rules(country)._notice_rule(
                one.way, received.date(), self._table
            )
            starts = noticed(received, rule, calendars, opened or None)
        else:
            starts = since(one.start_on, calendars)
        if one.enforces:
            # it ends the action itself: nothing moves or forgives its last day
            months = Term(one.number, Unit(one.unit), must, rolls=False)
            return deadline(months, starts)
        return deadline(
            self.term(country, one.number, one.unit, must, one._more()),
            starts,
            self.grace(country, starts[0][1].day),
            one.proceeding_id._suspensions(),
        )
