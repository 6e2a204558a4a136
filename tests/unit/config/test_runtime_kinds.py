"""Kinds of the settings of runtimes: what each accepts, and the problem of every other value."""

import pytest
from sample_settings import GOOD

from rtvariants.config import load
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
    with pytest.raises(ConfigError, match=f"a limit that everything exceeds: `{text}`"):
        table(wheel=text)


# What is changed in the good configuration; then the place, the fact and the hint of the problem.
WRONG = {
    "unknown level": (
        "x86_64_v3",
        "x86_64_v9",
        "level.x86_64",
        "unknown level: `x86_64_v9`",
        "x86_64_v",
    ),
    "other machine's level": (
        'aarch64 = "aarch64" }\nalloc',
        'aarch64 = "x86_64_v2" }\nalloc',
        "level.aarch64",
        "level of another machine",
        "",
    ),
    "unknown machine": (
        'x86_64 = "x86_64_v3"',
        'amd64 = "x86_64_v3"',
        "level.amd64",
        "unknown machine: `amd64`",
        "`x86_64`",
    ),
    "reserved name": (
        '"safe"',
        '"auto"',
        "runtimes[1].name",
        "reserved name: `auto`",
        "another name",
    ),
    "name of the loader": (
        '"safe"',
        '"loader"',
        "runtimes[1].name",
        "reserved name: `loader`",
        "",
    ),
    "unusable name": (
        '"safe"',
        '"Safe-1"',
        "runtimes[1].name",
        "unusable name: `Safe-1`",
        "lowercase letter",
    ),
    "no crate": (
        'crate = "."',
        'crate = "nowhere"',
        "rtvariants.crate",
        "no crate: `nowhere`",
        "of the crate with the PyO3 module",
    ),
    "no dot": (
        "greeter._hello",
        "greeter",
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
    "unknown allocator": (
        "jemalloc",
        "jmalloc",
        "allocator",
        "unknown allocator: `jmalloc`",
        "`jemalloc`",
    ),
    "unknown system": (
        "{ linux",
        "{ linus",
        "allocator",
        "unknown system: `linus`",
        "`linux`",
    ),
    "allocator as feature": (
        '"simd"',
        '"jemalloc"',
        "features",
        "allocator among the features",
        'allocator = "jemalloc"',
    ),
    "width": (
        "index-bits = 32",
        "index-bits = 33",
        "index-bits",
        "unknown width: 33",
        "`64` or `32`",
    ),
    "width of a wrong type": (
        "index-bits = 32",
        "index-bits = true",
        "index-bits",
        "unknown width: True",
        "",
    ),
    "width in quotes": (
        "index-bits = 32",
        'index-bits = "32"',
        "index-bits",
        "unknown width: `32`",
        "without quotes: 32",
    ),
    "features of a wrong type": (
        '["simd"]',
        '"simd"',
        "features",
        "not a list of cargo features",
        '["simd"]',
    ),
    "name of a wrong type": (
        'name = "safe"',
        "name = 7",
        "runtimes[1].name",
        "not a text: 7",
        "in quotes",
    ),
    "half of a level's name": (
        'x86_64 = "x86_64_v3"',
        'x86_64 = "v3"',
        "level.x86_64",
        "unknown level: `v3`",
        "did you mean `x86_64_v3`",
    ),
    "keyword as a module": (
        "greeter._hello",
        "greeter.import",
        "rtvariants.module",
        "a keyword of Python in a module name: `import`",
        "",
    ),
    "jobs in quotes": (
        "[[tool.rtvariants.runtimes]]",
        '[tool.rtvariants.build]\njobs = "2"\n[[tool.rtvariants.runtimes]]',
        "build.jobs",
        "not a whole number of at least 0: `2`",
        "without quotes: 2",
    ),
    "select": (
        'name = "safe"',
        'name = "safe"\nselect = "never"',
        "select",
        "unknown value: `never`",
        "`explicit`",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_mistake_is_one_problem_with_a_place_and_a_hint(problems, case):
    old, new, where, what, hint = WRONG[case]
    assert old in GOOD
    (problem,) = problems(GOOD.replace(old, new, 1))
    assert problem.where.endswith(where)
    assert what in problem.what
    assert hint in problem.hint


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
