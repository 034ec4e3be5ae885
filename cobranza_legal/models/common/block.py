"""What the core asks of blocks that it does not know by name."""

from odoo import api, models
from odoo.exceptions import UserError


class CobranzaBlock(models.AbstractModel):
    """The contract of a block: direct debits, cases, provisions.

    A block is a package that the core never names. It inherits this as
    ``cobranza.block.<name>``, and the core asks all blocks at once. The answers here
    are those of a block that adds nothing. Hooks never write (``_daily``,
    ``_taken_off``, ``_debtors_judged``, ``_debts_written_off``, ``_propose``,
    ``_contacts_sent``, ``_contacts_bounced`` and ``_erase_matters`` apart), and ask the
    database the same number of times for one record and for a thousand.
    """

    _name = "cobranza.block"
    _description = "Block of the suite"

    _switch = None
    """External id of the group that everybody has while the block is switched on in the
    settings (``implied_group``); None: it is always on.

    Off, nothing of it is seen and nothing of it runs: no upkeep, no daily work, no
    letter about it leaves. What it knows stays true: what covers a debt covers it, and
    what happens to its letters, and to money, is noted."""

    _dialogs = ()
    """Names of its models whose dialogs hang from the menu *Actions* of screens of the
    core: a button of a list can ask for one group alone, not for a right and for the
    switch, too."""

    # -- asked by the core -------------------------------------------------------------

    @api.model
    def _blocks(self):
        """Every block of the code, in the order of their names."""
        return [self.env[name] for name in sorted(self._inherit_children)]

    @api.model
    def _live_blocks(self):
        """The blocks that are switched on."""
        return [block for block in self._blocks() if block._is_on()]

    @api.model
    def _off_dialogs(self):
        """Names of the models of dialogs of blocks that are switched off."""
        off = [block for block in self._blocks() if not block._is_on()]
        return {name for block in off for name in block._dialogs}

    @api.model
    def _off_codes(self, registry):
        """{code: label} of the rows that switched off blocks added to a registry."""
        off = [block for block in self._blocks() if not block._is_on()]
        rows = [row for block in off for row in block._rows_of(registry)]
        return {row.code: self.env[registry]._label(row.code) for row in rows}

    @api.model
    def _is_on(self):
        """Whether everybody in the house sees this block."""
        if not self._switch:
            return True
        # sudo: whoever asks need not read groups; all of it is in Odoo's own caches
        groups = self.env["res.groups"].sudo()._get_group_definitions()
        everybody, switch = (
            self.env["ir.model.data"]._xmlid_to_res_id(name)
            for name in ("base.group_user", self._switch)
        )
        return switch in groups.get_superset_ids([everybody])

    @api.model
    def _added_rows(self, registry):
        """The rows of all blocks for a registry, whether they are on or not: codes that
        are stored have to be known."""
        return [row for block in self._blocks() for row in block._rows_of(registry)]

    @api.model
    def _check_switches(self, switched_on):
        """UserError when a block stays on whose group is not among ``switched_on``,
        external ids."""
        for block in self._blocks():
            if block._switch and block._switch not in switched_on:
                why = block._stays_on_because()
                if why:
                    raise UserError(why)

    # -- answered by blocks ------------------------------------------------------------

    @api.model
    def _stays_on_because(self):
        """Why it cannot be switched off now, in words; empty: it can."""
        return ""

    @api.model
    def _rows_of(self, registry):
        """The rows that this block adds to the registry of this name. Of code alone."""
        return ()

    @api.model
    def _upkept(self):
        """Names of its models that the daily upkeep calls, as
        ``cobranza.debtor._upkeep_models`` says."""
        return ()

    @api.model
    def _daily(self, company, today):
        """Once a day for a company, after the upkeep of its records: what is found in
        the books rather than due on a record. It may be run again at any time."""

    @api.model
    def _covering(self, debt_ids, day):
        """What it knows of the debts that it covers on ``day``, for
        ``cobranza.debt._covered``, which asks all at once: (SQL of rows (debt id, day
        until, company id, another day); a function that makes {debt id: (``Reason``,
        until)} of those rows). None: it covers none. Asked whether it is on or off.
        Run as superuser."""
        return None

    @api.model
    def _covering_items(self, line_ids, day):
        """{journal item id: (``Reason``, until)}, the same of items that become debts
        on ``day``. Run as superuser."""
        return {}

    @api.model
    def _settlement_records(self):
        """[(code of ``cobranza.settlement.kind``, SQL condition)] of reconciliations
        that its records made, as ``cobranza.settlement._sql_records``. Of code alone;
        the block flushes what the condition reads. Asked whether it is on or off."""
        return ()

    @api.model
    def _debts_written_off(self, debts, words):
        """These debts were written off as uncollectible a moment ago, or are not any
        more; ``words`` say which. It may write. Run as superuser."""

    @api.model
    def _claimed_in_court(self, debt_ids, day):
        """The ids of those debts that were claimed before a court by ``day`` and still
        are. Asked whether it is on or off. Run as superuser."""
        return set()

    @api.model
    def _insolvency_published(self, debtors):
        """{debtor id: the day on which its insolvency was published} of those of which
        it knows it. Asked whether it is on or off. Run as superuser."""
        return {}

    @api.model
    def _set_aside(self, entry):
        """SQL condition on the entry with the alias ``entry``: its items on followed
        accounts are no matter between the debtor and us, so that neither pays or is
        owed anything. None: there are no such entries. Asked whether it is on or
        off."""
        return None

    @api.model
    def _claimed_since(self, debt_ids, day):
        """{debt id: the day of the first claim} of those that ``_claimed_in_court``
        names. Asked whether it is on or off. Run as superuser."""
        return {}

    @api.model
    def _contested_in_court(self, debt_ids, day):
        """The ids of those debts whose existence or amount the debtor contests before a
        court on ``day``. Asked whether it is on or off. Run as superuser."""
        return set()

    @api.model
    def _kinds_of_entries(self, move_ids):
        """{entry id: (code of ``provision.book.KINDS``, {commercial partner id: amount
        in company currency})} of those entries that its records have booked, for the
        book of provisions: the amounts, if any, say of whom items without a partner
        are. Asked whether it is on or off. Run as superuser."""
        return {}

    @api.model
    def _closing_checks(self, company, day):
        """[``provision.closing.Check``] of what should be done before the period that
        ends on ``day`` is closed. Asked whether it is on or off. Run as superuser."""
        return []

    @api.model
    def _entries_changed(self, entries):
        """These entries, none of which is an invoice, were posted a moment ago, or are
        not posted any more. Whoever did it need not see what the block knows. It may
        write. Asked whether it is on or off."""

    @api.model
    def _taken_off(self, lines):
        """Money was taken off these journal items a moment ago. Whoever did it need not
        see what the block knows. It may write, before the transaction ends. Asked
        whether it is on or off."""

    @api.model
    def _debtors_judged(self, debtors):
        """What these debtors, of one company, owe or are known for has changed in this
        transaction, and their debts were decided again. It may write. Run as
        superuser."""

    @api.model
    def _agreement_objections(self, agreement, on):
        """[``agreement.limits.Objection``] to a payment agreement that is asked for,
        offered or signed on the day ``on``, by what it knows of its debts; the debtor
        may read them. Asked whether it is on or off. Run as superuser."""
        return ()

    @api.model
    def _costs_of_suits(self, costs):
        """Those of these costs that belong to a lawsuit, beside those of kinds that
        always do: the debtor owes them through an award only. Asked whether it is on or
        off. Run as superuser."""
        return costs.browse()

    @api.model
    def _costs_awarded(self, costs):
        """Those of these costs that a court has made the debtor pay. Asked whether it
        is on or off. Run as superuser."""
        return costs.browse()

    @api.model
    def _propose(self, effect, debts_of):
        """The ids of the debts, of {debtor id: debt ids} that have reached a level with
        this effect, about which it has drafts: for the others a person gets a task. It
        may write. Run as superuser."""
        return set()

    @api.model
    def _contacts_sent(self, contacts):
        """These contacts have left a moment ago. It may write, other than the hooks
        that are asked something. Asked whether it is on or off."""

    @api.model
    def _files_of_contact(self, contact):
        """[values of ``ir.attachment``] of the files that leave with a contact that is
        about what the block does."""
        return []

    @api.model
    def _contacts_bounced(self, contacts):
        """These contacts did not reach anybody. It may write. Asked whether it is on or
        off."""

    @api.model
    def _takes_mail(self, content):
        """Whether this mail, as its bytes arrived, is for this block alone, which has
        kept it: Odoo does not look for whom it is. Asked whether it is on or off. Run
        as superuser."""
        return False

    @api.model
    def _is_confidential_after(self, contact):
        """Whether what answers this contact is kept from courts."""
        return False

    @api.model
    def _merge_of_contact(self, contact):
        """{merge field: text or Markup} of ``_fields_of_texts`` for a contact, in the
        context's language; none for one that is not about what the block does."""
        return {}

    @api.model
    def _fields_of_texts(self):
        """Names of the merge fields that it adds to the vocabulary of texts."""
        return ()

    @api.model
    def _samples_of_texts(self, text):
        """{merge field: example} of ``_fields_of_texts``, in the context's language."""
        return {}

    @api.model
    def _payment_methods(self, debtor, lines, reader):
        """[``method.PaymentMethod``] of those open items (``lines``) of a
        debtor of which it knows how they are paid, or why they are to be paid by
        transfer after all; in the context's language. The partner ``reader`` reads it:
        nothing is said that is none of its business. Asked whether it is on or off:
        off it tells of what it covers, nothing else. Run as superuser."""
        return ()

    def _documents_satisfied(self, source, company, partner_ids, day):
        """{id of a commercial partner: state of ``cobranza.document``} of those of whom
        it says, for ``source``, which it adds to ``cobranza.document.source``, that a
        document is there (checked) or that none is needed (not_applicable), in
        ``company`` on ``day``; of the others it lacks. Run as superuser."""
        return {}

    @api.model
    def _personal_matters(self):
        """{name: (path, fields)} of what it knows of a debtor, as
        ``privacy.data.MATTERS``: given to whoever asks for its data."""
        return {}

    @api.model
    def _refusals_of_erasure(self, debtor, today):
        """[message] of what keeps the log of a debtor whole, as
        ``cobranza.debtor._retention_refusals``. Run as superuser."""
        return ()

    @api.model
    def _is_to_erase(self, debtor, cutoff):
        """Whether something of a debtor was over before the day ``cutoff`` and is not
        erased yet. Run as superuser."""
        return False

    @api.model
    def _erase_matters(self, debtor, cutoff, why):
        """Erase what was over before a day, as ``cobranza.debtor._erase_matters``:
        hashes, dates and the reason stay. It writes; ``debtor`` comes as superuser and
        through the gate."""
