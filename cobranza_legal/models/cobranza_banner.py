from odoo import api, models

from .cobranza_run_screen import WAITING


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    @api.model
    def get_worklist_banner(self):
        """What the worklist says about the company: mode, contacts that wait for a
        person, legal values that run out, and a country addon that is available but not
        installed."""
        company = self.env.company
        domain = [("company_id", "=", company.id), *WAITING]
        waiting = self.env["cobranza.contact"].search_count(domain)
        runs = self.env["cobranza.run"]
        run = runs._newest(company) if runs.has_access("read") else runs
        module, country = company._cobranza_missing_module()
        return {
            "mode": company.sudo().cobranza_mode,  # the mode is no secret
            "waiting": waiting,
            "run_id": run.id,
            **self._desk_banner(company),
            "ending": self.env["cobranza.parameter"]._ending_lines(company),
            "country": country.name,
            "module": bool(module)
            and {
                "id": module.id,
                "name": module.shortdesc,
                "can_install": self.env.user.has_group("base.group_system"),
            },
        }

    def _desk_banner(self, company):
        """The order of the list, and where the session of this user stands."""
        user = self.env.user
        session = self.env["cobranza.session"]._current()
        return {
            "formula": company._cobranza_formula(),
            "can_work": user.has_group("cobranza_legal.group_collector"),
            "can_weigh": user.has_group("cobranza_legal.group_collection_manager"),
            "session": session._position() if session else False,
        }


class ResCompany(models.Model):
    _inherit = "res.company"

    def _cobranza_missing_module(self):
        """(module, country): the addon with the rules of the fiscal country that could
        be installed but is not, found by its declared countries."""
        self.ensure_one()
        root = self.sudo().root_id  # a branch user may not read its root company
        country = root.account_fiscal_country_id or root.country_id
        modules = self.env["ir.module.module"].sudo()  # the list of apps is the admin's
        found = modules.search(
            [
                ("state", "=", "uninstalled"),
                ("country_ids", "in", country.ids),
                ("dependencies_id.name", "=", "cobranza_legal"),
            ],
            limit=1,
        )
        return found, country
