"""`[tool.rtvariants]`: what is read from it, and every way of getting it wrong."""

import contextlib
import copy
import sys

import pytest

from rtvariants.config import load, model
from rtvariants.config.fields import settings_of
from rtvariants.config.release import ReleaseConfig
from rtvariants.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

GOOD = """
[tool.rtvariants]
crate = "."
module = "greeter._hello"
env = "GREETER_RUNTIME"
[[tool.rtvariants.runtimes]]
name = "fast"
level = { x86_64 = "x86_64_v3", aarch64 = "aarch64" }
allocator = { linux = "jemalloc" }
features = ["simd"]
index-bits = 32
[[tool.rtvariants.runtimes]]
name = "safe"
level = { x86_64 = "x86_64", aarch64 = "aarch64" }
"""


HEAD = GOOD.partition("[[")[0]


@pytest.fixture
def read(tmp_path):
    (tmp_path / "Cargo.toml").touch()

    def read(text):
        (tmp_path / "pyproject.toml").write_text(text)
        return load.read(tmp_path)

    return read


@pytest.fixture
def faults(read):
    def faults(text):
        with pytest.raises(ConfigError) as caught:
            read(text)
        return caught.value.problems

    return faults


def test_a_whole_table(read, tmp_path):
    table = read(GOOD)
    assert (table.package, table.extension) == ("greeter", "_hello")
    assert table.crate == tmp_path.resolve()
    assert table.runtime_package("fast") == "_greeter_fast"
    fast, safe = table.runtimes
    assert fast.levels == {"x86_64": "x86_64_v3", "aarch64": "aarch64"}
    assert fast.allocators == {"linux": "jemalloc", "macos": "system", "windows": "system"}
    assert (fast.features, fast.index_bits, fast.select) == (("simd",), 32, "auto")
    assert (safe.features, safe.index_bits, safe.select) == ((), 64, "auto")


def test_the_text_in_the_modules_docstring_is_a_table_that_is_read(tmp_path):
    text = model.__doc__.split("```toml")[1].split("```")[0]
    folder = tmp_path / "crates" / "greeter"
    folder.mkdir(parents=True)
    (folder / "Cargo.toml").touch()
    baseline = '[[tool.rtvariants.runtimes]]\nname = "safe"\nlevel = { x86_64 = "x86_64" }\n'
    text = text.replace(', aarch64 = "aarch64"', "") + baseline
    (tmp_path / "pyproject.toml").write_text(text)
    assert [r.name for r in load.read(tmp_path).runtimes] == ["fast", "safe"]


