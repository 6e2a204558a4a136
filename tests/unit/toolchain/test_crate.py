"""What cargo says about the crate that holds the module, for each runtime."""

from dataclasses import replace
from pathlib import Path

import pytest
from builds import CRATE, PYTHON

from rtvariants.errors import MachineError
from rtvariants.toolchain.crate import _abi, _outside, abi_of, of_python, require_python
from rtvariants.toolchain.metadata import Graph, Line, Package
from rtvariants.toolchain.resolution import Node, Resolution

THIS = CRATE.package_id


def of(*features, name="pyo3-ffi", linked=True):
    return Resolution(frozenset({Node(name, "0.30.1", features, linked)}))


def abi(*features, **python):
    made, by_python = abi_of(features, replace(PYTHON, **python))
    return made.tag, by_python


THREADS = {"free_threaded": True, "version": (3, 14)}
NEW, NEW_THREADS = {"version": (3, 15)}, {"free_threaded": True, "version": (3, 15)}


def test_the_tags_python_is_the_lowest_of_pyo3s_features():
    assert abi("abi3-py312", "abi3", "abi3-py39", "macros") == ("cp39-abi3", False)


@pytest.mark.parametrize(
    ("features", "python", "tag"),
    [
        (["macros"], {}, "cp311-cp311"),
        (["abi3"], {}, "cp311-abi3"),
        (["abi3t", "abi3t-py315"], {}, "cp311-cp311"),
        (["macros"], THREADS, "cp314-cp314t"),
        # A free-threaded Python has a stable ABI of its own, from 3.15 on.
        (["abi3", "abi3-py310"], THREADS, "cp314-cp314t"),
        (["abi3", "abi3-py310"], NEW_THREADS, "cp315-cp315t"),
        (["abi3t", "abi3t-py315", "abi3", "abi3-py310"], NEW_THREADS, "cp315-abi3.abi3t"),
        (["abi3t"], NEW, "cp315-abi3.abi3t"),
    ],
)
def test_the_python_decides_where_the_features_do_not(features, python, tag):
    assert abi(*features, **python) == (tag, True)


def test_the_abi_is_that_of_the_linked_pyo3_ffi():
    both = of("abi3-py311").nodes | of("abi3-py310", "abi3-py311", name="pyo3").nodes
    host = of("abi3-py39", linked=False).nodes
    tags = {
        "cp311-abi3": {"a": Resolution(both | host)},
        "cp310-abi3": {"a": of("abi3-py310", name="pyo3")},
        "cp311-cp311": {},
    }
    assert {tag: _abi(each, CRATE, PYTHON)[0].tag for tag, each in tags.items()} == {
        tag: tag for tag in tags
    }


def test_a_crate_without_pyo3_is_for_one_python():
    made, by_python = _abi({"fast": Resolution()}, CRATE, PYTHON)
    assert (made.tag, by_python) == ("cp311-cp311", True)


def test_runtimes_for_different_pythons_are_refused():
    with pytest.raises(MachineError) as caught:
        _abi({"fast": of("abi3-py311"), "safe": of("abi3-py39", "abi3-py311")}, CRATE, PYTHON)
    assert str(caught.value).startswith(
        "runtimes for different versions of Python: `fast` for `cp311-abi3`, `safe` for `cp39-abi3`"
    )
    with pytest.raises(MachineError, match="`fast` for `cp311-abi3`, `safe` for `cp311-cp311`"):
        _abi({"fast": of("abi3-py311"), "safe": of("macros")}, CRATE, PYTHON)


OPTIONAL = Package(
    "g", "1.0", lines={"pyo3": (Line("pyo3", optional=True),)},
    table={"python": ((THIS, "dep:pyo3"),), "simd": ()},
)  # fmt: skip


def test_a_feature_that_turns_pyo3_on_is_the_fix_where_it_is_optional():
    graph = Graph({THIS: OPTIONAL})
    crate = replace(CRATE, graph=graph, features=frozenset({"python", "simd"}))
    with pytest.raises(MachineError, match="it is optional there") as caught:
        _abi({"fast": Resolution(), "safe": Resolution()}, crate, PYTHON)
    assert [p.where for p in caught.value.problems] == ["runtime `fast`", "runtime `safe`"]
    assert caught.value.problems[0].hint == 'add `features = ["python"]` to the runtime'


def test_what_depends_on_pyo3_and_the_projects_own_crates_depend_on_python():
    packages = {
        THIS: Package("g", "1.0", dependencies=("numpy", "libc")),
        "numpy": Package("numpy", "1.0", dependencies=("pyo3", "libc")),
        "pyo3": Package("pyo3", "1.0", dependencies=("pyo3-ffi",)),
        "pyo3-ffi": Package("pyo3-ffi", "1.0", dependencies=("libc",)),
        "libc": Package("libc", "1.0"),
        "own": Package("own", "1.0"),
    }
    crate = replace(CRATE, graph=Graph(packages), own=("g", "own"))
    assert of_python(crate) == {"g", "own", "numpy", "pyo3", "pyo3-ffi"}


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


def test_a_python_older_than_pyo3_supports_is_refused_before_anything_is_compiled():
    packages = {
        "pyo3-ffi": Package("pyo3-ffi", "0.30.1", oldest_python="3.9"),
        "other": Package("other", "1.0.0", oldest_python="3.99"),
    }
    crate = replace(CRATE, graph=Graph(packages))
    require_python(crate, replace(PYTHON, version=(3, 9)))
    require_python(crate, replace(PYTHON, version=(3, 11)))
    what = r"Python 3\.8 is too old for pyo3 0\.30\.1: it needs Python 3\.9 or newer"
    with pytest.raises(MachineError, match=what):
        require_python(crate, replace(PYTHON, version=(3, 8)))
    # Old versions of pyo3-ffi state nothing.
    packages["pyo3-ffi"] = Package("pyo3-ffi", "0.18.0")
    require_python(replace(crate, graph=Graph(packages)), replace(PYTHON, version=(3, 6)))
