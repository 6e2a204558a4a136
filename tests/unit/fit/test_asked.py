from dataclasses import replace
from pathlib import Path

import pytest

from rtvariants.errors import ConfigError
from rtvariants.fit import asked
from rtvariants.fit.plain import Call


def call(*argv, environ=None, features=("default", "a", "b")):
    return Call(argv, Path("Cargo.toml"), features, ("cdylib",), environ or {})


def test_features_and_profile_are_read_in_every_spelling():
    found = asked.of(
        call("rustc", "--features", "a,b", "--features=c d", "-F", "e", "--profile", "dist"), {}
    )
    assert found.features == ("a", "b", "c", "d", "e")
    assert (found.profile, found.default_features) == ("dist", True)


def test_all_features_are_those_of_the_crate_without_the_name_of_the_default_ones():
    found = asked.of(call("build", "--all-features", "--no-default-features", "--release"), {})
    assert found.features == ("a", "b")
    assert (found.profile, found.default_features) == ("release", False)


def test_a_build_without_a_profile_is_one_for_development():
    assert asked.of(call("build"), {}).profile == "dev"


def test_flags_that_the_backend_sets_are_taken_over_and_no_other_variables():
    before = {"RUSTFLAGS": "--cfg a", "CC": "gcc"}
    environ = {"RUSTFLAGS": "--cfg b", "CC": "gcc", "CFLAGS_x": "-O3", "PYO3_PYTHON": "python"}
    found = asked.of(call("build", environ=environ), before)
    assert found.environ == {"RUSTFLAGS": "--cfg b", "CFLAGS_x": "-O3"}


def test_what_backends_add_for_stripping_and_for_macos_is_no_fault():
    usual = ("--", "-C", "link-arg=-s", "--crate-type", "cdylib", "-C", "link-arg=-undefined")
    assert asked.of(call("rustc", "--features", "a", *usual), {}).features == ("a",)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("rustc", "--", "-C", "target-cpu=native"), "-Ctarget-cpu=native"),
        (("rustc", "--", "-C", "link-arg=-lfoo"), "-Clink-arg=-lfoo"),
        (("build", "--config", "a=1"), "--config a=1"),
    ],
)
def test_what_no_runtime_can_get_is_refused_by_name(argv, said):
    with pytest.raises(ConfigError, match=said):
        asked.of(call(*argv), {})


def test_modules_of_one_distribution_are_built_alike():
    one = asked.Asked(Path("a"), ("x",), True, "release", {}, False)
    other = replace(one, crate=Path("b"), features=("y",))
    asked.require_alike({"p.a": one, "p.b": other})
    for wrong, said in (
        (replace(other, profile="dist"), r"different profiles of `p\.a` and `p\.b`"),
        (replace(other, default_features=False), "different default features"),
        (replace(other, environ={"CC": "x"}), "different variables"),
        (replace(other, crate=Path("a")), "which are one crate"),
    ):
        with pytest.raises(ConfigError, match=said):
            asked.require_alike({"p.a": one, "p.b": wrong})
