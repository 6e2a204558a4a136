"""Modules that count what runs, and the profiles that are theirs."""

from pathlib import Path

import pytest
from builds import build_of

from rtvariants.compile.artifact import Artifact
from rtvariants.errors import VerifyError
from rtvariants.pgo import instrumented
from rtvariants.pgo.instrumented import Instrumented
from rtvariants.verify.cached import Checked

NAMES = b"\0PyInit__core\0_RNvCs1_1g3hot\0"


def test_a_profile_is_its_own_if_it_counts_one_of_its_functions():
    checked = Checked(build_of(), Path(), Path(), Path(), (2, 17), [])
    module = Instrumented(checked, NAMES)
    assert module.runtime == "fast"
    assert module.owns(["main", "_RNvCs1_1g3hot"])
    # A name of C is in many programs.
    assert not module.owns(["PyInit__core", "_RNvCs1_1g3ho"])


def test_a_file_without_a_stamp_is_refused(tmp_path):
    path = tmp_path / "g.so"
    path.write_bytes(b"\x7fELF")
    with pytest.raises(VerifyError, match="runtime `fast`: "):
        instrumented.check(Artifact(build_of(output_dir=tmp_path), path, (), (), 1))
