"""A plugin of pytest: runs narwhals' own tests with frames of mydf, and knows which ones fail.

`expected.toml` lists the failures by their reason. Each of them is a strict `xfail`, so a listed
test that passes is a failure, as is one that fails without being listed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

EXPECTED = Path(__file__).with_name("expected.toml")


def mydf_pyarrow_table_constructor(data):
    """Return a frame of mydf.

    mydf's plugin works on a `pyarrow.Table`. The tests look for `pyarrow_table` in the name of the
    function, and expect of it only what narwhals can do with pyarrow.
    """
    import mydf

    return mydf.DataFrame(data)


def expected():
    """Return the reason of each listed failure."""
    rows = tomllib.loads(EXPECTED.read_text(encoding="utf-8"))["failures"]
    return {test: row["reason"] for row in rows for test in row["tests"]}


def pytest_generate_tests(metafunc):
    """Give every test that takes a frame mydf's; the suite leaves that to us by an option."""
    for name in ("constructor_eager", "constructor"):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, [mydf_pyarrow_table_constructor], ids=["mydf"])
            return


def pytest_collection_modifyitems(config, items):
    """Keep the tests of frames, and mark the listed failures."""
    listed = expected()
    whole = config.args == ["tests"] and not config.option.keyword
    mine = [item for item in items if "mydf" in getattr(item, "callspec", NONE).id.split("-")]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(mine)])
    items[:] = mine
    names = {item.nodeid for item in mine}
    if whole and (gone := set(listed) - names):
        raise pytest.UsageError(f"{EXPECTED.name} lists unknown tests: {sorted(gone)}")
    for item in mine:
        if reason := listed.get(item.nodeid):
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))


class NONE:
    """A test without parameters."""

    id = ""
