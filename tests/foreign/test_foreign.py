"""What `rtvariants wheel` makes of a foreign sdist behaves as the wheel of its own backend."""

import re

import pytest
from foreign import build, emulate, measure, suite

pytestmark = pytest.mark.slow


def _suites(package, runtime):
    if package.untested:
        pytest.skip(package.untested)
    return suite.outcomes(package, "plain"), suite.outcomes(package, runtime)


def test_its_own_backend_builds_it_and_its_tests_pass_except_the_listed_ones(package):
    assert build.plain(package)["natives"]
    plain, _ = _suites(package, "plain")
    assert suite.failing(plain) - package.unsteady.keys() == set(package.failures)
    assert suite.counts(package, plain)["passed"]


def test_the_unmodified_sdist_becomes_a_wheel_with_both_runtimes(package):
    plain, fat = build.plain(package), build.fat(package)
    assert fat["tag"] == (package.tag or plain["tag"])
    assert len(fat["natives"]) == len(build.RUNTIMES) * len(package.modules)


@pytest.mark.parametrize("runtime", build.RUNTIMES)
def test_its_own_tests_end_as_with_the_plain_wheel(package, runtime):
    plain, ours = _suites(package, runtime)
    assert suite.differences(package, plain, ours) == {}
    folders = {module.rpartition(".")[0] for module in _modules(package, runtime)}
    assert {file.rpartition("/")[0].replace("/", ".") for file in ours["loaded"]} == folders


def _modules(package, runtime):
    return [build.table_of(package)["modules"][runtime]]


@pytest.mark.parametrize(
    ("cpu", "asked", "gets"),
    [
        ("Nehalem", "auto", "base"),
        ("Nehalem", "base", "base"),
        ("Haswell", "auto", "v3"),
        ("Haswell", "v3", "v3"),
        ("Haswell", "base", "base"),
    ],
)
def test_an_emulated_cpu_gets_its_runtime(package, cpu, asked, gets):
    case = emulate.cases(package)[f"{cpu}, {asked}"]
    assert case["status"] == 0, case["err"]
    files = case["out"].splitlines()
    assert len(files) == len(package.modules)
    assert all(f"_{gets}/" in file for file in files)


def test_v3_on_a_cpu_without_avx2_is_an_import_error(package):
    cases = emulate.cases(package)
    alone = [case for name, case in cases.items() if name.startswith("Nehalem, the file")]
    assert len(alone) == len(package.modules)
    for case in (cases["Nehalem, v3"], *alone):
        assert case["status"] == 1, case
        assert re.search(r"^(ImportError|\S+\.UnrunnableRuntimeError): ", case["err"], re.MULTILINE)
        assert "avx2" in case["err"]


def test_the_workload_is_measured(package):
    gain = measure.gain(package)
    assert gain["low"] > 0


def test_the_build_is_timed(package):
    if not package.timed:
        pytest.skip("three packages are enough")
    assert build.times(package)["runtimes"] > 0
