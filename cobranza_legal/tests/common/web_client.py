"""The calls of Odoo's web client, made as one user: what a person can open and do."""
# pylint: disable=translation-required

from contextlib import contextmanager

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tools.safe_eval import datetime, dateutil, safe_eval, time

from odoo.addons.mail.tools.discuss import Store

EMBEDDED = ("list", "kanban", "form")
ALWAYS = {"1", "True"}
"""How a view says that a field is never shown."""
THREAD = ("activities", "attachments", "followers", "contact_fields")
"""What the client asks for of a record with a chatter."""
ROWS = 80
"""Records that a list asks for at once."""


class WebClient:
    """The web client of one user. Every call is checked like one that comes over the
    network, begins with an empty cache, and is undone when it fails.

    ``companies``: those that are ticked in the switcher; the user's own unless told.
    """

    def __init__(self, user, companies=None):
        self.user = user
        companies = companies or user.company_id
        self.context = {
            "lang": user.lang or "en_US",
            "tz": user.tz or "UTC",
            "uid": user.id,
            "allowed_company_ids": companies.ids,
        }

    @contextmanager
    def _clean(self, context=None):
        """An environment as a request has it: nothing is in the cache."""
        user = self.user.sudo(False)
        user.env.invalidate_all()
        with user.env.cr.savepoint():
            yield user.env(
                user=user.id, su=False, context={**self.context, **(context or {})}
            )
            user.env.flush_all()
        user.env.invalidate_all()

    def call(self, model, method, *args, context=None, **kwargs):
        """What ``/web/dataset/call_kw`` answers."""
        with self._clean(context) as env:
            kwargs["context"] = dict(env.context)
            return call_kw(env[model], method, list(args), kwargs)

    # -- menus and actions -----------------------------------------------------------

    def menus(self):
        """{id of a menu: it} of all that the user sees."""
        menus = self.call("ir.ui.menu", "load_web_menus", [], False)
        return {one["id"]: one for key, one in menus.items() if key != "root"}

    def load(self, xmlid):
        """The action as ``/web/action/load`` gives it; what a server action opens."""
        with self._clean() as env:
            action = env.ref(xmlid) if isinstance(xmlid, str) else xmlid.with_env(env)
            if action._name == "ir.actions.server":
                return action.run()
            return action.sudo()._get_action_dict()

    def _evaluate(self, text, active_id=None, context=None):
        """A domain or a context of an action or a view, as the browser evaluates it."""
        if not isinstance(text, str):
            return text
        today = fields.Date.context_today(self.user)
        names = {
            "uid": self.user.id,
            "allowed_company_ids": self.context["allowed_company_ids"],
            "companies": {"active_ids": self.context["allowed_company_ids"]},
            "active_id": active_id,
            "active_ids": [active_id] if active_id else [],
            "active_model": False,
            "context": {**self.context, **(context or {})},
            "context_today": lambda: today,
            "current_date": str(today),
            "datetime": datetime,
            "relativedelta": dateutil.relativedelta.relativedelta,
            "time": time,
            "True": True,
            "False": False,
        }
        return safe_eval(text.strip() or "[]", names)

    def views(self, action):
        """``Opened`` of an action (external id, record or what a button gave), after
        its views have come and before any record has."""
        action = action if isinstance(action, dict) else self.load(action)
        context = self._evaluate(action.get("context") or "{}") or {}
        domain = self._evaluate(action.get("domain") or "[]", context=context) or []
        views = [list(one) for one in action["views"]]
        search = action.get("search_view_id")
        views.append([search[0] if search else False, "search"])
        found = self.call(
            action["res_model"],
            "get_views",
            views,
            options={"toolbar": True, "load_filters": True, "action_id": False},
            context=context,
        )
        return Opened(self, action["res_model"], context, domain, found)

    def open(self, action, forms=3, *, search=True):
        """Open an action like a click on its menu: its views, then every list, board,
        calendar, graph and pivot with its records, every filter and grouping of its
        search, and the forms of the first records. A wizard is opened as a new record.

        ``forms``: how many; ``search``: whether filters and groupings are tried. Gives
        ``Opened``, with the records that were seen.
        """
        action = action if isinstance(action, dict) else self.load(action)
        opened = self.views(action)
        if action.get("target") == "new" or action.get("res_id"):
            opened.form(action.get("res_id") or None)
            return opened
        for kind in opened.archs:
            if kind != "search" or search:
                opened.show(kind)
        for record in opened.ids[:forms]:
            opened.form(record)
        return opened

    def form(self, model, view_id=False, context=None):
        """The form of ``model``, without an action."""
        found = self.call(
            model, "get_views", [[view_id, "form"]], context=context, options={}
        )
        return Opened(self, model, context or {}, [], found)


