"""What `cargo metadata` says about the crate that holds the module."""

import pytest

from rtvariants.errors import MachineError
from rtvariants.toolchain.crate import _abi, abi_of


def test_the_tags_python_is_the_lowest_of_pyo3s_features():
    assert abi_of(["abi3", "abi3-py312", "abi3-py39", "macros"]) == "cp39-abi3"
    with pytest.raises(MachineError, match="pyo3 without a stable ABI"):
        abi_of(["macros"])


def test_a_crate_without_pyo3_is_named_with_a_fix():
    data = {
        "packages": [{"id": "path+file:///w#g@1", "name": "g"}],
        "resolve": {"nodes": [{"id": "path+file:///w#g@1", "features": []}]},
    }
    with pytest.raises(MachineError, match="no pyo3 among the dependencies of `g`\nhint: name"):
        _abi(data, "path+file:///w#g@1")
