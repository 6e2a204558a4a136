"""Kinds of values in the settings of runtimes: sizes."""

import pytest

from rtvariants.config.load import parse
from rtvariants.errors import ConfigError

TABLE = {
    "crate": ".",
    "module": "greeter._hello",
    "env": "GREETER_RUNTIME",
    "runtimes": [{"name": "safe", "level": "x86_64"}],
}


@pytest.fixture
def table(tmp_path):
    (tmp_path / "Cargo.toml").touch()
    return lambda **limits: parse(TABLE | {"sizes": limits}, tmp_path)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("66 MB", 66_000_000), ("1.5MB", 1_500_000), ("3 kB", 3000), ("2 GiB", 2 * 1024**3),
        ("10 KiB", 10_240), ("", 0),
    ],
)  # fmt: skip
def test_a_size_is_a_number_with_a_unit(table, text, number):
    assert table(wheel=text).sizes.wheel == number


@pytest.mark.parametrize("text", ["66", "MB", "-1 MB", "6 Mb", "1.5.2 MB", "66 MB or so"])
def test_anything_else_is_refused_with_an_example(table, text):
    with pytest.raises(ConfigError) as caught:
        table(installed=text)
    (problem,) = caught.value.problems
    assert problem.where == "tool.rtvariants.sizes.installed"
    assert problem.what == f"not a size: `{text}`"
    assert problem.hint.endswith("such as `25 MB`")


@pytest.mark.parametrize("number", [66, 0, 1.5, True, []])
def test_a_number_without_a_unit_is_refused_with_an_example(table, number):
    with pytest.raises(ConfigError, match=r"not a size: .*\nhint: write .*such as `25 MB`"):
        table(installed=number)


@pytest.mark.parametrize("text", ["0 MB", "0.0 GiB", "0.0001 kB"])
def test_nothing_is_no_limit(table, text):
    with pytest.raises(ConfigError, match=f"a limit that nothing keeps: `{text}`\nhint: leave"):
        table(wheel=text)
