"""The file name, METADATA, WHEEL and RECORD of one wheel contradict each other."""

from dataclasses import replace

import pytest
from sample_wheels import METADATA, TAG, WHEEL, rules

from rtvariants.archives.consistency import RULES, check
from rtvariants.archives.wheel import Wheel

INFO = "sample_pack-1.2.dist-info"


@pytest.fixture
def wheel():
    """Return the wheel of another tool, which holds nothing of this project."""
    said = {"METADATA": METADATA, "WHEEL": WHEEL.format(pure="false", tag=TAG)}
    files = {f"{INFO}/{name}": text.encode() for name, text in said.items()}
    return Wheel("sample_pack", "1.2", TAG, files).sealed()


def test_any_wheel_whose_parts_agree_breaks_no_rule(wheel):
    assert check(wheel) == []
    assert check(replace(wheel, label="v3", build="2")) == []


def test_a_wheel_without_its_metadata_breaks_one_rule_alone(wheel):
    (problem,) = check(replace(wheel, version="1.3"))
    assert (problem.rule, problem.where[:15]) == ("file-name", "sample_pack-1.3")


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("other-1.dist-info/METADATA", b"", "file-name"),
        (f"{INFO}/METADATA", b"Name: other\nVersion: 1.2\n", "metadata"),
        (f"{INFO}/WHEEL", b"Wheel-Version: 1.0\nTag: py3-none-any\n", "tag"),
    ],
)
def test_a_contradiction_breaks_the_rule_that_is_named(wheel, name, data, rule):
    bad = replace(wheel, files={**wheel.files, name: data})
    assert rules(check(bad)) == {"record", rule}
    assert rules(check(bad.sealed())) == {rule}
    assert rule in RULES
