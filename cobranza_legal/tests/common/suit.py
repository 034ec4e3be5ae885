from .case import CaseCommon


class SuitCommon(CaseCommon):
    """A case that a lawyer has taken, with a lawsuit that is not filed yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        own = {"code": "own", "name": "Own suit", "company_id": cls.company.id}
        cls.procedure = cls.env["cobranza.proceeding.type"].create(own)
        cls.case = cls._opened()
        cls.suit = cls._suit(cls.case)

    @classmethod
    def _suit(cls, case, **vals):
        values = {"case_id": case.id, "type_id": cls.procedure.id}
        return cls.env["cobranza.proceeding"].create({**values, **vals})

    def _file(self, day="2026-11-24", suit=None):
        """Filed on a day, whatever the law asks for."""
        suit = suit or self.suit
        with self.at(day):
            suit._set_state("filed", filed_on=day)
            self.env.cr.flush()

    def _end(self, outcome, day="2026-11-26", suit=None):
        suit = suit or self.suit
        with self.at(day):
            suit._set_state("ended", "Why", outcome=outcome, ended_on=day)
            self.env.cr.flush()

    def _serve(self, day="2026-11-25", suit=None, who=None):
        suit = suit or self.suit
        with self.at(day):
            today = self.company._cobranza_today()
            suit.with_user(self.lawyer)._serve(who or suit.defendant_ids, today)
            self.env.cr.flush()
