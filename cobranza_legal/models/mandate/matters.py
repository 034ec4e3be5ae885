"""What mandates and debits know of a person, for whoever asks for its data."""

MATTERS = {
    "mandates": (
        "mandate_ids",
        (
            *("reference", "scheme", "kind", "state", "account_number"),
            *("creditor_identifier", "creditor_name", "notice_days", "signed_on"),
            *("signed_place", "signed_method", "first_used_on", "last_used_on"),
            *("expires_on", "note", "document_body", "document_hash", "erased_on"),
        ),
    ),
    "mandate_amendments": (
        "mandate_ids.amendment_ids",
        ("kind", "old", "new", "day", "reason", "told_on"),
    ),
    "signatures": (
        "mandate_ids.signature_ids",
        (
            *("name", "image", "moment", "address", "origin", "way"),
            *("document_hash", "erased_on"),
        ),
    ),
    "direct_debits": (
        "debit_ids",
        (
            *("document", "amount", "currency_id", "due_on", "number", "collect_on"),
            *("notified_on", "presented_on", "paid_on", "state", "return_code"),
            *("returned_on", "return_note", "note"),
        ),
    ),
}
"""As ``privacy.data.MATTERS``."""
