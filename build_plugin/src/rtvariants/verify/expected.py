"""What the stamp of a build must say."""

from __future__ import annotations

from collections.abc import Mapping

from rtvariants.compile.build import Build


def expected(build: Build) -> Mapping[str, str]:
    """Return the facts of a build's stamp, by key."""
    contract = build.contract
    return {
        "package": contract.package,
        "version": contract.version,
        "runtime": build.runtime,
        "level": contract.level,
        "target": contract.target,
        "features": ",".join(contract.rust_features),
        "index-bits": str(contract.index_bits or ""),
        "allocator": contract.allocator,
        "stated-by": contract.stated_by,
        "abi": contract.abi,
        "page-size": contract.page_size,
        "toolchain": contract.toolchain,
        "commit": contract.commit,
    }
