"""Which addresses a token may be sent to."""

import pytest

from rtvariants.errors import MachineError
from rtvariants.release.addresses import checked, loopback


@pytest.mark.parametrize(
    "address",
    ["https://upload.example/legacy/", "http://127.0.0.1:3141/x/", "http://[::1]:80/",
     "http://localhost/simple/", "https://user@index.example/simple/"],
)  # fmt: skip
def test_encrypted_addresses_and_this_machine_are_accepted(address):
    assert checked(address) == address


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://pkgs.example/simple/", "not encrypted"),
        ("http://127.0.0.1.example/simple/", "not encrypted"),
        ("http://10.0.0.1/simple/", "not encrypted"),
        ("ftp://pkgs.example/", "not an address"),
        ("pypi.example/simple", "not an address"),
        ("https://", "not an address"),
    ],
)
def test_other_addresses_are_refused(address, words):
    with pytest.raises(MachineError, match=words) as caught:
        checked(address)
    assert "hint: " in str(caught.value)


def test_a_password_in_an_address_is_refused_and_not_shown():
    with pytest.raises(MachineError, match="password in an address") as caught:
        checked("https://me:hunter2@index.example/simple/")
    assert "hunter2" not in str(caught.value)


def test_loopback_has_many_spellings():
    assert all(map(loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost", "a.localhost")))
    assert not any(map(loopback, ("", "localhost.example", "0.0.0.0", "169.254.0.1")))
