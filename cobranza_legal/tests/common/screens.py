from contextlib import contextmanager
from unittest.mock import patch

from ...models.shadow.rehearsal import Rehearsal
from .web_client import WebClient

MODULES = ("cobranza_legal", "cobranza_legal_es", "cobranza_legal_cl")


@contextmanager
def rehearsed_once():
    """The shadow month of a company is played whole for who opens it first; whoever
    opens it later may play it too, two days of it."""
    play, played = Rehearsal.play, set()

    def shorter(rehearsal):
        if rehearsal.company in played:
            rehearsal.days = 1
        played.add(rehearsal.company)
        return play(rehearsal)

    with patch.object(Rehearsal, "play", shorter):
        yield


class ScreenChecks:
    """Every menu of ours, opened as the web client does it, as somebody. Mixed into a
    test case that makes the company, its users and something to look at."""

    def _own_menus(self, client):
        """{path of a menu: its action} that the user sees below our root."""
        root = self.env.ref("cobranza_legal.menu_root")
        menus = client.menus()
        found, todo = {}, [(root.id, "")]
        while todo:
            number, path = todo.pop()
            menu = menus.get(number)
            if not menu:
                continue
            path = f"{path}/{menu['name']}"
            if menu.get("actionID") and not menu["children"]:
                model = self.env[menu["actionModel"]]
                found[path] = model.browse(menu["actionID"])
            todo += [(child, path) for child in menu["children"]]
        return found

    def _other_actions(self, user, known):
        """{external id: action} of those that no menu opens and the user may."""
        actions = self.env["ir.model.data"].search(
            [("module", "in", MODULES), ("model", "=", "ir.actions.act_window")]
        )
        found = {}
        for data in actions:
            action = self.env["ir.actions.act_window"].browse(data.res_id)
            model = self.env[action.res_model].with_user(user)
            if action.target == "new" or action in known:
                continue
            allowed = action.sudo().group_ids
            if allowed and not allowed & user.all_group_ids:
                continue
            if model.has_access("read"):
                found[data.complete_name] = action
        return found

    def _open_screens(self, user, companies, search):
        """({path or external id: Opened}, {the same: fault}) of all that it opens."""
        client = WebClient(user, companies)
        menus = self._own_menus(client)
        opened, faults = {}, {}
        for name, action in {
            **menus,
            **self._other_actions(user, set(menus.values())),
        }.items():
            try:
                loaded = client.load(action)
                if loaded.get("type", "ir.actions.act_window").endswith("act_window"):
                    opened[name] = client.open(loaded, search=search)
            except Exception as error:  # noqa: BLE001 whatever it is, it is told
                faults[name] = f"{type(error).__name__}: {error}"
        return opened, faults

    def check_screens(self, users, companies=None, searching=None):
        """Assert that each of ``users`` {name: user} opens all its screens; those named
        in ``searching`` (all unless told) with every filter and grouping. Gives {name:
        {path or external id: Opened}}."""
        wrong, seen = {}, {}
        with rehearsed_once():
            for name, user in users.items():
                search = searching is None or name in searching
                seen[name], faults = self._open_screens(user, companies, search)
                wrong |= {f"{name}: {path}": fault for path, fault in faults.items()}
        told = "\n".join(f"{where}: {why}" for where, why in wrong.items())
        self.assertFalse(wrong, told)
        return seen
