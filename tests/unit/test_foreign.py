"""The packages of other projects: their list is complete, and the page shows the data file."""

import json
import re

import pytest
from foreign import bench, build, page, suite
from foreign.packages import DATA, read

PACKAGES = read()
#: A package and what a run of it may have found.
PACKAGE = PACKAGES["rpds-py"]
FOUND = {
    "version": "1.0", "tag": "cp311-cp311", "bytes": {"plain": 1_000_000, "fat": 1_750_000},
    "table-lines": 7,
    "tests": {
        "plain": {"passed": 9, "failed": 1, "skipped": 2},
        "v3": {"passed": 9, "failed": 1, "skipped": 2},
    },
    "different": {"v3": 0},
    "emulated": {"Nehalem, auto": 0, "Nehalem, v3": 1, "Haswell, auto": 0, "Haswell, v3": 1},
    "gain": {"low": 1.1, "median": 1.2, "high": 1.3},
    "seconds": None,
}  # fmt: skip


def test_the_page_shows_the_data_file():
    text = page.PAGE.read_text(encoding="utf-8")
    results = json.loads(page.RESULTS.read_text(encoding="utf-8"))
    assert page.with_table(text, results) == text, "run `python3 dev.py foreign`"
    assert results.keys() <= PACKAGES.keys()


def test_another_result_is_another_page():
    text = page.PAGE.read_text(encoding="utf-8")
    assert page.with_table(text, {"rpds-py": FOUND}) != text


@pytest.mark.parametrize("package", PACKAGES.values(), ids=PACKAGES)
def test_each_package_is_pinned_and_has_a_workload(package):
    assert re.fullmatch(r"[0-9a-f]{64}", package.sha256)
    assert re.fullmatch(r"[0-9][0-9.]*", package.version)
    assert (DATA / "workloads" / f"{package.name}.py").exists()
    assert package.modules
    assert package.workload
    constraints = (DATA / "constraints.txt").read_text()
    pinned = re.findall(r"^([A-Za-z0-9_-]+)==", constraints, re.MULTILINE)
    assert {name.lower() for name in package.requires} <= {name.lower() for name in pinned}


def test_there_are_packages_of_both_backends():
    assert len(PACKAGES) >= 8
    assert {package.backend for package in PACKAGES.values()} == {"maturin", "setuptools-rust"}


def test_the_tables_count_tests_old_cpus_lines_and_size():
    text = page.table(PACKAGES, {"rpds-py": FOUND})
    assert "plain 9 of 10, v3 9 of 10" in text
    # v3 must load on Haswell: its status 1 does not count as good.
    assert "| 3 of 4 |" in text
    assert "| 0, or 9 |" in text
    assert "| **1.20 (1.10 to 1.30)** | 1.00 | 1.75 | 1.75 |" in text


def test_quartiles_on_both_sides_of_1_are_noise():
    found = FOUND | {"gain": {"low": 0.98, "median": 1.02, "high": 1.09}}
    assert "| noise: 1.02 (0.98 to 1.09) |" in page.table(PACKAGES, {"rpds-py": found})


def test_the_printed_table_is_found_among_other_lines():
    text = """rtvariants: maturin makes the plain wheel
[tool.rtvariants]
crate = "."
runtimes = [
  { name = "v3", level = "x86_64_v3" },
]

[[tool.rtvariants.allow]]
crates = ["x"]
rtvariants: building 2 runtimes
"""
    assert build.printed_table(text) == [
        "[tool.rtvariants]", 'crate = "."', "runtimes = [",
        '  { name = "v3", level = "x86_64_v3" },', "]", "[[tool.rtvariants.allow]]",
        'crates = ["x"]',
    ]  # fmt: skip


def test_each_test_that_ends_differently_or_not_at_all_is_a_difference():
    plain = {"tests": {"a": "passed", "b": "passed", "c": "skipped", "d": "failed"}}
    ours = {"tests": {"a": "passed", "b": "failed", "c": "skipped", "e": "passed"}}
    assert suite.differences(PACKAGE, plain, ours) == {
        "b": ("passed", "failed"), "d": ("failed", None), "e": (None, "passed"),
    }  # fmt: skip
    assert suite.counts(PACKAGE, plain) == {"passed": 2, "failed": 1, "skipped": 1}


def test_a_step_is_made_again_only_with_another_key_or_without_its_files(monkeypatch, tmp_path):
    monkeypatch.setattr(bench, "TARGET", tmp_path)
    made = []
    file = tmp_path / "wheel"

    def make():
        file.touch()
        made.append(1)
        return {"files": [str(file)]}

    for key in ("one", "one", "two", "two"):
        bench.reused(PACKAGE, "fat", key, make)
    assert len(made) == 2
    file.unlink()
    bench.reused(PACKAGE, "fat", "two", make)
    assert len(made) == 3


def test_a_result_about_another_wheel_does_not_count(monkeypatch, tmp_path):
    monkeypatch.setattr(bench, "TARGET", tmp_path)
    bench.reused(PACKAGE, "gain", "key", lambda: {"wheel": "of yesterday"})
    assert page._kept(PACKAGE, "gain", "of yesterday")
    assert page._kept(PACKAGE, "gain", "of today") is None
