"""Settings as fields: their keys, defaults and docstrings."""

from dataclasses import dataclass

import pytest
from sample_settings import Outer

from rtvariants.config.fields import setting, settings_of
from rtvariants.config.kinds import Flag, Number


def named(name):
    return next(each for each in settings_of(Outer) if each.name == name)


def test_a_field_that_is_not_a_setting_is_left_out():
    assert "path" not in {each.name for each in settings_of(Outer)}


def test_the_key_is_the_name_with_dashes_unless_one_is_given():
    @dataclass(frozen=True)
    class Given:
        index_bits: int = setting(Number(), default=0, key="width")

    assert named("fast_too").key == "fast-too"
    assert [each.key for each in settings_of(Given)] == ["width"]
    assert isinstance(named("fast_too").kind, Flag)


def test_the_text_is_the_docstring_below_the_field():
    assert named("kind").text == "How.\n\nMore."
    assert named("one").text == ""


def test_only_a_setting_without_a_default_is_required():
    assert [each.name for each in settings_of(Outer) if each.required] == ["many"]


def test_a_default_that_would_be_refused_fails_when_the_class_is_used():
    @dataclass(frozen=True)
    class Wrong:
        jobs: int = setting(Number(minimum=1), default=0)

    with pytest.raises(AssertionError):
        Wrong()
