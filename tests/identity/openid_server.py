"""A small OpenID Connect provider: one person, who agrees to everything. It checks client, redirect and PKCE."""

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

KEY = "only-for-tests-" * 3


class Server(ThreadingHTTPServer):
    """What it says of itself is `document`, what it says of the person `claims`."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.codes, self.tokens = {}, set()
        self.document = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        self.claims = {
            "iss": self.address,
            "sub": "7",
            "aud": "us",
            "email": "ada@example.com",
            "email_verified": True,
            "name": "Ada Lovelace",
        }

    def agree(self, url):
        """Do what the person does there; returns the address to come back to, without the host."""
        back = urlsplit(self.way_back(url))
        return f"{back.path}?{back.query}"

    def way_back(self, url):
        """Where the person's browser is sent."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token_for(self, form):
        """The answer to a code; None if it is not for whoever asks."""
        asked = self.codes.pop(form.get("code"), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or (
            asked["client_id"],
            asked["redirect_uri"],
            asked["code_challenge"],
        ) != (
            form["client_id"],
            form["redirect_uri"],
            challenge,
        ):
            return None
        if form["client_secret"] != "s3cret":
            return None
        token = secrets.token_urlsafe(8)
        self.tokens.add(token)
        claims = {"exp": int(time.time()) + 60, "iat": int(time.time())} | self.claims
        return {
            "access_token": token,
            "token_type": "Bearer",
            "id_token": jwt.encode(claims, KEY, algorithm="HS256"),
        }


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path = urlsplit(self.path).path
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if path == "/.well-known/openid-configuration":
            self._say(self.server.document)
        elif path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.server.way_back(self.path))
            self.end_headers()
        elif path == "/userinfo" and token in self.server.tokens:
            self._say(self.server.claims)
        else:
            self._say({"error": "not_found"}, 404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        token = self.server.token_for(form)
        self._say(token or {"error": "invalid_grant"}, 200 if token else 400)

    def _say(self, body, status=200):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def running_server():
    """The server, for as long as the block lasts."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
