from contextlib import contextmanager, suppress
from datetime import date
from decimal import Decimal
from unittest.mock import patch

from odoo.tests import freeze_time

from ...kernel.published import Rate
from ...models.law.rate_client import SourceTrouble
from ..law.test_parameter import ParameterCommon

KEY = "s3cr3t-key"


class Killed(BaseException):
    """The process is gone: nobody may catch this."""


class RateCommon(ParameterCommon):
    """A source of the three test series whose answers the tests say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["cobranza.rate.source"].search([]).enabled = False
        sources = cls.env["cobranza.rate.source"].sudo()  # as an addon brings them
        cls.source = sources.create({"code": "test", "name": "Test bank"})
        cls.source = cls.source.sudo(False)
        cls.series = cls.unit | cls.month | cls.rate
        cls.client = cls.env.registry["cobranza.rate.client"]
        cls.answers = {}
        cls.asked = []
        cls._patch_client()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.manager.lang = "en_US"
        cls.env.company.cobranza_user_id = cls.manager

    @classmethod
    def _patch_client(cls):
        def rates(_self, code, first, last):
            cls.asked.append((code, first, last))
            answer = cls.answers.get(code, SourceTrouble("empty"))
            if isinstance(answer, BaseException):
                raise answer
            return answer

        for name, value in (
            ("_codes", lambda _self: tuple(cls.series.mapped("code"))),
            ("_rates", rates),
            ("_citation", "Test bank"),
        ):
            cls.startClassPatcher(patch.object(cls.client, name, value))
        model = cls.env.registry["cobranza.rate.source"]
        cls.startClassPatcher(
            patch.object(
                model, "_client", lambda source: source.env["cobranza.rate.client"]
            )
        )

    def setUp(self):
        super().setUp()
        self.answers.clear()
        self.asked.clear()

    @staticmethod
    def _day(text):
        return date.fromisoformat(text)

    def _published(self, first, number, last=None, key=""):
        last = last and self._day(last)
        return Rate(self._day(first), last, Decimal(str(number)), key)

    def _switch_on(self, **vals):
        self.source.with_user(self.manager).write({"enabled": True, **vals})

    def _fetch(self):
        return self.source.with_user(self.manager).action_fetch()

    def _cron(self, moment="2026-11-21 12:00:00"):
        """The cron as the scheduler runs it; killed or not, it starts afresh."""
        with (
            suppress(Killed),
            freeze_time(moment),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            env = self.env(cr=cr, user=1)
            env["cobranza.rate.source"]._cron_fetch_rates()
        self.env.invalidate_all()

    def _activities(self, record):
        return record.sudo().with_context(active_test=False).activity_ids

    @contextmanager
    def _dying_after(self, number):
        """The process dies after having kept so many series."""
        model = self.env.registry["cobranza.rate.source"]
        kept, original = [], model._fetch_safely

        def fetch(source, parameter, progress=None):
            if len(kept) == number:
                raise Killed
            kept.append(parameter.code)
            return original(source, parameter, progress)

        with patch.object(model, "_fetch_safely", fetch):
            yield
