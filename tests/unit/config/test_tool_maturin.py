"""`[tool.maturin]`: its features hold for all runtimes, and other settings are refused."""

import pytest

from rtvariants.config import load, tool_maturin
from rtvariants.config.tool_maturin import adopt
from rtvariants.errors import ConfigError


@pytest.fixture
def adopted(tmp_path):
    (tmp_path / "Cargo.toml").touch()
    table = {
        "crate": ".",
        "module": "greeter._hello",
        "env": "GREETER_RUNTIME",
        "runtimes": [{"name": "safe", "level": "x86_64", "features": ["small"]}],
    }

    def adopted(
        backend="rtvariants.backends.maturin", module=table["module"], more=None, **settings
    ):
        data = {"build-system": {"build-backend": backend}, "tool": {"maturin": settings}}
        return adopt(load.parse({**table, "module": module, **(more or {})}, tmp_path), data)

    return adopted


def said(adopted, **settings):
    with pytest.raises(ConfigError) as caught:
        adopted(**settings)
    return str(caught.value)


def test_its_features_are_those_of_every_runtime(adopted):
    assert adopted(features=["simd", "small"]).runtimes[0].features == ("simd", "small")


@pytest.mark.parametrize("module", ["rpds", "rpds.rpds"])
def test_a_name_without_a_package_is_that_of_the_package_and_the_module(adopted, module):
    for settings in ({}, {"module-name": "rpds"}, {"module-name": "rpds.rpds"}):
        assert adopted(module=module, **settings).module == "rpds.rpds"
    assert adopted("setuptools.build_meta", module=module).module == module


def test_another_backend_does_not_read_it(adopted):
    assert adopted("hatchling.build", features=["small"]).runtimes[0].features == ("small",)
    assert adopted("hatchling.build", include=["x"], profile="release").runtimes


@pytest.mark.parametrize(
    "settings",
    [
        {"features": ["simd"]},
        {"no-default-features": True},
        {"all-features": True},
        {"profile": "dist"},
        {"rustc-args": ["-Cx"]},
    ],
)
def test_what_it_would_change_in_a_runtime_is_refused_with_another_backend(adopted, settings):
    for backend in ("hatchling.build", "setuptools.build_meta"):
        with pytest.raises(ConfigError, match="the build backend does not read: `") as caught:
            adopted(backend, **settings)
        assert caught.value.problems[0].where == f"tool.maturin.{next(iter(settings))}"


def test_settings_that_cannot_be_followed_are_refused_at_once(adopted):
    text = said(adopted, **{"rustc-args": ["-Cx"], "profile": 1, "module-name": "g._g"})
    assert "tool.maturin.rustc-args: setting that can't be followed: `rustc-args`" in text
    assert "tool.maturin.profile: not a text: 1" in text
    assert "module named `g._g` here, `greeter._hello` in `[tool.rtvariants]`" in text


def test_the_profile_holds_for_every_runtime_unless_the_own_table_names_one(adopted):
    assert adopted().profile == "release"
    assert adopted(profile="dist").profile == "dist"
    assert adopted(**{"profile": "dist", "editable-profile": "dist"}).profile == "dist"


def test_arguments_that_only_maturin_would_read_are_refused(adopted, monkeypatch):
    monkeypatch.setenv("MATURIN_PEP517_ARGS", "--features simd")
    assert "arguments that can't be followed: `MATURIN_PEP517_ARGS`" in said(adopted)
    monkeypatch.setenv("MATURIN_PEP517_ARGS", " ")
    assert adopted().runtimes[0].features == ("small",)


def test_no_default_features_holds_for_every_runtime(adopted):
    assert adopted().runtimes[0].default_features
    assert not adopted(**{"no-default-features": True}).runtimes[0].default_features
    assert adopted(**{"no-default-features": False}).runtimes[0].default_features


def test_several_features_in_one_text_are_several(adopted):
    features = adopted(features=["simd,pyo3/abi3-py310 fast"]).runtimes[0].features
    assert features == ("simd", "pyo3/abi3-py310", "fast", "small")


def test_locked_needs_a_lock_file_and_holds_then(adopted, tmp_path):
    assert "tool.maturin.locked: no Cargo.lock" in said(adopted, locked=True)
    (tmp_path / "Cargo.lock").touch()
    assert adopted(locked=True).runtimes


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"all-features": True}, "`all-features`"),
        ({"cargo-extra-args": ["--offline"]}, "`cargo-extra-args`"),
        ({"frozen": True}, "`frozen`"),
        ({"editable-profile": "dev"}, "`editable-profile = 'dev'`"),
        ({"compatibility": "manylinux2014"}, "`compatibility = 'manylinux2014'`"),
        ({"bindings": "cffi"}, "`bindings = 'cffi'`"),
        (
            {"target": {"aarch64-apple-darwin": {"macos-deployment-target": "11.0"}}},
            "`macos-deployment-target`",
        ),
        ({"features": ["jemalloc"]}, "allocator among the features: `jemalloc`"),
        ({"features": "simd"}, "not a list of cargo features: 'simd'"),
    ],
)
def test_what_maturin_would_follow_is_refused_and_never_ignored(adopted, settings, what):
    assert what in said(adopted, **settings)


def test_settings_of_the_wheel_are_maturins_own_business(adopted):
    own = {
        "include": ["x"], "exclude": ["y"], "data": "d", "strip": True, "python-packages": ["g"],
        "compatibility": "pypi", "profile": "release", "bindings": "pyo3-ffi",
    }  # fmt: skip
    assert adopted(**own).runtimes[0].features == ("small",)


TRAIN = {"pgo-command": "python train.py"}


def test_as_with_maturin_its_command_alone_makes_no_profiles(adopted, monkeypatch):
    assert not adopted(**TRAIN).pgo.on
    for value in ("0", "false", "off"):
        monkeypatch.setenv("MATURIN_PGO", value)
        assert not adopted(**TRAIN).pgo.on


def test_its_command_makes_profiles_where_maturin_or_our_table_asks_for_them(adopted, monkeypatch):
    monkeypatch.setenv("MATURIN_PGO", "1")
    assert adopted(**TRAIN).pgo.command == "python train.py"
    assert not adopted(more={"pgo": {"mode": "off"}}, **TRAIN).pgo.on
    monkeypatch.delenv("MATURIN_PGO")
    table = {"pgo": {"profiles": "pgo"}}
    assert adopted(more=table, **TRAIN).pgo.command == "python train.py"
    table = {"pgo": {"command": "own", "profiles": "pgo"}}
    assert adopted(more=table, **TRAIN).pgo.command == "own"


def test_profiles_without_a_command_are_refused_as_maturin_refuses_them(adopted, monkeypatch):
    monkeypatch.setenv("MATURIN_PGO", "1")
    assert "`MATURIN_PGO` without a command\nhint: write `command = " in said(adopted)


def test_a_command_that_is_not_a_text_is_refused(adopted):
    assert "tool.maturin.pgo-command: not a text: ['a', 'b']" in said(
        adopted, **{"pgo-command": ["a", "b"]}
    )


def test_its_command_is_read_from_a_project_that_knows_only_maturin(monkeypatch):
    data = {"tool": {"maturin": TRAIN}}
    assert tool_maturin.command(data) == ""
    monkeypatch.setenv("MATURIN_PGO", "1")
    assert tool_maturin.command(data) == "python train.py"
    assert tool_maturin.command({}) == ""
