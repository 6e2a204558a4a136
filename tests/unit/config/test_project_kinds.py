"""Kinds of the settings of a project: what each accepts, and the problem of every other value."""

import pytest
from sample_settings import GOOD

from rtvariants.config import load
from rtvariants.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("66 MB", 66_000_000), ("1.5MB", 1_500_000), ("3 kB", 3000), ("2 GiB", 2 * 1024**3),
        ("10 KiB", 10_240), ("", 0),
    ],
)  # fmt: skip
def test_a_size_is_a_number_with_a_unit(parse, text, number):
    assert parse(sizes={"wheel": text}).sizes.wheel == number


@pytest.mark.parametrize("text", ["66", "MB", "-1 MB", "6 Mb", "1.5.2 MB", "66 MB or so"])
def test_anything_else_is_refused_with_an_example(parse, text):
    with pytest.raises(ConfigError) as caught:
        parse(sizes={"installed": text})
    (problem,) = caught.value.problems
    assert problem.where == "tool.rtvariants.sizes.installed"
    assert problem.what == f"not a size: `{text}`"
    assert problem.hint.endswith("such as `25 MB`")


@pytest.mark.parametrize("number", [66, 0, 1.5, True, []])
def test_a_number_without_a_unit_is_refused_with_an_example(parse, number):
    with pytest.raises(ConfigError, match=r"not a size: .*\nhint: write .*such as `25 MB`"):
        parse(sizes={"installed": number})


@pytest.mark.parametrize("text", ["0 MB", "0.0 GiB", "0.0001 kB"])
def test_a_limit_of_nothing_is_refused(parse, text):
    with pytest.raises(ConfigError, match=f"a limit that everything exceeds: `{text}`"):
        parse(sizes={"wheel": text})


# What is changed in the good configuration; then the place, the fact and the hint of the problem.
WRONG = {
    "no crate": (
        'crate = "."',
        'crate = "nowhere"',
        "rtvariants.crate",
        "no crate: `nowhere`",
        "of the crate with the PyO3 module",
    ),
    "no name": (
        "greeter._hello",
        "greeter.",
        "rtvariants.module",
        "not a dotted module name",
        "`greeter._hello`",
    ),
    "env": (
        "GREETER_RUNTIME",
        "greeter-runtime",
        "rtvariants.env",
        "not a variable name",
        "`GREETER_RUNTIME`",
    ),
    "keyword as a module": (
        "greeter._hello",
        "greeter.import",
        "rtvariants.module",
        "a keyword of Python in a module name: `import`",
        "",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_mistake_is_one_problem_with_a_place_and_a_hint(one_problem, case):
    one_problem(*WRONG[case])


def test_a_workspace_without_a_package_is_not_a_crate(problems, tmp_path):
    for name in ("core", "python"):
        (tmp_path / "crates" / name).mkdir(parents=True)
        (tmp_path / "crates" / name / "Cargo.toml").write_text("[package]\n[lib]\n")
    with (tmp_path / "crates/python/Cargo.toml").open("a") as file:
        file.write('crate-type = ["cdylib"]\n')
    (tmp_path / "Cargo.toml").write_text('[workspace]\nmembers = ["crates/*"]\n')
    (problem,) = problems(GOOD)
    assert problem.where == "tool.rtvariants.crate"
    assert problem.what == "no crate: `.` (its Cargo.toml is a workspace without a package)"
    assert problem.hint.endswith("such as `crates/python`")
    (tmp_path / "Cargo.toml").write_text("[workspace]\nmembers = [3]\n")
    load.read(tmp_path)  # cargo says what is wrong with it


def test_a_crate_that_is_a_link_keeps_its_name_in_the_project(read, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "Cargo.toml").touch()
    root = tmp_path / "project"
    root.mkdir()
    (root / "rust").symlink_to(outside)
    (root / "pyproject.toml").write_text(GOOD.replace('crate = "."', 'crate = "rust/../rust/"'))
    link = tmp_path / "link"
    link.symlink_to(root)
    # The folder itself may be reached by a link: cargo names its files by the real one.
    assert load.read(link).crate == root.resolve() / "rust"
