"""What a guarantor does on its own page: it consents to an agreement of the debtor."""

from ..common.history import as_house
from .acts import PageAct
from .signing import SignForm


class ConsentForm(SignForm):
    """A guarantor signs a ``paper``, its consent; nobody else may, nor once its terms
    were taken back."""

    code = "consent"

    def __init__(self, paper, values):
        super().__init__(paper.debtor_id, values)
        self.paper = paper

    def find(self):
        return self.paper if self.paper._is_to_sign() else None

    def signatory(self):
        return self.paper.obligor_id.partner_id

    def task(self, env):
        return env._("%s has consented: offer the agreement", self.signatory().name)

    def next_step(self):
        return self.env._("Thank you. You may download what you signed from this page.")


class GuarantorAct(PageAct):
    """The act of a guarantor; ``paper`` as ``_by_token`` gives it."""

    def __init__(self, paper):
        self.paper = as_house(paper)
        super().__init__(self.paper.debtor_id)

    def _form(self, code, values):
        return ConsentForm(self.paper, values)

    def _person(self):
        return self.paper.obligor_id.partner_id
