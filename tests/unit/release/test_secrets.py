"""Secrets are cut out of every message of a release."""

import os

import pytest

from rtvariants.release import secrets
from rtvariants.release.secrets import CUT, redact

MACAROON = "pypi-AgEIcHlwaS5vcmcCJDU3ZjY0"


@pytest.mark.parametrize(
    "text",
    [
        f"403 for {MACAROON}",
        "Authorization: Basic X190b2tlbl9fOnNlY3JldA==",
        "authorization: bearer abcdefgh12345678",
        "https://user:hunter2@index.example/legacy",
        "token ghp_0123456789abcdefghij",
        "github_pat_11AAAAAA0123456789ab",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvOm8vciJ9.c2lnbmF0dXJl",
    ],
)
def test_tokens_are_cut_by_their_shape(text):
    shown = redact(text, {})
    assert CUT in shown
    for secret in ("AgEIc", "X190b2", "abcdefgh1", "hunter2", "0123456789ab", "c2lnbmF0"):
        assert secret not in shown


@pytest.mark.parametrize("name", ["TWINE_PASSWORD", "MY_TOKEN", "UV_PUBLISH_TOKEN", "api_key"])
def test_values_of_secret_variables_are_cut(name):
    assert redact("it is correct-horse", {name: "correct-horse"}) == f"it is {CUT}"


def test_ordinary_text_stays():
    text = "lamp-1.4.0.tar.gz: sha256 on the index: " + "ab" * 32
    assert redact(text, {"TOKEN": "lamp", "HOME": "index"}) == text


def test_secrets_are_out_of_the_environment_and_come_back(monkeypatch):
    monkeypatch.setenv("TWINE_USERNAME", "me")
    monkeypatch.setenv("CORP_TOKEN", "of-a-registry")
    monkeypatch.setenv("DEPLOY_KEY_PATH", "not-a-secret")
    with secrets.held(["CORP_TOKEN"]):
        assert "TWINE_USERNAME" not in os.environ
        assert os.environ["CORP_TOKEN"] == "of-a-registry"
        assert os.environ["DEPLOY_KEY_PATH"] == "not-a-secret"
        assert secrets.get("TWINE_USERNAME") == "me"
        with secrets.given():
            assert os.environ["TWINE_USERNAME"] == "me"
        assert "TWINE_USERNAME" not in os.environ
    assert os.environ["TWINE_USERNAME"] == "me"
