"""Which platforms a machine builds for, and why not for the others."""

import pytest
import release_kit as kit

from rtvariants.errors import MachineError, RtvariantsError
from rtvariants.release import cells
from rtvariants.targets import platforms
from rtvariants.targets.platforms import PLATFORMS
from rtvariants.toolchain import cross


@pytest.fixture
def declared(tmp_path, monkeypatch):
    """Return a declaration of four platforms, on an x86-64 Linux without any other compiler."""
    names = ["linux-x64", "linux-arm64", "musl-x64", "windows-x64"]

    def supported(target):
        if "windows" in target:
            raise MachineError("target that can't be verified")

    monkeypatch.setattr(platforms, "host", lambda: "linux-x64")
    monkeypatch.setattr(cells, "require_readable", supported)
    monkeypatch.setattr(cross, "prepared", lambda _: None)
    monkeypatch.setattr(cross, "has_target", lambda _, target: target.endswith("musl"))
    return kit.declare(tmp_path, platforms=names)


def chosen(declared, *names, all_local=False):
    found = cells.chosen(declared, list(names), all_local=all_local)
    return [platform.name for platform in found]


def test_a_machine_builds_for_itself_for_all_that_it_can_or_for_what_is_named(declared):
    assert chosen(declared) == ["linux-x64"]
    assert chosen(declared, all_local=True) == ["linux-x64", "musl-x64"]
    assert chosen(declared, "windows-x64", "linux-x64") == ["windows-x64", "linux-x64"]


def test_the_reason_why_a_machine_cannot_build_names_the_way_to_it(declared):
    assert cells.missing(PLATFORMS["linux-x64"]) == ""
    assert cells.missing(PLATFORMS["musl-x64"]) == ""
    arm = cells.missing(PLATFORMS["linux-arm64"])
    assert arm == "`rtvariants toolchain prepare linux-arm64` has not been run"
    assert cells.missing(PLATFORMS["windows-x64"]) == "target that can't be verified"


def test_a_machine_builds_for_a_platform_whose_toolchain_is_prepared(declared, monkeypatch):
    tools = cross.Prepared(rustc="rustc")
    arm = PLATFORMS["linux-arm64"]
    monkeypatch.setattr(cross, "prepared", lambda platform: tools if platform == arm else None)
    assert "linux-arm64" in chosen(declared, all_local=True)


def test_a_platform_that_is_not_declared_is_refused(declared, monkeypatch):
    with pytest.raises(RtvariantsError, match="undeclared platform: `linux-x46`\nhint: did you"):
        chosen(declared, "linux-x46")
    monkeypatch.setattr(platforms, "host", lambda: "macos-arm64")
    with pytest.raises(RtvariantsError, match="platform is not declared: `macos-arm64`"):
        chosen(declared)


def test_a_cell_is_a_platform_a_runtime_and_a_python(tmp_path):
    declared = kit.declare(tmp_path, more='abi = "cp310-abi3"\npython = ["3.14t"]')
    found = cells.cells(declared)
    assert len(found) == 2 * 2 * 2
    assert [cell.name for cell in found][:2] == ["linux-x64-fast", "linux-x64-fast-3.14t"]
    assert [cell.command for cell in found][:2] == [
        "rtvariants release build --platform linux-x64 --runtime fast",
        "rtvariants release build --platform linux-x64 --runtime fast --python 3.14t",
    ]
