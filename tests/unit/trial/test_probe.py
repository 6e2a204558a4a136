"""The program of every run."""

from dataclasses import replace

import pytest

from rtvariants.shim import table as tables
from rtvariants.trial import probe, sets


@pytest.fixture
def each(fat):
    (found,) = sets.group([fat])
    return found


def test_the_module_is_imported_at_its_own_place(each):
    assert 'import_module("sample._core")' in probe.program(each, "").replace("'", '"')
    deep = replace(each, table=tables.changed(each.table, alias="space.sample._core"))
    assert 'import_module("space.sample._core")' in probe.program(deep, "").replace("'", '"')
