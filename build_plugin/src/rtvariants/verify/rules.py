"""The artifact against the table: nothing is believed that the built file does not show.

Every rule has a name, looks at one native, and says what is wrong and what mends it. `check` runs
them all, so that one build shows every violation. The rules stand by what they look at: `planned`
at what cargo says it built, `stated` at the stamp, `linked` at what the linker made, `elsewhere` at
what only macOS and Windows have, `code` at the instructions.
"""

from __future__ import annotations

from rtvariants.errors import Problem

from . import code, elsewhere, linked, planned, stated
from .native import Native, Rule

#: Every rule by its name, in the order in which violations are shown.
RULES: dict[str, Rule] = {
    "target": linked.machine,
    "cargo-features": planned.cargo_features,
    "unified-features": planned.unified_features,
    "dead-cfg": planned.dead_cfg,
    "stamp": stated.stamp,
    "cpu-features": stated.cpu_features,
    "index-bits": stated.index_bits,
    "allocator-stated": stated.allocator_stated,
    "allocator-linked": linked.allocator_linked,
    "init-symbol": linked.init_symbol,
    "exports": elsewhere.exports,
    "static-tls": linked.static_tls,
    "glibc": linked.glibc,
    "musl": linked.musl,
    "deployment-target": elsewhere.deployment_target,
    "libraries": linked.libraries,
    "stable-abi": linked.stable_abi,
    "signature": elsewhere.signature,
    "build-paths": linked.build_paths,
    "instructions": code.instructions,
}


def check(native: Native) -> list[Problem]:
    """Return every violation of every rule; empty when the file is what the table says."""
    where = f"runtime `{native.build.runtime}`"
    return [
        Problem(what, hint, where, rule=name)
        for name, rule in RULES.items()
        for what, hint in rule(native)
    ]
