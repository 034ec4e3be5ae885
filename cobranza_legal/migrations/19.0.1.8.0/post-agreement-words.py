"""Starter texts said “with” before the words for the interest of an agreement, which
say it themselves. Nobody edits starter texts, only copies of them: those, which are
somebody's own, stay and are told of the newer version."""

WORDS = (
    ("with {{ agreement_interest }}", "{{ agreement_interest }}"),
    ("con {{ agreement_interest }}", "{{ agreement_interest }}"),
)


def migrate(cr, version):
    if not version:
        return
    for before, after in WORDS:
        cr.execute(
            "UPDATE cobranza_text SET body = replace(body, %s, %s)"
            " WHERE starter AND body LIKE %s",
            [before, after, f"% {before}%"],
        )
