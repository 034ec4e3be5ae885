"""The tabs of the dashboard: one row for each, to which blocks add theirs."""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class Tab:
    """``groups``: external ids, any of which lets a user see it; the server asks again
    at each reading. ``panel`` is the name of a component of the web client's registry
    ``cobranza.dashboard.panels``, which shows what the ``api.model`` method ``read`` of
    ``source`` gives, a JSON object. That method takes a ``dashboard.View``.

    Above the panel stand the indicators of the same code (``Indicator.tab``): of the
    whole company, or with ``own`` those about the present user."""

    code: str
    label: LazyGettext = field(compare=False)
    groups: "tuple[str, ...]"
    panel: str
    source: str
    read: str
    own: bool = True


class CobranzaDashboardTab(models.AbstractModel):
    """Tabs; blocks and addons add theirs."""

    _name = "cobranza.dashboard.tab"
    _inherit = "cobranza.rows"
    _description = "Tabs of the dashboard"

    def _rows(self):
        return TABS


DIRECTION = (
    "cobranza_legal.group_collection_manager",
    "cobranza_legal.group_approver",
    "cobranza_legal.group_accountant",
)


COLLECTORS = ("cobranza_legal.group_collector",)


TABS = (
    Tab(
        "direction",
        _lt("Management"),
        DIRECTION,
        "direction",
        "cobranza.dashboard.direction",
        "_read",
        own=False,
    ),
    Tab(
        "collector",
        _lt("My day"),
        COLLECTORS,
        "collector",
        "cobranza.dashboard.collector",
        "_read",
    ),
)
