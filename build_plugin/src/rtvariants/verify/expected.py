"""What the stamp of a build must say."""

from __future__ import annotations

from collections.abc import Mapping

from rtvariants.compile.plan import Build


def expected(build: Build) -> Mapping[str, str]:
    """Return what the stamp of this build must say, by key."""
    env = build.env
    return {
        "package": env["RTVARIANTS_PACKAGE"],
        "version": env["RTVARIANTS_VERSION"],
        "runtime": build.runtime,
        "level": build.level,
        "target": build.target,
        "features": ",".join(build.rust_features),
        "index-bits": str(build.index_bits),
        "allocator": build.allocator,
        "abi": build.abi,
        "page-size": build.page_size,
        "toolchain": env["RTVARIANTS_TOOLCHAIN"],
        "commit": build.commit,
    }
