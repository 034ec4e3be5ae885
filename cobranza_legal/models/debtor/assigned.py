"""Who works on some debts of a debtor and on no others sees nothing of the others."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..common.checklist import among
from ..common.reason import DUST
from ..common.rows import Row
from ..company.company import OWN, WIDE
from ..policy.level import PHASES

OF_ALL = ("message_", "activity_", "website_message_", "has_message", "rating_")
"""How the fields begin that tell what was said and is to be done about all debts."""


class CobranzaDebtor(models.Model):
    """What the role of own cases sees of a debtor: the debts assigned to it.

    Record rules hide the other debts and what is about them; here is the rest, which
    no rule reaches: figures read by SQL, messages and files of the debtor.
    """

    _inherit = "cobranza.debtor"

    @api.model
    def _sees_own_debts(self):
        """Whether the present user sees of each debtor the debts assigned to it and no
        others: it has the role of own cases alone. Superuser code sees all."""
        if self.env.su:
            return False
        user = self.env.user
        return user.has_group(OWN) and not any(user.has_group(one) for one in WIDE)

    def _assigned(self, *domain):
        """{debtor: those of its debts that are assigned to the present user}."""
        mine = self.env["cobranza.debt"].search(
            [("debtor_id", "in", self.ids), *domain]
        )
        found = mine.grouped("debtor_id")
        return {debtor: found.get(debtor, mine.browse()) for debtor in self}

    def _seen_in_part(self):
        """Those of these debtors that have debts which the present user may not see."""
        if not self._sees_own_debts():
            return self.browse()
        # sudo: whether there are debts that it may not see; nothing else is told
        debts = self.env["cobranza.debt"].sudo()
        hidden = Domain("debtor_id", "in", self.ids)
        hidden &= Domain("assigned_user_ids", "not in", self.env.uid)
        return self & debts.search(hidden).debtor_id.sudo(False)

    def _seen_debts(self, debts=None):
        """Of ``debts``, or of all debts of this debtor, those that the present user may
        see; None when that is all and nothing was asked for."""
        self.ensure_one()
        if not self._sees_own_debts():
            return debts
        mine = self.env["cobranza.debt"].search([("debtor_id", "=", self.id)])
        return mine & debts if debts else mine

    @api.model
    def _sql_seen_debts(self):
        """Condition on a debt ``d``: the present user may count it."""
        if not self._sees_own_debts():
            return SQL("TRUE")
        self.env["cobranza.debt"].flush_model(["assigned_user_ids"])
        return SQL(
            """EXISTS (SELECT 1 FROM cobranza_debt_assigned_rel a
                        WHERE a.cobranza_debt_id = d.id AND a.res_users_id = %s)""",
            self.env.uid,
        )

    # -- where its debts stand -------------------------------------------------------

    own_phase = fields.Selection(
        PHASES, compute="_compute_own", string="Phase of the assigned debts"
    )
    own_reason = Row(
        "cobranza.decision.reason",
        compute="_compute_own",
        string="Status of the assigned debts",
    )
    own_next_on = fields.Date(
        compute="_compute_own", string="Day of the next act on the assigned debts"
    )
    own_next_level_id = fields.Many2one(
        "cobranza.policy.level",
        compute="_compute_own",
        string="Next act on the assigned debts",
    )

    @api.depends("debt_ids.level", "debt_ids.reason", "debt_ids.next_on")
    @api.depends_context("uid")
    def _compute_own(self):
        """Where the open debts stand that the present user may see, by the rules by
        which the run says it of all."""
        open_ = [
            *[("nature", "=", "principal"), ("settled", "=", False)],
            ("void_reason", "=", False),
        ]
        for debtor, debts in self._assigned(*open_).items():
            # cents that are left over are at no level and are not asked for; they
            # speak only when nothing else is owed
            asked = debts.filtered(lambda one: one.reason != DUST.value)
            top = (asked or debts).sorted(lambda one: (-one.level, one._due_on()))[:1]
            planned = asked.filtered("next_on").sorted("next_on")[:1]
            debtor.own_phase = asked.sorted("level", reverse=True)[:1].phase
            debtor.own_reason = top.reason
            debtor.own_next_on = planned.next_on
            debtor.own_next_level_id = planned._next_level()

    # -- messages and activities -----------------------------------------------------

    # Odoo reads them as superuser
    activity_summary = fields.Char(related_sudo=False)
    activity_type_id = fields.Many2one(related_sudo=False)
    activity_type_icon = fields.Char(related_sudo=False)

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Nobody finds a debtor that it sees in part by what was said about it."""
        if not bypass_access and self._sees_own_debts():
            domain = self._ask_less(Domain(domain))
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model
    def _ask_less(self, domain):
        """``domain``, whose conditions on what is of all debts hold for nobody who is
        seen in part."""

        def is_of_all(condition):
            name, by_rules = condition.field_expr, ("any", "not any")
            # whether anybody answers is asked past record rules, who it is is not
            beside = name == "obligor_ids" and condition.operator not in by_rules
            return beside or name.startswith(OF_ALL)

        if not any(is_of_all(one) for one in domain.iter_conditions()):
            return domain
        mine = self.browse(super()._search(Domain.TRUE).get_result_ids())
        whole = Domain("id", "in", (mine - mine._seen_in_part()).ids)
        return domain.map_conditions(lambda one: one & whole if is_of_all(one) else one)

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Odoo groups by the state of activities without asking whose they are."""
        if groupby_spec == "documents_missing":
            self._check_field_access(self._fields[groupby_spec], "read")
            return among(alias, "id", self._lacking())
        found = super()._read_group_groupby(alias, groupby_spec, query)
        if groupby_spec != "activity_state" or not self._sees_own_debts():
            return found
        part = self.search(Domain.TRUE)._seen_in_part()
        ident = SQL.identifier(alias, "id")
        return SQL(
            "CASE WHEN %s = ANY(%s) THEN NULL ELSE %s END", ident, part.ids, found
        )

    @api.model
    def _get_view_cache_key(self, *args, **kwargs):
        return (
            *super()._get_view_cache_key(*args, **kwargs),
            self._sees_own_debts(),
        )

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """A board in columns by phase has none for who may not know the phase."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "kanban" and self._sees_own_debts():
            arch.attrib.pop("default_group_by", None)
        return arch, view

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """The chatter speaks of the whole debtor: who sees a part of it reads only what
        it wrote or was sent."""
        found = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        # Odoo asks as superuser on behalf of the user
        part = self.sudo(False)._seen_in_part()
        return found | {one: "write" for one in self if one.sudo(False) in part}
