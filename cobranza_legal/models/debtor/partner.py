from odoo import api, fields, models

from ..common.checklist import among
from ..common.history import say_value
from ..company.company import STAFF
from ..policy.level import PHASES
from .merge import DebtorMerge

PLACE = ("country_id", "state_id", "zip", "city", "tz")
"""Fields of a partner by which the place and the hours of a debtor are found."""


REACHED_BY = ("lang", "email", "phone", "street", "street2", "active")
"""Fields of a partner that say whether and in which words it can be reached."""


class ResPartner(models.Model):
    _inherit = "res.partner"

    cobranza_policy_id = fields.Many2one(
        "cobranza.policy",
        string="Collection policy",
        company_dependent=True,
        groups=STAFF,
    )
    cobranza_debtor_ids = fields.One2many("cobranza.debtor", "partner_id", groups=STAFF)
    cobranza_debtor_id = fields.Many2one(
        "cobranza.debtor",
        compute="_compute_cobranza_debtor",
        string="Debtor",
        groups=STAFF,
    )
    cobranza_phase = fields.Selection(
        PHASES,
        compute="_compute_cobranza_debtor",
        string="Collection phase",
        groups=STAFF,
    )
    cobranza_overdue = fields.Monetary(
        compute="_compute_cobranza_debtor",
        string="Overdue in collection",
        groups=STAFF,
    )

    @api.depends("cobranza_debtor_ids")
    @api.depends_context("company", "uid")
    def _compute_cobranza_debtor(self):
        debtors = self.env["cobranza.debtor"]
        if debtors.has_access("read"):
            domain = [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company._cobranza_creditor().id),
            ]
            debtors = debtors.search(domain)
        by_partner = {debtor.partner_id.id: debtor for debtor in debtors}
        none = debtors.browse()
        phase = "own_phase" if debtors._sees_own_debts() else "phase"
        for partner in self:
            debtor = by_partner.get(partner.commercial_partner_id.id, none)
            partner.cobranza_debtor_id = debtor
            partner.cobranza_phase = debtor[phase]
            partner.cobranza_overdue = debtor.overdue

    def write(self, vals):
        names = [name for name in PLACE if name in vals]
        policies = {}
        if "cobranza_policy_id" in vals:
            policies = {one: one.sudo().cobranza_policy_id for one in self}
        before = {one: [say_value(one, name) for name in names] for one in self}
        result = super().write(vals)
        if {"cobranza_policy_id", "category_id", *REACHED_BY} & set(vals):
            # whoever edits contacts
            debtors = self.env["cobranza.debtor"].sudo()
            debtors._redecide_of_partners(self)
        self._cobranza_policy_changed(policies)
        if names:
            self._cobranza_moved(names, before)
        if {"parent_id", "is_company"} & set(vals):
            self._cobranza_follow_commercial()
        if self._cobranza_regime_hints() & set(vals):
            self._cobranza_update_regime()
        return result

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "cobranza_documents_missing":
            return super()._read_group_groupby(alias, groupby_spec, query)
        self._check_field_access(self._fields[groupby_spec], "read")
        return among(alias, "commercial_partner_id", self._cobranza_lacking())

    def _cobranza_policy_changed(self, before):
        """``before``: {partner: policy that was chosen}. Who chose another is written
        down; one without levels takes the debtor out of the process."""
        changes = {}
        for partner, old in before.items():
            new = partner.sudo().cobranza_policy_id  # sudo: of whoever edits contacts
            if new != old:
                changes.setdefault((old.sudo(), new), set()).add(partner.id)
        if not changes:
            return
        found = (
            self.env["cobranza.debtor"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", list(set().union(*changes.values()))),
                    ("company_id", "=", self.env.company._cobranza_creditor().id),
                ]
            )
        )
        label = self._fields["cobranza_policy_id"]._description_string(self.env)
        for (old, new), partners in changes.items():
            debtors = found.filtered(lambda one, ids=partners: one.partner_id.id in ids)
            debtors._log_act(label, f"{old.name or '–'} → {new.name or '–'}")
            debtors._follow_no_policy(new)

    def _cobranza_moved(self, names, before):
        """Judge the debtors among these partners again whose place has changed, by
        which law and zone are found, and write down who changed it from what to
        what."""
        changes = {}
        for partner, values in before.items():
            for name, old in zip(names, values, strict=True):
                new = say_value(partner, name)
                if new != old:
                    commercial = partner.commercial_partner_id.id
                    changes.setdefault(commercial, []).append((name, old, new))
        if not changes:
            return
        # whoever edits contacts need not be a collector
        debtors = self.env["cobranza.debtor"].sudo().with_context(active_test=False)
        moved = debtors.search([("partner_id", "in", list(changes))])
        for labels, group in moved._log_places(changes).items():
            group._redecide_later(group._changed_words(labels))

    def _cobranza_follow_commercial(self):
        """Move debtors to the new commercial partner of contacts that changed
        company."""
        # whoever may edit contacts
        debtors = self.env["cobranza.debtor"].sudo().with_context(active_test=False)
        for debtor in debtors.search([("partner_id", "in", self.ids)]):
            commercial = debtor.partner_id.commercial_partner_id
            if commercial != debtor.partner_id:
                debtor._follow_partner(commercial)

    @api.model
    def _cobranza_regime_hints(self):
        """Fields of a partner from which the rules of any country derive a regime."""
        names = self.env["cobranza.rules"]._inherit_children
        rules = ["cobranza.rules", *names]
        return frozenset().union(*(self.env[name]._regime_hints() for name in rules))

    def _cobranza_update_regime(self):
        """Derive the regime of the debtors of these partners again."""
        # whoever edits contacts need not be a collector
        debtors = self.env["cobranza.debtor"].sudo().with_context(active_test=False)
        domain = [("partner_id", "in", self.commercial_partner_id.ids)]
        debtors.search(domain)._follow_regime()

    def action_cobranza_debtor(self):
        self.ensure_one()
        return self.cobranza_debtor_id.get_formview_action()


