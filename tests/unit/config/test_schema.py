"""The JSON schema: made from the settings, and as strict as the reader."""

import json
from pathlib import Path

import jsonschema
import pytest
from sample_settings import TABLE, Outer

from rtvariants.config import schema, toml
from rtvariants.errors import ConfigError

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "build_plugin/rtvariants.schema.json"
RELEASE = {"platforms": ["linux-x64"]}


def test_a_field_becomes_a_property():
    made = schema.table_schema(Outer)
    assert made["properties"]["kind"] == {
        "description": "How.\n\nMore.", "enum": ["fat", "split"], "default": "fat",
    }  # fmt: skip
    assert made["required"] == ["many"]
    assert made["properties"]["one"]["properties"]["size"]["minimum"] == 1
    assert made["properties"]["tools"]["items"]["oneOf"][0]["type"] == "string"
    assert "default" not in made["properties"]["maybe"]


@pytest.fixture(scope="module")
def validator():
    made = json.loads(FILE.read_text())
    jsonschema.Draft7Validator.check_schema(made)
    return jsonschema.Draft7Validator(made)


def test_the_schema_has_the_shape_that_schemastore_takes():
    made = json.loads(FILE.read_text())
    assert made["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert made["$id"].rpartition("/")[2] == "partial-rtvariants.json"
    assert made["additionalProperties"] is False
    assert all(p["description"] for p in made["properties"].values())


def test_the_configurations_in_this_repository_fit_the_schema(validator):
    files = [ROOT / "pyproject.toml", *ROOT.glob("tests/packages/*/pyproject.toml")]
    configs = [toml.read(f).get("tool", {}).get("rtvariants") for f in files]
    found = [each for each in configs if each]
    assert len(found) >= 2
    for each in found:
        validator.validate(each)


@pytest.mark.parametrize(
    "change",
    [
        {"modul": "g._g"},
        {"module": "greeter."},
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
        {"release": {}},
        {"release": {"platforms": []}},
        {"release": {"platforms": ["linux-x46"]}},
        {"release": {"platforms": [{"name": "linux-x64", "floor": "2.17"}]}},
        {"release": RELEASE | {"tag": "release"}},
        {"release": RELEASE | {"tag": "{version}{commit}"}},
        {"release": RELEASE | {"repository": "owner"}},
        {"release": RELEASE | {"index": {"simple": "https://a"}}},
        {"release": RELEASE | {"labels": {"x86_64": ["Upper"]}}},
        {"release": RELEASE | {"labels": {"amd64": ["a"]}}},
        {"release": RELEASE | {"notify": [{"event": "x"}]}},
        {"release": RELEASE | {"max-file-mb": 0}},
    ],
)
def test_what_the_reader_refuses_the_schema_refuses_too(validator, parse, change):
    assert not validator.is_valid(TABLE | change)
    with pytest.raises(ConfigError):
        parse(**change)
    assert validator.is_valid(TABLE)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"platforms": ["linux-x64", {"name": "musl-x64", "tag": "musllinux_1_1_x86_64"}]},
        {"tag": "greeter-{version}", "repository": "", "labels": {"x86_64": ["x86_64_v3"]}},
        {"index": {"simple": "https://a", "upload": "https://b", "yank": "https://c"}},
        {"notify": [{"repository": "a/b", "workflow": "w.yml", "ref": "x"}]},
    ],
)
def test_what_the_reader_accepts_the_schema_accepts_too(validator, parse, change):
    parse(release=RELEASE | change)
    validator.validate(TABLE | {"release": RELEASE | change})
