"""Secrets stay in this process: neither the processes that it starts nor messages have them.

Within `held`, they are not in the environment, so build backends, build scripts, tests and the
imports of a freshly installed release see none. What needs a secret asks
`get` for it; clients that read the environment on their own run within `given`.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping

#: Parts of names of variables whose values are secret.
_SECRET = re.compile(
    r"TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|(API|ACCESS|PRIVATE|SIGNING)_?KEY|CREDENTIAL"
    r"|\ATWINE_|\AACTIONS_(ID_TOKEN|RUNTIME)_",
    re.IGNORECASE,
)
_held: dict[str, str] = {}
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
    environ = {**os.environ, **_held} if environ is None else environ
    for name, value in environ.items():
        # A short value may be a part of ordinary words.
        if _SECRET.search(name) and len(value) >= 8:
            text = text.replace(value, CUT)
    for shape in _SHAPES:
        text = shape.sub(CUT, text)
    return text


@contextlib.contextmanager
def held(kept: Iterable[str] = ()) -> Iterator[None]:
    """Take every secret out of the environment, except the variables in `kept`."""
    kept = set(kept)
    taken = [name for name in os.environ if _SECRET.search(name) and name not in kept]
    _held.update({name: os.environ.pop(name) for name in taken})
    try:
        yield
    finally:
        os.environ.update(_held)
        _held.clear()


def get(name: str) -> str:
    """Return the value of a variable that may be secret; empty if it is not set."""
    # What was set since then, as by a rehearsal, counts first.
    return os.environ.get(name) or _held.get(name, "")


@contextlib.contextmanager
def given() -> Iterator[None]:
    """Put the secrets back into the environment for a client that reads them there."""
    lent = {name: value for name, value in _held.items() if name not in os.environ}
    os.environ.update(lent)
    try:
        yield
    finally:
        for name in lent:
            os.environ.pop(name, None)
