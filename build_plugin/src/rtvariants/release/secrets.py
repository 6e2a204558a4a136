"""Secrets are never shown: known ones are cut out of every message."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

#: Parts of names of variables whose values are secret.
_SECRET = re.compile(r"TOKEN|PASSWORD|PASSWD|SECRET|API_?KEY|CREDENTIAL", re.IGNORECASE)
# Tokens by their shape: of indexes (macaroons), of forges, signed ones of OIDC, and basic
# authentication in addresses and headers.
_SHAPES = (
    re.compile(r"pypi-[A-Za-z0-9_-]{16,}"),
    re.compile(r"\bgh[a-z]_[A-Za-z0-9]{16,}|\bgithub_pat_[A-Za-z0-9_]{16,}"),
    re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"),
    re.compile(r"(?<=://)[^/@\s:]+:[^/@\s]+(?=@)"),
    re.compile(r"(?i)(?<=basic )[A-Za-z0-9+/=]{8,}|(?<=bearer )[\w.~+/=-]{8,}"),
)
CUT = "[secret]"


def redact(text: str, environ: Mapping[str, str] | None = None) -> str:
    """Return a text without secrets: values of secret variables, and tokens by their shape.

    >>> redact("refused: hunter2hunter2", {"TWINE_PASSWORD": "hunter2hunter2"})
    'refused: [secret]'
    """
    environ = os.environ if environ is None else environ
    for name, value in environ.items():
        # A short value may be a part of ordinary words.
        if _SECRET.search(name) and len(value) >= 8:
            text = text.replace(value, CUT)
    for shape in _SHAPES:
        text = shape.sub(CUT, text)
    return text
