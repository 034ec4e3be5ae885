"""What a failed request to a service tells of what the service has seen."""

import requests
import urllib3


def never_reached(error):
    """Whether the provider surely saw nothing: no connection was made, or it refused to
    answer before reading."""
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        error = error.__cause__ or error.__context__
    for one in seen:
        if isinstance(one, requests.exceptions.ConnectTimeout):
            return True
        if isinstance(one, urllib3.exceptions.NewConnectionError):
            return True
        reason = getattr(one.args[0], "reason", None) if one.args else None
        if isinstance(reason, urllib3.exceptions.NewConnectionError):
            return True
        if isinstance(one, requests.exceptions.HTTPError):
            return one.response.status_code in (401, 403, 404, 405, 429)
    return False
