"""Settings: what wins over the table, every kind's faults, the schema and the reference."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from rtvariants.config import load, model, reference, schema
from rtvariants.config.faults import Faults
from rtvariants.config.fields import setting, settings_of  # fmt: skip
from rtvariants.config.kinds import Choice, Flag, Free, Number, Section, Sections, Text, Texts
from rtvariants.config.overrides import Overrides
from rtvariants.config.reading import read_table
from rtvariants.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[3]
TABLE = {
    "crate": ".",
    "module": "greeter._hello",
    "env": "GREETER_RUNTIME",
    "runtimes": [{"name": "fast", "level": "x86_64_v3"}, {"name": "safe", "level": "x86_64"}],
    "build": {"jobs": 3, "frugal": True},
}


@pytest.fixture
def parse(tmp_path):
    (tmp_path / "Cargo.toml").touch()

    def parse(environ=None, settings=None, options=None, **changes):
        return load.parse(TABLE | changes, tmp_path, Overrides(environ, settings, options))

    return parse


def said(parse, *args, **kwargs):
    with pytest.raises(ConfigError) as caught:
        parse(*args, **kwargs)
    return str(caught.value)


# ------------------------------------------------------------------------------- what wins


def test_the_command_wins_over_the_environment_over_c_settings_over_the_table(parse):
    environ, settings, options = {"RTVARIANTS_JOBS": "5"}, {"jobs": "4"}, {"jobs": 6}
    assert parse().build.jobs == 3
    assert parse(settings=settings).build.jobs == 4
    assert parse(environ, settings).build.jobs == 5
    assert parse(environ, settings, options).build.jobs == 6


def test_what_is_not_given_wins_over_nothing(parse):
    assert parse({"RTVARIANTS_JOBS": ""}, options={"jobs": None}).build.jobs == 3


@pytest.mark.parametrize("value", ["fast,safe", "fast safe", ["fast", "safe"], " fast, safe "])
def test_a_list_from_outside(parse, value):
    assert parse(settings={"runtimes": value}).build.runtimes == ("fast", "safe")


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("yes", True), ("ON", True), ("false", False), ("0", False)]
)
def test_a_flag_from_outside(parse, text, value):
    assert parse(settings={"frugal": text}).build.frugal is value


def test_only_the_wanted_runtimes_are_built(parse):
    assert [r.name for r in parse().wanted] == ["fast", "safe"]
    assert [r.name for r in parse(options={"runtimes": ["safe"]}).wanted] == ["safe"]


def test_a_faulty_override_is_told_by_the_name_that_the_user_wrote(parse):
    assert said(parse, {"RTVARIANTS_JOBS": "many"}) == (
        "RTVARIANTS_JOBS: not a whole number from 0 on: `many`"
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


def test_an_unknown_override_is_refused_with_the_nearest(parse):
    assert said(parse, settings={"job": "1"}) == (
        "unknown setting: `-C job`\nhint: did you mean `jobs`?"
    )
    assert said(parse, {"RTVARIANTS_RUNTIME": "fast"}) == (
        "unknown variable: `RTVARIANTS_RUNTIME`\nhint: did you mean `RTVARIANTS_RUNTIMES`?"
    )


def test_a_variable_that_is_near_none_is_somebody_elses(parse):
    assert parse({"RTVARIANTS_WEATHER": "fine", "RTVARIANTS_NO_INSTALL_RUST": "1"}).build.jobs == 3


def test_faults_of_table_environment_and_settings_are_told_at_once(parse):
    text = said(parse, {"RTVARIANTS_JOBS": "x"}, {"wheel": "y"}, env="no-variable")
    assert [line.split(": ")[1] for line in text.splitlines() if "hint" not in line] == [
        "not a variable name", "not a whole number from 0 on", "`-C wheel`",
    ]  # fmt: skip


def test_a_fault_in_the_table_is_told_although_an_override_hides_it(parse):
    assert "not a whole number" in said(parse, {"RTVARIANTS_JOBS": "1"}, build={"jobs": -1})


def test_overrides_reach_a_table_that_is_read_inside_and_end_there(tmp_path, monkeypatch):
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


# -------------------------------------------------------------------------- kinds and reading


@dataclass(frozen=True, kw_only=True)
class Inner:
    size: int = setting(Number(minimum=1), default=100)
    """Size, in MB."""


@dataclass(frozen=True, kw_only=True)
class Outer:
    path: str
    kind: str = setting(Choice("fat", "split"), default="fat", override="packaging")
    """How.

    More.
    """
    one: Inner = setting(Section(Inner), default={})
    many: tuple[Inner, ...] = setting(Sections(Inner, "outer.many"))
    fast_too: bool = setting(Flag(), default=False)
    words: tuple[str, ...] = setting(Texts(Text("[a-z]+", "not small")), default=[])
    rest: dict = setting(Free(), default={})


def outer(table):
    faults = Faults()
    return read_table(Outer, table, "outer", faults, path="p"), [
        p.render() for p in faults.problems
    ]


def test_a_table_becomes_its_dataclass():
    made, faults = outer(
        {"many": [{"size": 7}], "fast-too": True, "words": ["a"], "rest": {"x": 1}}
    )
    assert faults == []
    assert made == Outer(
        path="p", many=(Inner(size=7),), fast_too=True, words=("a",), rest={"x": 1}
    )
    assert made.one == Inner(size=100)


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ({"kind": "splt"}, "outer.kind: unknown value: `splt`\nhint: did you mean `split`?"),
        ({"kind": 3}, "outer.kind: unknown value: 3\nhint: use `fat` or `split`"),
        ({"one": {"size": 0}}, "outer.one.size: not a whole number from 1 on: 0"),
        ({"one": {"size": True}}, "outer.one.size: not a whole number from 1 on: True"),
        ({"one": 5}, "outer.one: not a table: 5"),
        (
            {"one": {"sise": 1}},
            "outer.one: unknown key: `sise`\nhint: did you mean `size`?",
        ),
        ({"many": [{"size": "x"}]}, "outer.many[0].size: not a whole number from 1 on: `x`"),
        (
            {"fast-too": 1},
            "outer.fast-too: neither true nor false: 1\nhint: use `true` or `false`",
        ),
        (
            {"fast_too": True},
            "outer: unknown key: `fast_too`\nhint: did you mean `fast-too`?",
        ),
        ({"words": ["a", "B"]}, "outer.words[1]: not small: `B`"),
        (
            {"words": "a"},
            "outer.words: not a list of texts: 'a'\nhint: write it as a list: [\"a\"]",
        ),
        ({"rest": []}, "outer.rest: not a table: []"),
    ],
)
def test_a_fault_has_its_place_and_its_hint(table, text):
    _, faults = outer({"many": [{}]} | table)
    assert faults == [text]


def test_a_key_that_must_be_there():
    _, faults = outer({})
    assert faults == ["outer: missing key: `many`\nhint: add at least one `[[outer.many]]`"]


def test_a_field_feeds_the_schema_and_the_reference():
    made = schema.table_schema(Outer)
    assert made["properties"]["kind"] == {
        "description": "How.\n\nMore.", "enum": ["fat", "split"], "default": "fat",
    }  # fmt: skip
    assert made["required"] == ["many"]
    assert made["properties"]["one"]["properties"]["size"]["minimum"] == 1
    text = reference.markdown(Outer, "outer")
    assert "### `[outer.one]`" in text
    assert "### `[[outer.many]]`" in text
    assert (
        '| `kind` | `fat` or `split` | `"fat"` | `RTVARIANTS_PACKAGING`, `-C packaging=…` |' in text
    )
    assert "**`size`**: Size, in MB." in text


# ------------------------------------------------------------------- the model and its files


def all_settings(cls=model.Config):
    for each in settings_of(cls):
        yield each
        if isinstance(each.kind, (Section, Sections)):
            yield from all_settings(each.kind.cls)


def test_every_setting_has_a_docstring_that_is_a_sentence():
    texts = {each.key: each.text for each in all_settings()}
    assert len(texts) > 10
    assert {key: t for key, t in texts.items() if not t.endswith(".")} == {}


def test_no_two_settings_share_a_name_outside_the_table():
    names = [each.override for each in all_settings() if each.override]
    assert sorted(names) == sorted(set(names))
    assert {"runtimes", "jobs", "frugal"} <= set(names)


def test_every_default_stands_for_itself():
    made = model.BuildConfig()
    assert (made.runtimes, made.jobs, made.frugal) == ((), 0, False)


FILES = (ROOT / "build_plugin/rtvariants.schema.json", ROOT / "docs/reference.md")


def command(*argv, **options):
    return subprocess.run(
        [sys.executable, "-m", "rtvariants", "schema", *map(str, argv)],
        capture_output=True, text=True, env=os.environ, check=False, **options,
    )  # fmt: skip


def test_the_generated_files_are_up_to_date():
    done = command("--check", *FILES)
    assert done.returncode == 0, done.stderr


def test_a_generated_file_that_is_out_of_date_is_named_and_mended(tmp_path):
    copies = []
    for file in FILES:
        copies.append(tmp_path / file.name)
        copies[-1].write_text(file.read_text().replace("allocator", "alocator"))
    done = command("--check", *copies)
    assert done.returncode == 1
    for copy in copies:
        assert f"error: out of date: `{copy}`" in done.stderr
    assert command("--write", *copies).returncode == 0
    assert [c.read_text() for c in copies] == [f.read_text() for f in FILES]


def test_a_page_without_the_marks_is_left_alone(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("by hand\n")
    done = command("--write", page)
    assert done.returncode == 1
    assert "no generated part" in done.stderr
    assert page.read_text() == "by hand\n"


@pytest.fixture(scope="module")
def validator():
    made = json.loads(FILES[0].read_text())
    jsonschema.Draft7Validator.check_schema(made)
    return jsonschema.Draft7Validator(made)


def test_the_schema_has_the_shape_that_schemastore_takes():
    made = json.loads(FILES[0].read_text())
    assert made["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert made["$id"].rpartition("/")[2] == "partial-rtvariants.json"
    assert made["additionalProperties"] is False
    assert all(p["description"] for p in made["properties"].values())


def test_the_tables_of_this_repository_fit_the_schema(validator):
    files = [ROOT / "pyproject.toml", *ROOT.glob("tests/packages/*/pyproject.toml")]
    tables = [tomllib.loads(f.read_text()).get("tool", {}).get("rtvariants") for f in files]
    found = [table for table in tables if table]
    assert len(found) >= 2
    for table in found:
        validator.validate(table)


@pytest.mark.parametrize(
    "change",
    [
        {"modul": "g._g"},
        {"module": "greeter"},
        {"env": "no-variable"},
        {"runtimes": []},
        {"runtimes": [{"name": "fast"}]},
        {"runtimes": [{"name": "fast", "level": "x86_64_v9"}]},
        {"runtimes": [{"name": "fast", "level": {"x86_64": "neoverse_n1"}}]},
        {"runtimes": [{"name": "Fast", "level": "x86_64"}]},
        {"runtimes": [{"name": "fast", "level": "x86_64", "index-bits": 33}]},
        {"runtimes": [{"name": "fast", "level": "x86_64", "allocator": "jmalloc"}]},
        {"runtimes": [{"name": "fast", "level": "x86_64", "features": ["jemalloc"]}]},
        {"build": {"jobs": -1}},
        {"build": {"frugal": "yes"}},
    ],
)
def test_what_the_reader_refuses_the_schema_refuses_too(validator, parse, change):
    assert not validator.is_valid(TABLE | change)
    with pytest.raises(ConfigError):
        parse(**change)
    assert validator.is_valid(TABLE)
