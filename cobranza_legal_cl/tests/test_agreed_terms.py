from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.base import untracked_terms

from .common import ChileCommon

INVOICED, DUE, DAY_30 = "2026-09-20", "2026-09-30", "2026-10-30"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestAgreedTerms(ChileCommon):
    """Interest and indexation of the contract, as far as Ley 18.010 lets them be."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for day in (INVOICED, DUE, DAY_30):
            cls._uf(day, 40000)
        cls._rate("2026-10-15", "2026-11-14", 20.06)
        cls._rate("2026-09-15", "2026-10-14", 24, "45")
        cls._rate("2026-09-15", "2026-10-14", 21, "44")
        cls.company.l10n_cl_interest_terms = "contract"

    def _found(self, amount, partner=None, day=DAY_30, **vals):
        """({kind: charge}, {debt: why not}) of a document that is 30 days late."""
        self.company.write(vals)
        move = self._bill(amount, DUE, partner)
        debts = self._opened(move)
        with self.at(day):
            on = self.company._cobranza_today()
            charges, refused = self.env["cobranza.charge"]._assess(debts, on)
        return {one.kind: one for one in charges}, refused

    def test_a_rate_a_month_is_twelve_times_as_much_a_year_of_360_days(self):
        found, _refused = self._found(
            1000000, l10n_cl_contract_rate=2, l10n_cl_rate_period="month"
        )
        interest = found["interest"]
        self.assertEqual((interest.amount, interest.basis), (20000, "contract"))
        self.assertEqual(interest.formula, "1000000 × 24% × 30/360")
        self.assertEqual(set(found), {"interest", "fee"})

    def test_the_highest_rate_is_that_of_the_size_on_the_day_of_the_contract(self):
        # 25 UF: 41.06 %; 100 UF: 34.06 %
        found, _refused = self._found(1000000, l10n_cl_contract_rate=36)
        self.assertEqual(found["interest"].amount, 30000)
        self.assertNotIn("art. 8", found["interest"].article)
        found, _refused = self._found(4000000, self._business("Dos", "consumer"))
        # reduced to the current interest of that size: 21 %
        self.assertEqual(found["interest"].amount, 70000)
        self.assertIn("6 bis y 8", found["interest"].article)
        used = found["interest"].values_text
        for name in ("cl.interest.max[44]", "cl.interest.current[44]", "cl.uf"):
            self.assertIn(name, used)

    def test_the_limit_itself_may_be_agreed(self):
        for rate, expected in ((41.06, 34217), (41.061, 20000)):
            partner = self._business(f"Uno {rate}", "consumer")
            found, _refused = self._found(1000000, partner, l10n_cl_contract_rate=rate)
            self.assertEqual(found["interest"].amount, expected, rate)

    def test_whoever_was_not_told_owes_none(self):
        self._debtor().write({"terms_informed_on": False})
        found, refused = self._found(1000000, l10n_cl_contract_rate=24)
        self.assertFalse(found)
        self.assertIn("informed", next(iter(refused.values())))

    def test_the_highest_rate_of_an_unknown_day_stops(self):
        self.company.l10n_cl_contract_rate = 24
        self._uf("2026-06-20", 40000)
        move = self._bill(1000000, "2026-06-30")
        debts = self._opened(move)
        with self.at(DAY_30):
            on = self.company._cobranza_today()
            _charges, refused = self.env["cobranza.charge"]._assess(debts, on)
        self.assertIn("cl.interest.max[45]", next(iter(refused.values())))

    def test_companies_owe_the_interest_of_the_law_and_not_the_agreed_besides(self):
        found, _refused = self._found(
            1000000, self._business(), l10n_cl_contract_rate=24
        )
        interest = found["interest"]
        self.assertEqual((interest.amount, interest.basis), (16717, "law"))

    def test_what_a_company_agreed_takes_the_place_of_the_law_but_not_below_it(self):
        for rate, expected, article in ((24, 20000, ""), (12, 16717, "art. 2 N° 3")):
            partner = self._business(f"Tres {rate}")
            self._debtor(
                partner, l10n_cl_interest_terms="contract", l10n_cl_contract_rate=rate
            )
            found, _refused = self._found(1000000, partner)
            interest = found["interest"]
            self.assertEqual((interest.amount, interest.basis), (expected, "contract"))
            self.assertIn(article, interest.article)

    # -- indexation -------------------------------------------------------------------

    def test_a_late_debt_grows_with_the_uf_from_its_due_date(self):
        self._uf("2026-11-10", 40400)
        found, _refused = self._found(
            1000000,
            day="2026-11-10",
            l10n_cl_interest_terms="none",
            l10n_cl_indexation="uf",
        )
        index = found["indexation"]
        self.assertEqual((index.amount, index.basis), (10000, "contract"))
        self.assertIn("40400", index.formula)
        self.assertIn("cl.uf", index.values_text)
        self._uf("2026-11-20", 40800)
        with self.at("2026-11-20"):
            on = self.company._cobranza_today()
            again, _why = self.env["cobranza.charge"]._assess(index.debt_id, on)
        again = again.filtered(lambda charge: charge.kind == "indexation")
        self.assertEqual((again.amount, str(again.period_from)), (10000, "2026-11-11"))

    def test_what_was_paid_grows_until_its_day(self):
        self._uf("2026-11-10", 40400)
        move = self._bill(1000000, DUE)
        self.company.write(
            {"l10n_cl_interest_terms": "none", "l10n_cl_indexation": "uf"}
        )
        debts = self._opened(move)
        self._uf("2026-10-10", 40200)
        with self.at("2026-10-10"):
            self._register_payment(move, amount=400000, payment_date="2026-10-10")
        with self.at("2026-11-10"):
            on = self.company._cobranza_today()
            charges, _why = self.env["cobranza.charge"]._assess(debts, on)
        index = charges.filtered(lambda charge: charge.kind == "indexation")
        # 400,000 × 0.5 % + 600,000 × 1 %
        self.assertEqual(index.amount, 8000)

    def test_a_payment_booked_late_lowers_the_indexation(self):
        for day, value in (("2026-10-10", 40200), ("2026-11-10", 40400)):
            self._uf(day, value)
        found, _refused = self._found(
            1000000, l10n_cl_interest_terms="none", l10n_cl_indexation="uf"
        )
        self.assertNotIn("indexation", found)
        debts = self._debtor().debt_ids
        with self.at("2026-11-10"):
            on = self.company._cobranza_today()
            self.env["cobranza.charge"]._assess(debts, on)
        with self.at("2026-11-12"):
            self._register_payment(
                debts.move_id, amount=400000, payment_date="2026-10-10"
            )
        charges = debts.charge_ids.filtered(lambda charge: charge.kind == "indexation")
        live = charges.filtered(lambda charge: charge.state != "reversed")
        # 400,000 × 0.5 % + 600,000 × 1 %
        self.assertEqual(live.mapped("amount"), [8000])
        self.assertEqual(live.origin_id.amount, 10000)

    def test_the_ipc_of_each_month_since_the_due_date(self):
        parameter = self.env.ref("cobranza_legal_cl.parameter_ipc")
        for day, value in (("2026-09-01", 1), ("2026-10-01", 0.5)):
            self.env["cobranza.parameter.value"].create(
                {
                    "parameter_id": parameter.id,
                    "date_from": day,
                    "value": value,
                    "source": "test",
                    "reason": "test",
                }
            )
        self._uf("2026-11-10", 40000)
        found, _refused = self._found(
            1000000,
            day="2026-11-10",
            l10n_cl_interest_terms="none",
            l10n_cl_indexation="ipc",
        )
        # 1.01 × 1.005
        self.assertEqual(found["indexation"].amount, 15050)

    def test_interest_or_indexation_but_not_both(self):
        found, refused = self._found(
            1000000, l10n_cl_contract_rate=24, l10n_cl_indexation="uf"
        )
        self.assertNotIn("indexation", found)
        self.assertIn("index", next(iter(refused.values())))

    # -- penalty ----------------------------------------------------------------------

    def test_a_penalty_is_charged_once_and_cut_at_the_principal(self):
        for kind, value, expected in (
            ("percent", 10, 100000),
            ("fixed", 30000, 30000),
            ("fixed", 1500000, 1000000),
        ):
            partner = self._business(f"Pena {kind} {value}", "consumer")
            found, _refused = self._found(
                1000000,
                partner,
                l10n_cl_interest_terms="none",
                l10n_cl_penalty=kind,
                l10n_cl_penalty_value=value,
            )
            charge = found["penalty"]
            self.assertEqual((charge.amount, charge.basis), (expected, "contract"))
            self.assertIn("1544", charge.article)
            again, _refused = self._again(charge.debt_id)
            self.assertFalse(again.filtered(lambda charge: charge.kind == "penalty"))

    def _again(self, debts, day=DAY_30):
        with self.at(day):
            on = self.company._cobranza_today()
            return self.env["cobranza.charge"]._assess(debts, on)

    def test_no_penalty_besides_interest(self):
        found, refused = self._found(
            1000000,
            l10n_cl_contract_rate=24,
            l10n_cl_penalty="percent",
            l10n_cl_penalty_value=10,
        )
        self.assertNotIn("penalty", found)
        self.assertIn("1543", next(iter(refused.values())))

    def test_a_payment_booked_late_lowers_the_penalty(self):
        found, _refused = self._found(
            1000000,
            l10n_cl_interest_terms="none",
            l10n_cl_penalty="percent",
            l10n_cl_penalty_value=10,
        )
        debt = found["penalty"].debt_id
        with self.at("2026-11-02"):
            self._register_payment(
                debt.move_id, amount=400000, payment_date="2026-10-10"
            )
        live = debt.charge_ids.filtered(
            lambda charge: charge.kind == "penalty" and charge.state != "reversed"
        )
        self.assertEqual(live.mapped("amount"), [60000])


@tagged("post_install", "-at_install", "post_install_l10n")
class TestTrace(ChileCommon):
    """What was agreed does not change without a trace."""

    def test_every_term_is_tracked(self):
        for model in ("cobranza.debtor", "res.company"):
            self.assertEqual(untracked_terms(self.env, model, "l10n_cl_"), set())

    def test_who_changed_a_rate_and_from_what_is_written_down(self):
        # test cases of Odoo switch tracking off
        company = self.company.with_context(tracking_disable=False, mail_notrack=False)
        company.l10n_cl_contract_rate = 12
        self._end_transaction()
        company.l10n_cl_contract_rate = 59.9
        self._end_transaction()
        domain = [("model", "=", "res.company"), ("res_id", "=", company.id)]
        message = self.env["mail.message"].search(domain, order="id desc", limit=1)
        [value] = message.tracking_value_ids
        self.assertEqual(value.field_id.name, "l10n_cl_contract_rate")
        self.assertEqual((value.old_value_float, value.new_value_float), (12, 59.9))
        self.assertEqual(message.author_id, self.env.user.partner_id)

    def _end_transaction(self):
        self.env.flush_all()
        self.env.cr.precommit.run()


@tagged("post_install", "-at_install", "post_install_l10n")
class TestMergedTerms(ChileCommon):
    """Of the terms of two debtors that become one the cheaper ones hold, whole."""

    def _merge(self, mine, theirs):
        kept = self._person("Kept", "12531909-2")
        gone = self._person("Gone", "6824160-K")
        debtor = self._debtor(kept, **mine)
        self._debtor(gone, **theirs)
        self.env.flush_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([kept.id, gone.id], kept)
        self.env.invalidate_all()
        return debtor

    @staticmethod
    def _agreed(rate, period):
        return {
            "l10n_cl_interest_terms": "contract",
            "l10n_cl_contract_rate": rate,
            "l10n_cl_rate_period": period,
        }

    def _now(self, debtor):
        names = self._agreed(0, "year")
        return {name: debtor[name] for name in names}

    def test_a_rate_is_compared_by_the_year_and_keeps_its_period(self):
        month, year = self._agreed(1, "month"), self._agreed(10, "year")
        for mine, theirs in ((month, year), (year, month)):
            with self.env.cr.savepoint() as point:
                debtor = self._merge(mine, theirs)
                self.assertEqual(self._now(debtor), year)
                tasks = debtor.activity_ids.mapped("summary")
                self.assertIn("Two debtors became one: check what was agreed", tasks)
                point.rollback()
                self.env.invalidate_all(flush=False)

    def test_terms_of_one_are_taken_over_where_the_other_has_none(self):
        debtor = self._merge({}, self._agreed(10, "year"))
        self.assertEqual(self._now(debtor), self._agreed(10, "year"))
