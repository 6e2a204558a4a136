"""pdm-backend builds no runtimes, and calls a hook that says so."""

from types import SimpleNamespace

import pytest

from rtvariants.backends.pdm import pdm_build_initialize

SYSTEM = {"requires": ["pdm-backend", "rtvariants"], "build-backend": "pdm.backend"}


def context(tmp_path, target, **tools):
    data = {"build-system": SYSTEM, "tool": tools}
    return SimpleNamespace(root=tmp_path, target=target, config=SimpleNamespace(data=data))


@pytest.mark.parametrize("target", ["wheel", "editable"])
def test_a_wheel_without_its_runtimes_is_refused(tmp_path, target):
    with pytest.raises(SystemExit, match=r"`pdm\.backend` builds no runtimes\nhint: use hatchling"):
        pdm_build_initialize(context(tmp_path, target, rtvariants={}))


def test_sdists_and_other_projects_are_left_alone(tmp_path):
    pdm_build_initialize(context(tmp_path, "sdist", rtvariants={}))
    pdm_build_initialize(context(tmp_path, "wheel"))
