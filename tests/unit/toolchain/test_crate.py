"""What cargo says about the crate that holds the module, for each runtime."""

from dataclasses import replace
from pathlib import Path

import pytest
from builds import CRATE

from rtvariants.errors import MachineError
from rtvariants.toolchain.crate import _abi, _outside, abi_of
from rtvariants.toolchain.metadata import Graph, Line, Package
from rtvariants.toolchain.resolution import Node, Resolution

THIS = CRATE.package_id


def of(*features, name="pyo3-ffi", linked=True):
    return Resolution(frozenset({Node(name, "0.30.1", features, linked)}))


def test_the_tags_python_is_the_lowest_of_pyo3s_features():
    assert abi_of(["abi3-py312", "abi3", "abi3-py39", "macros"]) == "cp39-abi3"


@pytest.mark.parametrize(
    ("features", "what"),
    [
        (["macros"], "without a stable ABI"),
        (["abi3"], "with `abi3` and no version"),
        (["abi3t", "abi3t-py315"], "with `abi3t` alone"),
    ],
)
def test_pyo3_without_a_version_of_the_stable_abi_is_refused(features, what):
    with pytest.raises(MachineError, match=what) as caught:
        abi_of(features)
    assert "abi3-py310" in caught.value.problems[0].hint


def test_the_abi_is_that_of_the_linked_pyo3_ffi():
    both = of("abi3-py311").nodes | of("abi3-py310", "abi3-py311", name="pyo3").nodes
    host = of("abi3-py39", linked=False).nodes
    assert _abi({"a": Resolution(both | host)}, CRATE) == "cp311-abi3"
    assert _abi({"a": of("abi3-py310", name="pyo3")}, CRATE) == "cp310-abi3"
    assert _abi({}, CRATE) == ""


def test_runtimes_for_different_pythons_are_refused():
    with pytest.raises(MachineError) as caught:
        _abi({"fast": of("abi3-py311"), "safe": of("abi3-py39", "abi3-py311")}, CRATE)
    assert str(caught.value).startswith(
        "runtimes for different versions of Python: `fast` for `cp311-abi3`, `safe` for `cp39-abi3`"
    )


def test_what_is_wrong_in_each_runtime_is_reported_at_once():
    with pytest.raises(MachineError) as caught:
        _abi({"fast": of("macros"), "safe": Resolution()}, CRATE)
    assert [(p.where, p.what.split(":")[0]) for p in caught.value.problems] == [
        ("runtime `fast`", "pyo3 without a stable ABI"),
        ("runtime `safe`", "no pyo3 among the dependencies of `g`"),
    ]


def test_a_crate_without_pyo3_is_named_with_a_fix():
    with pytest.raises(MachineError, match="no pyo3 among the dependencies of `g`\nhint: name"):
        _abi({"fast": Resolution()}, CRATE)


def test_a_feature_that_turns_pyo3_on_is_the_fix_where_it_is_optional():
    package = Package(
        "g", "1.0", lines={"pyo3": (Line("pyo3", optional=True),)},
        table={"python": ((THIS, "dep:pyo3"),), "simd": ()},
    )  # fmt: skip
    crate = replace(CRATE, graph=Graph({THIS: package}), features=frozenset({"python", "simd"}))
    with pytest.raises(MachineError, match="it is optional there") as caught:
        _abi({"fast": Resolution()}, crate)
    assert caught.value.problems[0].hint == 'add `features = ["python"]` to the runtime'


def test_crates_outside_of_the_workspace_and_of_cargos_home_have_folders_of_this_machine(
    monkeypatch,
):
    monkeypatch.setenv("CARGO_HOME", "/home/me/.cargo")
    registry = "registry+https://example.org/index"
    packages = [
        {"manifest_path": f"{folder}/Cargo.toml", "source": source}
        for folder, source in (
            ("/w/a", None), ("/beside/b", None), ("/w/vendor/c-1.0.0", registry),
            ("/home/me/crates/d-1.0.0", registry),
            ("/home/me/.cargo/registry/src/example/e-1.0.0", registry),
        )
    ]  # fmt: skip
    outside = _outside(packages, Path("/w"))
    assert outside == (Path("/beside/b"), Path("/home/me/crates"), Path("/w/vendor"))
