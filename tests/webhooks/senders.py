"""How senders sign, written from the descriptions of both styles and apart from our own code."""

import base64
import hashlib
import hmac

KEY = b"0123456789abcdef0123456789abcdef"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


def standard(body, number, moment, key=KEY):
    """The headers of https://www.standardwebhooks.com."""
    signed = hmac.new(key, f"{number}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": number,
        "webhook-timestamp": str(moment),
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def github(body, key=None, delivery="a"):
    """The headers of GitHub."""
    digest = hmac.new(key or SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}", "X-GitHub-Delivery": delivery}
