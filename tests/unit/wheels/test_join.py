"""Wheels of one runtime each, joined: the bytes of one build of all runtimes."""

from dataclasses import replace

import pytest
from sample_wheels import RUNTIMES

from rtvariants.errors import WheelError
from rtvariants.shim import generated
from rtvariants.shim import table as tables
from rtvariants.wheels import insert, join
from rtvariants.wheels.check import check
from rtvariants.wheels.contents import contents, sbom_members


def cells_of(fat):
    """Cut a fat wheel into what a build of one runtime each would have made."""
    found = contents(fat)
    made = []
    for package in found.runtimes:
        name = found.runtime_name(package)
        others = {p for p in found.runtimes if p != package}
        files = {n: d for n, d in fat.files.items() if n.split("/")[0] not in others}
        for other in others:
            for path in sbom_members(fat, found.package, found.runtime_name(other)):
                del files[path]
        kept = tuple(r for r in found.table.runtimes if r.name == name)
        files |= generated.rewritten(fat, [tables.changed(found.table, runtimes=kept)])
        made.append(replace(fat, files=files).sealed())
    return made


def test_a_joined_wheel_has_the_bytes_of_one_build(fat, table_of):
    whole = insert.retagged(fat, fat.tag)
    cells = cells_of(fat)
    assert len(cells) == len(RUNTIMES)
    for order in (cells, cells[::-1]):
        made = join.join(order, table_of())
        assert made == whole
        assert list(made.files) == list(whole.files)
        assert check(made) == []


def test_a_program_is_one_if_any_of_the_wheels_says_so(fat, table_of):
    cells = cells_of(fat)
    programs = frozenset({"sample/__init__.py"})
    cells[1] = replace(cells[1], programs=programs)
    assert join.join(cells, table_of()).programs == programs


def test_the_joined_wheel_has_the_highest_floor_of_all(fat, table_of):
    cells = cells_of(fat)
    higher = fat.tag.rpartition("-")[0] + "-manylinux_2_100_x86_64"
    cells[1] = insert.retagged(cells[1], higher)
    made = join.join(cells, table_of())
    assert made.tag == higher
    assert f"Tag: {higher}\n" in made.metadata("WHEEL")
    assert not [p for p in check(made) if p.rule == "tag"]


def test_a_runtime_that_is_missing_or_given_twice_is_named(fat, table_of):
    cells = cells_of(fat)
    with pytest.raises(WheelError, match="runtime in 0 of the wheels: `"):
        join.join(cells[1:], table_of())
    with pytest.raises(WheelError, match="runtime in 2 of the wheels: `"):
        join.join([*cells, cells[0]], table_of())


def test_wheels_of_different_sources_are_refused_with_the_file_that_differs(fat, table_of):
    cells = cells_of(fat)
    name = next(n for n in cells[1].files if n.endswith("/METADATA"))
    cells[1] = replace(cells[1], files={**cells[1].files, name: b"other"})
    with pytest.raises(WheelError, match=r"\[join\] .*: differs from `.*` in `.*/METADATA`"):
        join.join(cells, table_of())
