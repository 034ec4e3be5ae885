"""The demo company of a country: the order in which it is made."""

from datetime import timedelta

from .agencies import Agencies
from .collection import Collection
from .documents import Documents
from .figures import Figures
from .lawsuits import Lawsuits
from .ledger import Ledger
from .mandates import Mandates
from .paper import Paper
from .people import People
from .privacy import Privacy
from .provisions import Provisions
from .registers import Registers

QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_auto_subscribe_no_notify": True,
    "no_reset_password": True,
    "default_iap_enrich_auto_done": True,  # partner_autocomplete asks the internet
}
"""Building writes to nobody."""

INVENTED = "Valor ficticio de demostración"
"""The source of values that the demo makes up: nobody takes them for the law's."""


class Builder(
    People,
    Ledger,
    Paper,
    Collection,
    Documents,
    Mandates,
    Registers,
    Agencies,
    Lawsuits,
    Provisions,
    Privacy,
    Figures,
):
    """Everything is counted from the company's today, so that the demo never ages.

    Countries override the attributes, give their tables (``customers.csv``,
    ``documents.csv``) and tell their special cases with the verbs of the parents.
    """

    module = None
    """Technical name of the addon, whose folder demo/ holds the tables."""
    code = None
    """Two letters of the country, in lower case."""
    chart = None
    lang = None
    currencies = {}
    """{currency name: company currency for one of it}, made up."""

    def __init__(self, env):
        self.env = env(su=True, context={**env.context, **QUIET})
        self.company = None
        self.today = None
        self.customers, self.documents = {}, {}

    def build(self):
        """The demo company, made once."""
        xmlid = f"{self.module}.demo_company"
        made = self.env.ref(xmlid, raise_if_not_found=False)
        if made:
            return made
        self.load_language()
        self.make_company()
        self.load_chart()
        self.enter()
        self.settle_company()
        self.make_users()
        self.fill_legal_values()
        self.make_rates()
        self.make_customers()
        self.choose_policies()
        self.make_documents()
        self.make_openings()
        self.open_debts()
        self.special_cases()
        self.seal_log()
        self.set_charge_forms()
        self.write_bank_fees()
        self.fill_figures()
        return self.company

    def enter(self):
        """From here on, everything happens in the company and in its language."""
        context = {"allowed_company_ids": self.company.ids, "lang": self.lang}
        self.env = self.env(context={**self.env.context, **context})
        self.company = self.company.with_env(self.env)
        self.today = self.company._cobranza_today()

    def ago(self, days):
        """The day ``days`` before today; negative: after it."""
        return self.today - timedelta(days=int(days))

    def path(self, name):
        return f"{self.module}/demo/{name}"

    def remember(self, name, record):
        """Give a record an external id of the addon."""
        values = {"xml_id": f"{self.module}.{name}", "record": record, "noupdate": True}
        self.env["ir.model.data"]._update_xmlids([values])

    # -- of the country --------------------------------------------------------------

    def fill_legal_values(self):
        """Made-up legal values, where the demo needs one that the sheets lack."""

    def invent_values(self, parameter, rows):
        """Make up values of a parameter for the days of ``rows``, values of
        ``cobranza.parameter.value`` with one key, for which no true one is known."""
        values = self.env["cobranza.parameter.value"]
        domain = [("parameter_id", "=", parameter.id)]
        domain += [("key", "=", row.get("key", False)) for row in rows[:1]]
        known = values.search(domain).mapped("date_from")
        # like the shipped ones: read-only, and a true value of a user wins
        values.with_context(install_module=self.module).create(
            [
                {"parameter_id": parameter.id, "source": INVENTED, **row}
                for row in rows
                if row["date_from"] not in known
            ]
        )

    def choose_policies(self):
        """Which customers do not follow the company's policy."""

    def special_cases(self):
        """What makes a demo worth looking at: disputes, promises, holds…"""
