"""A clean environment, and the names of wheels in it."""

import pytest
from sample_wheels import MACHINE

from rtvariants.trial import environment, sets
from rtvariants.wheels import variant

only_x86 = pytest.mark.skipif(MACHINE != "x86_64", reason="arm64 has one level here")


@only_x86
def test_a_variant_wheel_is_installed_under_a_plain_name(fat):
    for wheel in variant.cut(fat):
        (found,) = sets.group([wheel])
        assert environment.plain(wheel).filename == fat.filename
        assert {r.name for r in found.runtimes} in ({"fast", "wide"}, {"safe"})


def test_the_environment_has_none_of_the_callers_settings(tmp_path, monkeypatch):
    for name in ("PIP_INDEX_URL", "UV_INDEX", "PYTHONPATH", "PIP_FIND_LINKS", "SAMPLE"):
        monkeypatch.setenv(name, "there")
    env = environment.clean(tmp_path)
    assert "there" not in env.values()
    assert env["HOME"] == str(tmp_path)
    assert env["HTTPS_PROXY"] == env["https_proxy"] == "http://127.0.0.1:9"