class Opened:
    """An action of the web client after its views have come."""

    def __init__(self, client, model, context, domain, found):
        self.client, self.model = client, model
        self.context, self.domain = context, domain
        self.fields = {name: one["fields"] for name, one in found["models"].items()}
        self.archs = {
            kind: etree.fromstring(view["arch"])
            for kind, view in found["views"].items()
        }
        self.ids = []

    def call(self, method, *args, **kwargs):
        kwargs.setdefault("context", self.context)
        return self.client.call(self.model, method, *args, **kwargs)

    # -- what is asked for -----------------------------------------------------------

    def spec(self, kind):
        return self._spec(self.archs[kind], self.model)

    def _spec(self, arch, model):
        """What the client asks for: the fields of the view, and of the views that hang
        in it."""
        spec = {}
        for node in self._own_fields(arch):
            name = node.get("name")
            known = self.fields[model][name]
            seen = not {node.get("invisible"), node.get("column_invisible")} & ALWAYS
            spec[name] = self._part(node, known, seen, spec.get(name))
        return spec

    def _own_fields(self, node):
        """The fields of a view, not of the views that hang in it."""
        for child in node.iterchildren(etree.Element):
            if child.tag == "field":
                yield child
            elif child.tag != "groupby":
                yield from self._own_fields(child)

    def _part(self, node, known, seen, before):
        part = dict(before or {})
        if known["type"] in ("one2many", "many2many"):
            inner = [one for one in node if one.tag in EMBEDDED]
            if inner and seen:
                part.setdefault("fields", {})
                for view in inner:
                    part["fields"] |= self._spec(view, known["relation"])
                part["limit"] = ROWS
            elif seen and node.get("widget") == "many2many_tags":
                part["fields"] = {"display_name": {}}
        elif known["type"] in ("many2one", "reference"):
            part.setdefault("fields", {})
            if seen:
                part["fields"] = {"display_name": {}}
        return part

    # -- looking ---------------------------------------------------------------------

    def show(self, kind):
        """The records of a view as it opens."""
        show = getattr(self, f"_show_{kind}", None)
        if show:
            show()

    def rows(self, kind="list", domain=None):
        domain = self.domain if domain is None else domain
        answer = self.call(
            "web_search_read", domain, self.spec(kind), limit=ROWS, count_limit=10001
        )
        self.ids += [
            one["id"] for one in answer["records"] if one["id"] not in self.ids
        ]
        return answer["records"]

    def _show_list(self):
        self.rows("list")

    def _show_kanban(self):
        self.rows("kanban")

    def _show_activity(self):
        self.rows("activity")
        self.client.call(
            "mail.activity",
            "get_activity_data",
            self.model,
            self.domain,
            context=self.context,
        )

    def _show_calendar(self):
        self.rows("calendar")

    def _show_graph(self):
        self._grouped("graph")

    def _show_pivot(self):
        self._grouped("pivot")

    def _grouped(self, kind):
        by, sums = [], ["__count"]
        for node in self.archs[kind].iter("field"):
            name = node.get("name")
            if node.get("type") == "measure":
                measure = self.fields[self.model][name]
                sums.append(f"{name}:{measure.get('aggregator') or 'sum'}")
            elif node.get("interval"):
                by.append(f"{name}:{node.get('interval')}")
            else:
                by.append(self._interval(name))
        self.call("formatted_read_group", self.domain, by, sums)

    def _show_search(self):
        """Every filter and every grouping of the search, one by one."""
        for node in self.archs["search"].iter("filter"):
            if node.get("domain"):
                domain = self.client._evaluate(node.get("domain"), context=self.context)
                kind = "list" if "list" in self.archs else "kanban"
                if kind in self.archs:
                    self.rows(kind, [*self.domain, *domain])
            by = self.client._evaluate(node.get("context") or "{}").get("group_by")
            if by and "list" in self.archs and self.kind(by) != "properties":
                by = self._interval(by)
                self.call("web_read_group", self.domain, [by], ["__count"], limit=ROWS)

    def kind(self, name):
        """The type of a field, or None of one that the user does not see."""
        known = self.fields[self.model].get(name.split(":")[0])
        return known and known["type"]

    def _interval(self, name):
        """What is grouped by: days are grouped by month unless the view says how."""
        dated = self.kind(name) in ("date", "datetime")
        return f"{name}:month" if dated and ":" not in name else name

    def form(self, record=None):
        """The values of the form of a record; of a new one, what the client fills in.
        Everything on it that is a relation is opened too, by its name."""
        if "form" not in self.archs:
            return None
        spec = self.spec("form")
        if not record:
            return self.call("onchange", [], {}, [], spec)["value"]
        [values] = self.call("web_read", [record], spec)
        if self.archs["form"].find("chatter") is not None:
            self.chatter(record)
        return values

    def chatter(self, record):
        """The messages, activities and followers below a form, as it shows them."""
        with self.client._clean(self.context) as env:
            thread = env[self.model].browse(record)
            store = Store()
            found = env["mail.message"]._message_fetch(None, thread=thread)
            store.add(found["messages"])
            store.add(thread, as_thread=True, request_list=list(THREAD))
            return store.get_result()

    # -- acting ----------------------------------------------------------------------

    def save(self, values, record=None):
        """The record that was made or changed, with what the client reads back."""
        self._check_shown(values)
        ids = [record] if record else []
        return self.call("web_save", ids, values, self.spec("form"))[0]

    def _check_shown(self, values):
        """Nobody fills in what the form does not have for this user."""
        hidden = set(values) - set(self.spec("form"))
        if hidden:
            raise AccessError(f"Not on the form of {self.model}: {sorted(hidden)}")

    def change(self, values, names, record=None):
        """What the client is told after somebody filled in the fields ``names``."""
        self._check_shown(values)
        ids = [record] if record else []
        return self.call("onchange", ids, values, list(names), self.spec("form"))

    def press(self, method, ids, **context):
        """A button of the view."""
        return self.call(method, ids, context={**self.context, **context})

    def export(self, names, ids):
        return self.call("export_data", ids, list(names))["datas"]

    def delete(self, ids):
        return self.call("unlink", ids)