# What is changed in the good table, where the problem is, what it says and what its hint holds.
WRONG = {
    "misspelt key": (
        "index-bits",
        "index_bits",
        "runtimes[0]",
        "unknown key: `index_bits`",
        "`index-bits`",
    ),
    "misspelt top key": ("module =", "modul =", "rtvariants", "unknown key: `modul`", "`module`"),
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
    "named twice": (
        '"safe"',
        '"fast"',
        "runtimes[1].name",
        "runtime named twice: `fast`",
        "entry 0",
    ),
    "reserved name": (
        '"safe"',
        '"auto"',
        "runtimes[1].name",
        "reserved name: `auto`",
        "another one",
    ),
    "name of the loader": ('"safe"', '"loader"', "runtimes[1].name", "reserved name: `loader`", ""),
    "unusable name": (
        '"safe"',
        '"Safe-1"',
        "runtimes[1].name",
        "unusable name: `Safe-1`",
        "small letter",
    ),
    "no crate": (
        'crate = "."',
        'crate = "nowhere"',
        "rtvariants.crate",
        "no crate: `nowhere`",
        "folder of the crate",
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
    "unknown system": ("{ linux", "{ linus", "allocator", "unknown system: `linus`", "`linux`"),
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
    "unknown runtime to build": (
        "[[tool.rtvariants.runtimes]]",
        '[tool.rtvariants.build]\nruntimes = ["fats"]\n[[tool.rtvariants.runtimes]]',
        "build.runtimes",
        "unknown runtime to build: `fats`",
        "`fast`",
    ),
    "missing env": ('env = "GREETER_RUNTIME"', "", "rtvariants", "missing key: `env`", ""),
    "no baseline": (
        'x86_64 = "x86_64",',
        'x86_64 = "x86_64_v2",',
        "runtimes",
        "no runtime that is chosen automatically on every x86_64 CPU",
        "`x86_64`",
    ),
    "baseline is explicit": (
        'name = "safe"',
        'name = "safe"\nselect = "explicit"',
        "runtimes",
        "no runtime that is chosen automatically",
        "auto",
    ),
    "select": (
        'name = "safe"',
        'name = "safe"\nselect = "never"',
        "select",
        "unknown value: `never`",
        "`explicit`",
    ),
    "level of one machine is missing": (
        'x86_64 = "x86_64_v3", aarch64',
        "aarch64",
        "runtimes",
        "no level of runtime `fast` for `x86_64`",
        "`x86_64`",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_fault_is_one_problem_with_its_place(faults, case):
    old, new, where, what, hint = WRONG[case]
    assert old in GOOD
    (problem,) = faults(GOOD.replace(old, new, 1))
    assert problem.where.endswith(where)
    assert what in problem.what
    assert hint in problem.hint


def test_all_faults_of_a_file_are_told_at_once(faults):
    text = GOOD.replace("module =", "modul =").replace("x86_64_v3", "v3").replace('"."', '"x"')
    assert {p.what.split(":")[0] for p in faults(text)} == {
        "unknown key", "unknown level", "no crate",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[tool.rtvariants", "unreadable file"),
        ("[tool.other]", "missing table: `[tool.rtvariants]`"),
        ("[tool]\nrtvariants = 3", "not a table"),
        (HEAD, "missing key: `runtimes`"),
        (HEAD + "runtimes = []", "not a list of tables"),
        (HEAD + 'runtimes = ["fast"]', "not a table: 'fast'"),
    ],
)
def test_files_without_a_usable_table(faults, text, what):
    assert any(what in p.what for p in faults(text))


def test_a_file_that_is_no_text(tmp_path):
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="unreadable file"):
        load.read(tmp_path)


def test_the_message_is_facts_and_hints(faults):
    (problem,) = faults(GOOD.replace('"safe"', '"fast"'))
    assert problem.render().splitlines() == [
        "tool.rtvariants.runtimes[1].name: runtime named twice: `fast`",
        "hint: entry 0 has that name already; rename one",
    ]


def test_a_workspace_that_is_no_package_is_no_crate(faults, tmp_path):
    for name in ("core", "python"):
        (tmp_path / "crates" / name).mkdir(parents=True)
        (tmp_path / "crates" / name / "Cargo.toml").write_text("[package]\n[lib]\n")
    with (tmp_path / "crates/python/Cargo.toml").open("a") as file:
        file.write('crate-type = ["cdylib"]\n')
    (tmp_path / "Cargo.toml").write_text('[workspace]\nmembers = ["crates/*"]\n')
    (problem,) = faults(GOOD)
    assert problem.where == "tool.rtvariants.crate"
    assert problem.what == "no crate: `.` (its Cargo.toml is a workspace and no package)"
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


def test_a_folder_without_a_project(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load.read(tmp_path)
    assert str(caught.value) == (
        f"no pyproject.toml in {tmp_path}\n"
        "hint: run this in the project's folder, or name that folder"
    )


VALUES = (3, 2.17, True, "", "x", "32", [], ["x"], [3], [[]], {}, {"x": 3}, {"x86_64": []})


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_no_value_of_a_wrong_type_is_a_crash(value, tmp_path):
    (tmp_path / "Cargo.toml").touch()
    whole = tomllib.loads(GOOD)["tool"]["rtvariants"]
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
