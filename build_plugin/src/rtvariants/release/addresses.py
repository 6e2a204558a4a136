"""Addresses that a token may be sent to: encrypted ones, and those of this machine."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from rtvariants.errors import MachineError


def checked(address: str) -> str:
    """Return an address that a token may be sent to.

    Raises `MachineError` for one that is not encrypted and not of this machine, since everybody on
    the way could read the token there, and for one that holds a password, which would end up in
    logs and messages.

    >>> checked("https://upload.example/legacy/")
    'https://upload.example/legacy/'
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise MachineError(f"not an address: `{address}`", "write it as `https://host/path/`")
    if parts.password is not None:
        shown = address.replace(parts.netloc.rpartition("@")[0], "…", 1)
        raise MachineError(
            f"password in an address: {shown}",
            "remove it; set `TWINE_PASSWORD`, or write the password into `~/.netrc` for reading",
        )
    if parts.scheme == "http" and not loopback(host):
        raise MachineError(
            f"not encrypted: {address}",
            "use `https`: the token could be read on the way to that host",
        )
    return address


def loopback(host: str) -> bool:
    """Return whether a host is this machine.

    >>> loopback("127.0.0.1"), loopback("localhost"), loopback("10.0.0.1")
    (True, True, False)
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
