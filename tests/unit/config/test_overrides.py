"""What wins over the configuration: options, variables, `-C` settings."""

import pytest

from rtvariants.config import load
from rtvariants.errors import ConfigError


def said(parse, *args, **kwargs):
    with pytest.raises(ConfigError) as caught:
        parse(*args, **kwargs)
    return str(caught.value)


def test_options_win_over_variables_over_c_settings_over_the_file(parse):
    environ, settings, options = {"RTVARIANTS_JOBS": "5"}, {"jobs": "4"}, {"jobs": 6}
    assert parse().build.jobs == 3
    assert parse(settings=settings).build.jobs == 4
    assert parse(environ, settings).build.jobs == 5
    assert parse(environ, settings, options).build.jobs == 6


def test_an_empty_variable_and_an_option_of_none_override_nothing(parse):
    assert parse({"RTVARIANTS_JOBS": ""}, options={"jobs": None}).build.jobs == 3


@pytest.mark.parametrize("value", ["fast,safe", "fast safe", ["fast", "safe"], " fast, safe "])
def test_a_list_is_read_from_words(parse, value):
    assert parse(settings={"runtimes": value}).build.runtimes == ("fast", "safe")


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("yes", True), ("ON", True), ("false", False), ("0", False)]
)
def test_a_flag_is_read_from_a_word(parse, text, value):
    assert parse(settings={"frugal": text}).build.frugal is value


def test_only_the_runtimes_that_are_named_are_built(parse):
    assert [r.name for r in parse().wanted] == ["fast", "safe"]
    assert [r.name for r in parse(options={"runtimes": ["safe"]}).wanted] == ["safe"]


def test_a_wrong_override_is_reported_under_the_name_that_the_user_wrote(parse):
    assert said(parse, {"RTVARIANTS_JOBS": "many"}) == (
        "RTVARIANTS_JOBS: not a whole number of at least 0: `many`"
    )
    assert said(parse, settings={"frugal": "maybe"}) == (
        "-C frugal: neither true nor false: `maybe`\nhint: use `true` or `false`"
    )
    assert said(parse, settings={"jobs": ["1", "2"]}) == (
        "-C jobs: given more than once\nhint: give it once"
    )
    assert said(parse, options={"runtimes": ["sfe"]}) == (
        "--runtime: unknown runtime to build: `sfe`\nhint: did you mean `safe`?"
    )


def test_an_unknown_override_is_refused_with_the_closest_name(parse):
    assert said(parse, settings={"job": "1"}) == (
        "unknown setting: `-C job`\nhint: did you mean `jobs`?"
    )
    assert said(parse, {"RTVARIANTS_RUNTIME": "fast"}) == (
        "unknown variable: `RTVARIANTS_RUNTIME`\nhint: did you mean `RTVARIANTS_RUNTIMES`?"
    )


def test_a_variable_that_resembles_none_of_ours_is_ignored(parse):
    assert parse({"RTVARIANTS_WEATHER": "fine", "RTVARIANTS_NO_INSTALL_RUST": "1"}).build.jobs == 3


def test_problems_of_file_environment_and_settings_are_reported_at_once(parse):
    text = said(parse, {"RTVARIANTS_JOBS": "x"}, {"wheel": "y"}, env="no-variable")
    assert [line.split(": ")[1] for line in text.splitlines() if "hint" not in line] == [
        "not a variable name", "not a whole number of at least 0", "`-C wheel`",
    ]  # fmt: skip


def test_a_problem_in_the_file_is_reported_even_where_an_override_hides_it(parse):
    assert "not a whole number" in said(parse, {"RTVARIANTS_JOBS": "1"}, build={"jobs": -1})


def test_overrides_hold_for_what_is_read_inside_and_end_there(tmp_path, monkeypatch):
    (tmp_path / "Cargo.toml").touch()
    (tmp_path / "pyproject.toml").write_text(
        '[tool.rtvariants]\ncrate = "."\nmodule = "g._g"\nenv = "G"\n'
        '[[tool.rtvariants.runtimes]]\nname = "safe"\nlevel = "x86_64"\n'
    )
    monkeypatch.delenv("RTVARIANTS_JOBS", raising=False)
    with load.overriding({"jobs": "2"}, {"frugal": True}):
        build = load.read(tmp_path).build
        assert (build.jobs, build.frugal) == (2, True)
    assert load.read(tmp_path).build.jobs == 0
    monkeypatch.setenv("RTVARIANTS_JOBS", "7")
    assert load.read(tmp_path).build.jobs == 7
    refused = pytest.raises(ConfigError, match="unknown setting: `-C nothing`")
    with refused, load.overriding({"nothing": "2"}):
        raise AssertionError("not reached")
