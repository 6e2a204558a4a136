"""How the files of a release are built."""

from types import SimpleNamespace

import pytest
from folders import lay_out
from tables import LEAST

from rtvariants.release.steps import build

TABLE = '[tool.rtvariants.pgo]\ncommand = "python train.py"\nprofiles = "pgo"\n'


@pytest.mark.parametrize(
    ("table", "mode"),
    [
        ("", None),
        (TABLE, "stored"),
        (f'{TABLE}mode = "run"\n', None),
        (f'{TABLE}mode = "off"\n', None),
    ],
)
def test_a_release_uses_stored_profiles_unless_the_table_says_otherwise(tmp_path, table, mode):
    root = lay_out(tmp_path, {"pyproject.toml": LEAST + table, "Cargo.toml": ""})
    builder = build._Builder(SimpleNamespace(root=root), SimpleNamespace(date=0), None)
    assert builder._env.get("RTVARIANTS_PGO_MODE") == mode
