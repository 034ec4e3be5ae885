from .web_client import WebClient

MODULES = ("cobranza_legal", "cobranza_legal_es", "cobranza_legal_cl")


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

    def _open_menus(self, user, companies=None):
        """({path: Opened}, {path: fault}) of all menus of ours that a user sees."""
        client = WebClient(user, companies)
        opened, faults = {}, {}
        for path, action in self._own_menus(client).items():
            try:
                loaded = client.load(action)
                if loaded.get("type", "ir.actions.act_window").endswith("act_window"):
                    opened[path] = client.open(loaded)
            except Exception as error:  # noqa: BLE001 whatever it is, it is told
                faults[path] = f"{type(error).__name__}: {error}"
        return opened, faults

    def _open_actions(self, user, companies=None):
        """The same for the actions that no menu opens, {external id: fault}."""
        client = WebClient(user, companies)
        actions = self.env["ir.model.data"].search(
            [("module", "in", MODULES), ("model", "=", "ir.actions.act_window")]
        )
        opened, faults = {}, {}
        for data in actions:
            action = self.env["ir.actions.act_window"].browse(data.res_id)
            model = self.env[action.res_model].with_user(user)
            if action.target == "new" or not model.has_access("read"):
                continue
            allowed = action.sudo().group_ids
            if allowed and not allowed & user.all_group_ids:
                continue
            try:
                opened[data.complete_name] = client.open(client.load(action))
            except Exception as error:  # noqa: BLE001 whatever it is, it is told
                faults[data.complete_name] = f"{type(error).__name__}: {error}"
        return opened, faults

    def check_screens(self, users, companies=None):
        """Assert that each of ``users`` {name: user} opens all its screens; gives
        {name: {path or external id: Opened}}."""
        wrong, seen = {}, {}
        for name, user in users.items():
            seen[name] = {}
            for open_them in (self._open_menus, self._open_actions):
                opened, faults = open_them(user, companies)
                seen[name] |= opened
                wrong |= {f"{name}: {path}": fault for path, fault in faults.items()}
        told = "\n".join(f"{where}: {why}" for where, why in wrong.items())
        self.assertFalse(wrong, told)
        return seen
