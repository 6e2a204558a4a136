"""Which wheels `rtvariants build --python` writes: one for each ABI, after all are found."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from builds import CRATE, TOOLCHAIN

from rtvariants.cli import main, pythons
from rtvariants.errors import MachineError
from rtvariants.toolchain import interpreters, probe

PROJECT = SimpleNamespace(config=None)


@pytest.fixture
def abis(monkeypatch):
    """Return a function that sets the ABI of the crate by the Python that is asked for."""

    def put(**found):
        def ready(_config):
            (name,) = interpreters.asked()
            abi = found.get(name.replace(".", "_"))
            if abi is None:
                raise MachineError(f"no Python {name} on this machine", "install it")
            return TOOLCHAIN, replace(CRATE, abi=abi)

        monkeypatch.setattr(probe, "ready", ready)

    return put


def test_each_abi_has_one_wheel(abis):
    abis(**{"3_11": "cp310-abi3", "3_12": "cp310-abi3", "3_14t": "cp314-cp314t"})
    assert pythons.by_abi(PROJECT, ("3.11", "3.12", "3.14t")) == {
        "cp310-abi3": ["3.11", "3.12"], "cp314-cp314t": ["3.14t"],
    }  # fmt: skip


def test_every_python_that_is_not_here_is_named_at_once(abis):
    abis(**{"3_11": "cp311-cp311"})
    with pytest.raises(MachineError) as caught:
        pythons.by_abi(PROJECT, ("3.12", "3.11", "3.13"))
    assert [p.what for p in caught.value.problems] == [
        "no Python 3.12 on this machine", "no Python 3.13 on this machine",
    ]  # fmt: skip


def test_what_is_not_a_python_is_an_error_before_anything_runs(capsys, tmp_path):
    (tmp_path / "Cargo.toml").touch()
    (tmp_path / "pyproject.toml").write_text(
        '[tool.rtvariants]\ncrate = "."\nmodule = "g._core"\nenv = "G"\n'
        '[[tool.rtvariants.runtimes]]\nname = "base"\nlevel = { x86_64 = "x86_64" }\n'
    )
    assert main(["build", str(tmp_path), "--python", "three"]) == 1
    assert capsys.readouterr().err.startswith("error: --python: not a Python: `three`\nhint: ")
