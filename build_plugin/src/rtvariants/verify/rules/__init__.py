"""The rules of a built file: it must show everything that the configuration asks for.

Every rule has a name, reads one built file, and says what is wrong and how to fix it. `check`
applies them all, so that one build shows every violation. A module holds the rules that read the
same thing: `cargo` what cargo says it built, `stamp` what the file says about itself, `guard` what
runs before it, `platform`
the systems that load it, `symbols` what it defines and imports, `libraries` what it links,
`contents` its bytes, `profile` what it counts and what it was optimized with.
"""

from __future__ import annotations

from rtvariants.errors import Problem

from . import cargo, contents, guard, libraries, platform, profile, stamp, symbols
from .model import BuiltFile, Rule

__all__ = ["RULES", "BuiltFile", "check"]

#: Every rule by its name, in the order in which violations are shown.
RULES: dict[str, Rule] = {
    "target": platform.target,
    "cargo-features": cargo.cargo_features,
    "unified-features": cargo.unified_features,
    "dead-cfg": cargo.dead_cfg,
    "stamp": stamp.stamp,
    "cpu-features": stamp.cpu_features,
    "index-bits": stamp.index_bits,
    "allocator-stated": stamp.allocator_stated,
    "allocator-linked": symbols.allocator_linked,
    "init-symbol": symbols.init_symbol,
    "guard": guard.guard,
    "exports": symbols.exports,
    "static-tls": platform.static_tls,
    "glibc": platform.glibc,
    "musl": platform.musl,
    "deployment-target": platform.deployment_target,
    "libraries": libraries.libraries,
    "stable-abi": symbols.stable_abi,
    "python-abi": symbols.python_abi,
    "signature": platform.signature,
    "build-paths": contents.build_paths,
    "instructions": contents.instructions,
    "constructors": contents.constructors,
    "instrumented": profile.instrumented,
    "profile": profile.profile,
}


def check(file: BuiltFile) -> list[Problem]:
    """Return every violation of every rule; empty when the file is what was configured."""
    where = f"runtime `{file.build.runtime}`"
    return [
        Problem(what, hint, where, rule=name)
        for name, rule in RULES.items()
        for what, hint in rule(file)
    ]
