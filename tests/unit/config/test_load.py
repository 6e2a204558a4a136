"""`[tool.rtvariants]`: what is read from it, and every file that can't be read."""

import contextlib
import copy

import pytest
from sample_settings import GOOD

from rtvariants.config import load, model, toml
from rtvariants.config.fields import settings_of
from rtvariants.config.release import ReleaseConfig
from rtvariants.errors import ConfigError

HEAD = GOOD.partition("[[")[0]


def test_a_whole_configuration_is_read(read, tmp_path):
    config = read(GOOD)
    assert (config.package, config.extension) == ("greeter", "_hello")
    assert config.crate == tmp_path.resolve()
    assert config.runtime_package("fast") == "_greeter_fast"
    fast, safe = config.runtimes
    assert fast.levels == {"x86_64": "x86_64_v3", "aarch64": "aarch64"}
    assert fast.allocators == {"linux": "jemalloc", "macos": "system", "windows": "system"}
    assert (fast.features, fast.index_bits, fast.select) == (("simd",), 32, "auto")
    assert (safe.features, safe.index_bits, safe.select) == ((), 64, "auto")


def test_the_example_in_the_docstring_is_read(tmp_path):
    text = model.__doc__.split("```toml")[1].split("```")[0]
    folder = tmp_path / "crates" / "greeter"
    folder.mkdir(parents=True)
    (folder / "Cargo.toml").touch()
    baseline = '[[tool.rtvariants.runtimes]]\nname = "safe"\nlevel = "x86_64"\nindex-bits = 64\n'
    text = text.replace(', aarch64 = "aarch64"', "") + baseline
    (tmp_path / "pyproject.toml").write_text(text)
    assert [r.name for r in load.read(tmp_path).runtimes] == ["fast", "safe"]


# What is changed in the good configuration; then the place, the fact and the hint of the problem.
WRONG = {
    "misspelt key": (
        "index-bits",
        "index_bits",
        "runtimes[0]",
        "unknown key: `index_bits`",
        "`index-bits`",
    ),
    "misspelt top key": (
        "module =",
        "modul =",
        "rtvariants",
        "unknown key: `modul`",
        "`module`",
    ),
    "variable of the system": (
        'env = "GREETER_RUNTIME"',
        'env = "LD_PRELOAD"',
        "rtvariants.env",
        "a variable with another meaning: `LD_PRELOAD`",
        "`GREETER_RUNTIME`",
    ),
    "missing module": (
        'module = "greeter._hello"\nenv = "GREETER_RUNTIME"',
        'env = "GREETER_RUNTIME"',
        "rtvariants",
        "missing key: `module`",
        "",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_mistake_is_one_problem_with_a_place_and_a_hint(one_problem, case):
    one_problem(*WRONG[case])


def test_all_problems_of_a_file_are_reported_at_once(problems):
    text = GOOD.replace("module =", "modul =").replace("x86_64_v3", "v3").replace('"."', '"x"')
    assert {p.what.split(":")[0] for p in problems(text)} == {
        "unknown key", "unknown level", "no crate",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[tool.rtvariants", "unreadable file"),
        ("[tool.other]", "missing table: `[tool.rtvariants]`"),
        ("[tool]\nrtvariants = 3", "not a table"),
        ("[[tool.rtvariants]]\n[[tool.rtvariants]]", "2 tables `[[tool.rtvariants]]`, and a"),
        (HEAD, "missing key: `runtimes`"),
        (HEAD + "runtimes = []", "not a list of tables"),
        (HEAD + 'runtimes = ["fast"]', "not a table: 'fast'"),
    ],
)
def test_a_file_without_usable_settings_is_refused(problems, text, what):
    assert any(what in p.what for p in problems(text))


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="unreadable file"):
        load.read(tmp_path)


def test_a_message_is_a_fact_and_a_hint(problems):
    (problem,) = problems(GOOD.replace('"safe"', '"fast"'))
    assert problem.render().splitlines() == [
        "tool.rtvariants.runtimes[1].name: runtime named twice: `fast`",
        "hint: entry 0 has that name already; rename one",
    ]


def test_a_folder_without_a_project_is_named(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load.read(tmp_path)
    assert str(caught.value) == (
        f"no pyproject.toml in {tmp_path}\n"
        "hint: run this in the project's folder, or name that folder"
    )


VALUES = (3, 2.17, True, "", "x", "32", [], ["x"], [3], [[]], {}, {"x": 3}, {"x86_64": []})


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_of_a_wrong_type_never_crashes(value, tmp_path):
    (tmp_path / "Cargo.toml").touch()
    whole = toml.parse(GOOD.encode())["tool"]["rtvariants"]
    places = [(model.Config, lambda table: table)]
    places.append((model.RuntimeConfig, lambda table: table["runtimes"][0]))
    for cls, key in (
        (model.AllowConfig, "allow-instructions"), (model.BuildConfig, "build"),
        (model.SplitConfig, "split"), (model.SizesConfig, "sizes"), (model.TestConfig, "test"),
        (ReleaseConfig, "release"),
    ):  # fmt: skip
        least = {
            "allow-instructions": [{"reason": "r", "crate": "c"}],
            "release": {"platforms": ["linux-x64"]},
        }
        whole[key] = least.get(key, {})

        def found(table, key=key):
            return table[key][0] if isinstance(table[key], list) else table[key]

        places.append((cls, found))
    for cls, place in places:
        for each in settings_of(cls):
            table = copy.deepcopy(whole)
            place(table)[each.key] = value
            with contextlib.suppress(ConfigError):
                load.parse(table, tmp_path)
