"""What rustc says of a target, and what a target that there is none of comes from."""

import shutil

import pytest

from rtvariants.errors import MachineError
from rtvariants.toolchain.probe import target_cfg

pytestmark = pytest.mark.skipif(not shutil.which("rustc"), reason="no rustc")


def test_a_target_that_there_is(tmp_path):
    assert target_cfg("rustc", "x86_64-unknown-linux-musl", (), tmp_path)["target_env"] == "musl"


def test_a_target_that_there_is_none_of_is_not_to_be_installed(tmp_path):
    with pytest.raises(MachineError) as caught:
        target_cfg("rustc", "x86_64-no-such", (), tmp_path)
    problem = caught.value.problems[-1]
    assert problem.what == "unusable target: `x86_64-no-such`"
    assert "CARGO_BUILD_TARGET" in problem.hint
    assert "rustup target add" not in problem.hint
