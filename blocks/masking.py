"""Takes secrets out of values before anybody keeps or shows them."""

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

HIDDEN = "[hidden]"
_SHORTEST = 4  # to hide every "a" of a text would ruin it and tell what the secret is


class Mask:
    """Hides these secrets, also as base64, in addresses and inside JSON text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: list[str] = []
        if secrets:
            self.hide(secrets)

    def hide(self, secrets: Iterable[str]) -> None:
        """Hide these from now on, too."""
        forms = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
        self._forms = sorted(forms.union(self._forms), key=len, reverse=True)

    def __bool__(self) -> bool:
        return bool(self._forms)

    @property
    def reach(self) -> int:
        """How many characters at the end of a text could be the beginning of a secret."""
        return len(self._forms[0]) - 1 if self._forms else 0

    def text(self, text: str) -> str:
        """The text without the secrets."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text

    def value(self, value: Any) -> Any:
        """The JSON value without the secrets, also in the names of entries."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.value(key): self.value(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(each) for each in value]
        return value


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(secret.encode()).decode().rstrip("=")
