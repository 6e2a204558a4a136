"""A clean environment, and the names of wheels in it."""

from subprocess import CompletedProcess

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


def test_the_modules_of_one_wheel_share_an_environment(fat, tmp_path, monkeypatch):
    commands = []

    def ran(argv, _home):
        commands.append(argv)
        return CompletedProcess(argv, 0, "")

    monkeypatch.setattr(environment, "_ran", ran)
    first, again = (environment.install([fat], tmp_path, "python3") for _ in range(2))
    assert first == again
    assert len(commands) == 2  # One creates the environment, one installs the wheel.
