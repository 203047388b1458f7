"""What a request to a place is answered with."""

from blocks.base import BlockError


def blocked(http, url):
    """Whether the client refuses to go there."""
    try:
        http.request("GET", url)
    except BlockError as error:
        return error.code == "ssrf_blocked"
    return False
