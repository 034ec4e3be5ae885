"""What contacts bring about in law: one row for each effect, and one record for each
contact and effect."""

from dataclasses import dataclass, field, replace

from odoo import api, fields, models
from odoo.tools import LazyTranslate, format_date
from odoo.tools.translate import LazyGettext

from ..common.deletion import discard
from ..common.rows import Row

_lt = LazyTranslate(__name__)


INTERRUPTION = "interruption"


MADE = ("sent", "in_doubt")


STANDINGS = [("yes", "Achieved"), ("waiting", "Not yet"), ("no", "No")]


WHYS = [
    ("achieved", "Its conditions are met"),
    ("no_effect", "The law gives a letter no such effect"),
    ("no_claim", "It claims no debt"),
    ("no_demand", "It demands no sum by a day"),
    ("not_said", "Its text does not say so"),
    ("reception", "Its reception is not proven"),
    ("content", "Nothing proves its content"),
    ("exempt", "The law does not ask for it here"),
]


def _in_doubt(contact, effect):
    """``effect``, but not yet there while nobody knows whether the contact left."""
    if contact.state != "in_doubt" or effect.standing != "yes":
        return effect
    return replace(effect, standing="waiting", why="reception", day=None)


@dataclass(frozen=True, slots=True)
class EffectKind:
    """``sentence``: what it means that a contact has this effect."""

    code: str
    label: LazyGettext = field(compare=False)
    sentence: LazyGettext = field(compare=False)


class CobranzaContactEffectKind(models.AbstractModel):
    _name = "cobranza.contact.effect.kind"
    _inherit = "cobranza.rows"
    _description = "Legal effects of contacts"

    def _rows(self):
        return EFFECT_KINDS


EFFECT_KINDS = (
    EffectKind(
        "mora",
        _lt("Debtor in default"),
        _lt("The debtor is in default from this day on, if not before."),
    ),
    EffectKind(
        INTERRUPTION,
        _lt("Limitation interrupted"),
        _lt("The time in which the debt is time-barred begins anew."),
    ),
    EffectKind(
        "invitation",
        _lt("Invitation to negotiate"),
        _lt("What has to be tried before a lawsuit counts as tried."),
    ),
    EffectKind(
        "register_warning",
        _lt("Warning of a credit register"),
        _lt("The debtor was told that it may be reported."),
    ),
    EffectKind(
        "vat_proof",
        _lt("Means of proof for the VAT relief"),
        _lt("The claim that the VAT law asks for is proven."),
    ),
)


class CobranzaContactEffect(models.Model):
    """One effect of a contact in law: whether it is there, since when, and why.

    Derived by the rules of the country from the contact and what became of it; derived
    again when that changes, never written by people.
    """

    _name = "cobranza.contact.effect"
    _inherit = "cobranza.gate.mixin"
    _description = "Legal effect of a contact"
    _order = "contact_id, id"
    _rec_name = "kind"

    contact_id = fields.Many2one(
        "cobranza.contact", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="contact_id.company_id")
    debtor_id = fields.Many2one(related="contact_id.debtor_id")
    channel = fields.Selection(related="contact_id.channel")
    kind = Row("cobranza.contact.effect.kind", required=True, readonly=True)
    standing = fields.Selection(STANDINGS, required=True, readonly=True)
    day = fields.Date(readonly=True, string="Since")
    why = fields.Selection(WHYS, required=True, readonly=True, string="Why so")
    article = fields.Char(readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        readonly=True,
        string="Concerns",
        help="Who answers beside the debtor and was written to as such; empty: the "
        "debtor.",
    )
    words = fields.Char(compute="_compute_words", string="Why")

    _kind_uniq = models.UniqueIndex(
        "(contact_id, kind)", "This contact has been judged for this effect already."
    )
    _yes_idx = models.Index("(contact_id, kind, day) WHERE standing = 'yes'")

    @api.depends("kind", "standing", "why", "day", "contact_id.reception_note")
    @api.depends_context("lang")
    def _compute_words(self):
        kinds = self.env["cobranza.contact.effect.kind"]
        labels = dict(self._fields["why"]._description_selection(self.env))
        for effect in self:
            row = kinds._row(effect.kind)
            note = effect.contact_id.reception_note
            if effect.standing == "yes" and row:
                effect.words = self.env._(row.sentence)
            elif effect.why in ("reception", "content") and note:
                effect.words = note
            else:
                effect.words = f"{labels.get(effect.why, effect.why)}."

    @api.model
    def _derive(self, contacts):
        """Judge the effects of these contacts by the rules of their countries, and
        write only what changed; a fixed number of queries for each company."""
        contacts = contacts.filtered(lambda one: not one.erased_on)
        made = contacts.filtered(
            lambda one: one.direction == "outbound" and one.state in MADE
        )
        found = {}
        for company, own in made.grouped("company_id").items():
            found |= company._cobranza_rules()._contact_effects(own)
        # effects follow from evidence, whoever records it
        gate = self.sudo()._through_gate()
        known = gate.search([("contact_id", "in", contacts.ids)]) if contacts else gate
        by_key = {(one.contact_id.id, one.kind): one for one in known}
        wanted = {
            (contact.id, one.kind): self._prepare_vals(contact, _in_doubt(contact, one))
            for contact in made
            for one in found.get(contact.id, ())
        }
        discard(known.filtered(lambda one: (one.contact_id.id, one.kind) not in wanted))
        for key in by_key.keys() & wanted.keys():
            by_key[key]._change(wanted[key])
        gate.create([vals for key, vals in wanted.items() if key not in by_key])

    def _change(self, vals):
        """Write what differs."""
        old = self._convert_to_write({name: self[name] for name in vals})
        changed = {
            name: vals[name] for name in vals if (old[name] or False) != vals[name]
        }
        if changed:
            self.write(changed)

    @api.model
    def _prepare_vals(self, contact, effect):
        return {
            "contact_id": contact.id,
            "kind": effect.kind,
            "standing": effect.standing,
            "day": effect.day or False,
            "why": effect.why,
            "article": effect.article or False,
            "partner_id": contact._obligor().id,  # none: the debtor, whoever that is
        }

    def _discardable(self):
        """They are worked out again from the contact."""
        return self

    @api.model
    def _derive_of(self, debtors):
        """Judge all effects of contacts of these debtors again: something by which
        reception or content is judged has changed."""
        if not debtors:
            return
        domain = [("debtor_id", "in", debtors.ids), ("direction", "=", "outbound")]
        domain.append(("state", "in", MADE))
        # sudo: what a letter achieved does not depend on who causes it to be judged
        self._derive(self.env["cobranza.contact"].sudo().search(domain))

    def _say(self):
        """[(kind, standing, words with day and article)] of these effects."""
        kinds = self.env["cobranza.contact.effect.kind"]
        labels = dict(self._fields["standing"]._description_selection(self.env))
        return [
            (
                kinds._label(one.kind),
                labels[one.standing],
                " · ".join(
                    part
                    for part in (
                        one.day and format_date(self.env, one.day),
                        one.words,
                        one.article,
                    )
                    if part
                ),
            )
            for one in self
        ]