class ResPartnerCategory(models.Model):
    _inherit = "res.partner.category"

    cobranza_policy_id = fields.Many2one(
        "cobranza.policy",
        string="Collection policy",
        company_dependent=True,
        groups=STAFF,
    )

    def write(self, vals):
        result = super().write(vals)
        if "cobranza_policy_id" in vals:
            self.env["cobranza.debtor"]._redecide_of_partners(self.partner_ids)
        return result


class CobranzaDebtor(models.Model):
    """A debtor follows its partner when partners are merged or change their company."""

    _inherit = "cobranza.debtor"

    def _follow_partner(self, partner):
        """These debtors are ``partner`` now, a commercial one: they become its debtor,
        or are absorbed by the debtor that it is already. Nothing of theirs is lost."""
        for debtor in self.with_context(active_test=False):
            domain = [
                ("company_id", "=", debtor.company_id.id),
                ("partner_id", "=", partner.id),
                ("id", "!=", debtor.id),
            ]
            target = debtor.search(domain)
            if target:
                debtor._merge_into(target)
            else:
                debtor.write({"partner_id": partner.id})
                debtor.debt_ids.write({"partner_id": partner.id})
                debtor._redecide_later()

    def _follow_no_policy(self, policy):
        """These debtors have this policy, or that of somebody else, from now on: one
        without levels takes them out of the process."""
        leaves = self.env["cobranza.leave"]
        if not self:
            return
        if policy and not policy.level_ids:
            known = leaves._open_of("no_policy", self)
            (known - known._still_out())._close(self.env.user)
            leaves._begin("no_policy", self)
        else:
            leaves._end("no_policy", self)

    def _log_places(self, changes):
        """Write down {partner id: [(field of a partner, old, new)]}; these debtors by
        the labels of what has changed."""
        fields_, acts, groups = self.env["res.partner"]._fields, [], {}
        for debtor in self:
            labels = {}
            for name, old, new in changes[debtor.partner_id.id]:
                label = fields_[name]._description_string(self.env)
                labels[label] = None
                acts.append((debtor, label, f"{old or '–'} → {new or '–'}"))
            groups.setdefault(tuple(labels), []).append(debtor.id)
        self.env["cobranza.history"]._append(acts)
        return {labels: self.browse(ids) for labels, ids in groups.items()}

    def _merge_into(self, target):
        """Everything that hangs from this debtor hangs from ``target``: see
        ``DebtorMerge``."""
        DebtorMerge(self, target).merge()
