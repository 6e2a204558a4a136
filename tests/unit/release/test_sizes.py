"""Sizes are compared with those of the release before."""

import pytest

from rtvariants.release import sizes
from rtvariants.release.manifest import File, Manifest
from rtvariants.release.simple_api import Remote


def manifest(version, **files):
    rows = tuple(File(n, "base-wheel", "lamp", (), "", "", size) for n, size in files.items())
    return Manifest("lamp", version, "fat", f"v{version}", "", 0, (), {}, (), rows)


def shown(*names, size=100):
    return {"lamp": {n: Remote(n, "", size, "") for n in names}}


def test_sizes_are_compared_with_the_newest_older_version():
    made = manifest("1.10.0", **{"lamp-1.10.0-py3-none-any.whl": 110, "lamp-1.10.0.tar.gz": 50})
    out = shown("lamp-1.9.0-py3-none-any.whl", "lamp-1.2.0-py3-none-any.whl",
                "lamp-2.0.0-py3-none-any.whl", "lamp-1.9.0rc1.tar.gz", "notes.txt")  # fmt: skip
    report = sizes.report(made, out)
    assert report.previous == "1.9.0"
    assert [row.before for row in report.rows] == [100, None]
    assert report.rows[0].change == pytest.approx(10)
    text = "\n".join(sizes.lines(report))
    assert "sizes, against 1.9.0:" in text
    assert text.count("+10.0 %") == 2  # the file's, and the sum's over what can be compared


def test_a_first_release_and_an_index_without_sizes_have_nothing_to_compare():
    made = manifest("1.0.0", **{"lamp-1.0.0.tar.gz": 10})
    assert sizes.lines(sizes.report(made, {}))[0] == "sizes (no release before):"
    report = sizes.report(made, shown("lamp-0.9.0.tar.gz", size=None))
    assert (report.previous, report.rows[0].change) == ("0.9.0", None)
