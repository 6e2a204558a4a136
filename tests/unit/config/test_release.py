"""`[tool.rtvariants.release]`: what is read; its problems are in the tests of the declaration."""

import dataclasses

import pytest
from sample_settings import GOOD

from rtvariants.config import model, reference, release, schema
from rtvariants.config.fields import setting
from rtvariants.config.kinds import Flag
from rtvariants.config.problems import Problems
from rtvariants.config.reading import read_table
from rtvariants.config.release import NotifyConfig, PlatformConfig, ReleaseConfig


def test_the_example_in_the_docstring_is_read(read):
    text = release.__doc__.split("```toml")[1].split("```")[0]
    made = read(GOOD + text).release
    assert made.platforms == (
        PlatformConfig(name="linux-x64"),
        PlatformConfig(name="linux-arm64", tag="manylinux_2_28_aarch64"),
    )
    assert made.notify == (NotifyConfig(repository="owner/docs", event="greeter-release"),)
    assert (made.check, made.lock, made.max_project_gb) == ("pytest", ("Cargo.lock",), 10)


def test_a_project_without_releases_has_no_settings_for_them(read):
    assert read(GOOD).release is None


def test_an_index_has_a_name_or_addresses(read):
    head = GOOD + '[tool.rtvariants.release]\nplatforms = ["linux-x64"]\nindex = '
    assert read(head + '"testpypi"').release.index == "testpypi"
    index = {"simple": "https://a", "upload": "https://b"}
    assert read(head + '{ simple = "https://a", upload = "https://b" }').release.index == index


@pytest.mark.parametrize("given", [True, False])
def test_a_new_setting_is_one_field(given):
    @dataclasses.dataclass(frozen=True, kw_only=True)
    class More(ReleaseConfig):
        signed: bool = setting(Flag(), default=False)
        """Sign the files."""

    table = {"platforms": ["linux-x64"], "signed": given}
    problems = Problems()
    assert read_table(More, table, release.TABLE, problems).signed is given
    assert problems.found == []
    assert schema.table_schema(More)["properties"]["signed"]["type"] == "boolean"
    assert "**`signed`**: " in reference.markdown(More, release.TABLE)


def test_the_settings_are_part_of_the_schema_and_the_reference():
    made = schema.table_schema(model.Config)["properties"]["release"]
    assert made["required"] == ["platforms"]
    assert "description" in made["properties"]["notify"]["items"]["properties"]["ref"]
    text = reference.markdown(model.Config, model.TABLE)
    assert "### `[tool.rtvariants.release]`" in text
    assert "### `[[tool.rtvariants.release.platforms]]`" in text
