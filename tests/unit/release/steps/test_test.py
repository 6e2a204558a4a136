"""The step `test` tries the wheels of each platform as `rtvariants test` does."""

import release_kit as kit

from rtvariants.release.steps import test as step
from rtvariants.targets.platforms import PLATFORMS
from rtvariants.trial.dependencies import Needs


def test_each_platform_is_tested_with_its_own_interpreters_only(tmp_path):
    kit.declare(tmp_path)
    options = step.Options(
        no_emulation=True, python=("aarch64=qemu python3", "win_amd64=wine python")
    )
    request = step.request(tmp_path, PLATFORMS["linux-arm64"], options)
    assert request.interpreters == {"aarch64": ["qemu", "python3"]}
    assert (request.emulation, request.strict) == (False, False)
    assert request.needs == Needs(index=False, wanted=False)
