"""cargo on this machine: found, fetched, or neither."""

import pytest

from rtvariants.errors import MachineError
from rtvariants.toolchain.cargo_path import FORBID_INSTALL, installer, require_cargo


def test_a_cargo_that_is_named_but_does_not_exist_is_not_fetched(monkeypatch):
    monkeypatch.delenv(FORBID_INSTALL, raising=False)
    monkeypatch.setenv("CARGO", "/no/such/cargo")
    assert installer() == []
    with pytest.raises(MachineError, match="no program `/no/such/cargo`, which `CARGO` names"):
        require_cargo()
