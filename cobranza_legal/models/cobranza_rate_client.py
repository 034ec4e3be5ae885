from odoo import models

from . import rate_http
from .rate_http import read_csv, read_json


class CobranzaRateClient(models.AbstractModel):
    """A public source of legal values. ``cobranza.rate.client.<code>`` answers for the
    source with that code; countries add theirs.

    A client only reads: it neither stores nor judges what was published.
    """

    _name = "cobranza.rate.client"
    _description = "Client of a source of legal values"

    _address = ""
    """Where the source is, without a slash at the end."""
    _citation = ""
    """How its values are cited in a letter."""
    _needs_key = False
    """Whether the user's own key has to be sent."""

    def _codes(self):
        """Codes of the parameters that the source publishes."""
        return ()

    def _rates(self, code, first, last):
        """List of ``Rate`` of a parameter from a day to another, in its unit.

        More days may come. SourceTrouble when the answer is not what the source
        documents; an empty list when it has no value.
        """
        raise NotImplementedError(self._name)

    def _key(self):
        """The key of the user for this source; empty if there is none."""
        # secrets are the administrator's to read; who fetches only uses them
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters.get_param(self._key_name(), "")

    def _key_name(self):
        return f"cobranza_legal.rate_key.{self._name.rpartition('.')[2]}"

    def _set_key(self, key):
        # the manager of collection enters it, who is no administrator
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(self._key_name(), (key or "").strip())

    def _ask_json(self, path, **params):
        return read_json(rate_http.ask(f"{self._address}/{path}", params))

    def _ask_csv(self, path, columns, **params):
        return read_csv(rate_http.ask(f"{self._address}/{path}", params), columns)

    def _say(self, trouble):
        """What a ``SourceTrouble`` means, in the user's language."""
        host = self._address.split("/")[2] if self._address else self._name
        messages = {
            "unreachable": self.env._("%s cannot be reached.", host),
            "slow": self.env._("%s does not answer in time.", host),
            "status": self.env._(
                "%(host)s answered with the error %(status)s.",
                host=host,
                status=trouble.detail,
            ),
            "large": self.env._("The answer of %s is too large.", host),
            "format": self.env._(
                "The answer of %(host)s is not what it documents: “%(detail)s”.",
                host=host,
                detail=trouble.detail,
            ),
            "empty": self.env._("%s has published no value.", host),
            "key": self.env._("%s does not accept the key.", host),
        }
        return messages[trouble.kind]

    def _is_down(self, trouble):
        """Whether the other series of the source would meet the same trouble."""
        return trouble.kind in ("unreachable", "slow", "key")
