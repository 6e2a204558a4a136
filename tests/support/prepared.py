"""A cache of prepared toolchains, empty or with one in it."""

import pytest

from rtvariants.targets import platforms
from rtvariants.toolchain import cross

ARM = platforms.PLATFORMS["linux-arm64"]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(cross.CACHE, str(tmp_path / "cache"))
    for name in (cross.PLATFORM, "CARGO_BUILD_TARGET", "RUSTC"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "cache"


@pytest.fixture
def kept(cache):
    """Return the tools of a platform, kept in the cache."""
    for name in ("rustc", "cc", "ar"):
        cache.mkdir(exist_ok=True)
        (cache / name).touch()
    rustc, linker, archiver = (str(cache / name) for name in ("rustc", "cc", "ar"))
    tools = cross.Prepared(rustc, linker, archiver, "", ("qemu-aarch64", "python3"))
    cross.keep(ARM, tools)
    return tools
