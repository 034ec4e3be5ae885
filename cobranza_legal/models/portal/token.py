"""The keys of pages to which a link alone opens."""

import re
import secrets

TOKEN_BYTES = 32


TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
"""What ``new_token`` looks like."""


def new_token():
    return secrets.token_urlsafe(TOKEN_BYTES)
