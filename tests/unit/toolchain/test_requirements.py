"""What a build for another system needs in addition, and that the distribution says the same."""

from rtvariants.toolchain import cross
from rtvariants.toolchain.requirements import BY_SYSTEM, requested


def test_a_build_requires_the_readers_of_its_target_system():
    assert requested({}) == []
    assert requested({cross.PLATFORM: "linux-arm64"}) == []
    assert requested({cross.PLATFORM: "macos-x64"}) == ["lief>=0.17,<2"]
    there = requested({"CARGO_BUILD_TARGET": "aarch64-pc-windows-msvc"})
    assert [each.split(">")[0] for each in there] == ["lief", "delvewheel"]


def test_the_distribution_requires_the_same_readers(root):
    said = (root / "build_plugin/pyproject.toml").read_text(encoding="utf-8")
    for requirement in BY_SYSTEM["windows"]:
        assert said.count(f'"{requirement}') == 2
