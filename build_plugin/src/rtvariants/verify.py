"""The artifact against the table: nothing is believed that the built file does not show.

Every rule has a name, looks at one native, and says what is wrong and what mends it. `check` runs
them all, so that one build shows every violation.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import stamp as stamps
from .cargo import Artifact
from .elf import Elf
from .errors import EnvironmentProblem, Problem
from .plan import Build
from .toolchain import abi_of

# Libraries that PEP 600 lets a manylinux wheel take from the system.
_SYSTEM_LIBRARIES = re.compile(
    r"(ld-linux.*|lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+|nsl|util|resolv|atomic))\.so(\.\d+)*"
)
# A symbol name begins after a NUL byte, unless it is the end of a longer one.
_ALLOCATOR_MARKS = {
    "jemalloc": re.compile(rb"_rjem_(je_)?(malloc|mallocx|calloc)\0"),
    "mimalloc": re.compile(rb"\0_?mi_(malloc|zalloc|free|heap_malloc)[a-z_]*\0"),
}


@dataclass(frozen=True)
class Native:
    """One built file with what the rules look at; `shipped` are the stripped bytes."""

    artifact: Artifact
    elf: Elf
    shipped: bytes
    private_paths: tuple[Path, ...]

    @property
    def build(self) -> Build:
        """Return the build that the file comes from."""
        return self.artifact.build


Rule = Callable[[Native], Iterator[tuple[str, str]]]


def check(native: Native) -> list[Problem]:
    """Return every violation of every rule; empty when the file is what the table says."""
    where = f"runtime `{native.build.runtime}`"
    return [
        Problem(what, hint, where, rule=name)
        for name, rule in RULES.items()
        for what, hint in rule(native)
    ]


def _machine(native: Native) -> Iterator[tuple[str, str]]:
    wanted = native.build.target.split("-")[0]
    if native.elf.machine != wanted:
        yield f"file for `{native.elf.machine}`, target is `{native.build.target}`", ""


def _cargo_features(native: Native) -> Iterator[tuple[str, str]]:
    missing = sorted(set(native.build.cargo_features) - set(native.artifact.features))
    if missing:
        yield f"cargo features that cargo did not turn on: `{'`, `'.join(missing)}`", ""
    # Another runtime's feature that is on here came from unified features or from `default`.
    others = {"jemalloc", "mimalloc"} - {native.build.allocator}
    extra = sorted(others & set(native.artifact.features))
    if extra:
        yield (
            f"cargo features of another allocator are on: `{'`, `'.join(extra)}`",
            "take them out of the crate's `default` features and of what depends on it",
        )


def _stamp(native: Native) -> Iterator[tuple[str, str]]:
    data = native.elf.section(".rtvariants")
    if data is None:
        yield (
            "no stamp in the file (section `.rtvariants`)",
            "call `rtvariants_guard::module!` in the crate; it guards the module and stamps it",
        )
        return
    try:
        found = stamps.parse(data.rstrip(b"\0"))
    except stamps.StampError as error:
        yield f"unreadable stamp: {error}", ""
        return
    for key, wanted in stamps.expected(native.build).items():
        if key not in _OWN_RULE and found[key] != wanted:
            yield f"stamp says {key} `{found[key]}`, the table says `{wanted}`", _STALE


_OWN_RULE = ("features", "index-bits", "allocator")
_STALE = "the file may be of another build; remove the target directory and build again"


def _stated(native: Native, key: str) -> tuple[str, str] | None:
    """Return what the stamp says and what it should say; `None` where there is no stamp."""
    data = native.elf.section(".rtvariants")
    try:
        found = stamps.parse((data or b"").rstrip(b"\0"))
    except stamps.StampError:
        return None  # The rule `stamp` speaks of it.
    return found[key], stamps.expected(native.build)[key]


def _cpu_features(native: Native) -> Iterator[tuple[str, str]]:
    said = _stated(native, "features")
    if said and said[0] != said[1]:
        seen, wanted = (set(filter(None, s.split(","))) for s in said)
        parts = [f"too many `{f}`" for f in sorted(seen - wanted)]
        parts += [f"missing `{f}`" for f in sorted(wanted - seen)]
        yield (
            f"compiler saw other CPU features than level `{native.build.level}` has: "
            + ", ".join(parts),
            (
                "something else than the table sets compiler flags: look at .cargo/config.toml, a "
                "RUSTC_WRAPPER, and `build.rs`"
            ),
        )


def _index_bits(native: Native) -> Iterator[tuple[str, str]]:
    said = _stated(native, "index-bits")
    if said and said[0] != said[1]:
        yield (
            f"index width {said[0]}, the table says {said[1]}",
            "a cargo feature of the runtime must choose the width that `module!` is given",
        )


def _allocator_stated(native: Native) -> Iterator[tuple[str, str]]:
    said = _stated(native, "allocator")
    if said and said[0] != said[1]:
        yield (
            f"crate states allocator `{said[0]}`, the table says `{said[1]}`",
            "give `module!` the allocator that the cargo feature chooses",
        )


def _allocator_linked(native: Native) -> Iterator[tuple[str, str]]:
    names = native.elf.symbol_names
    if not names or b"PyInit_" not in names:
        yield (
            "no symbol names in the file, so the allocator can't be seen",
            ("let nothing strip the file before the plugin: no `-Cstrip`, no `-s` for the linker"),
        )
        return
    wanted = native.build.allocator
    for allocator, mark in _ALLOCATOR_MARKS.items():
        linked = mark.search(names) is not None
        if allocator == wanted and not linked:
            yield (
                f"allocator `{allocator}` is not linked",
                f"make it the `#[global_allocator]` under the cargo feature `{allocator}`",
            )
        elif allocator != wanted and linked:
            yield (
                f"allocator `{allocator}` is linked, the table says `{wanted}`",
                "a dependency or a `default` feature brings it in",
            )


def _init_symbol(native: Native) -> Iterator[tuple[str, str]]:
    wanted = native.build.export
    found = {name for name in native.elf.exported if name.startswith("PyInit_")}
    if wanted not in found:
        names = ", ".join(f"`{n}`" for n in sorted(found)) or "none"
        yield (
            f"init symbol `{wanted}` is not exported; found: {names}",
            f"write `export: {wanted}` in `module!`, or change `module` in `[tool.rtvariants]`",
        )
    # PyO3 exports its own init too; the guard's name for it can't be imported by accident.
    others = sorted(found - {wanted, f"{wanted}_unguarded"}) if wanted in found else []
    if others:
        yield (
            f"more init symbols than `{wanted}`: `{'`, `'.join(others)}`",
            f"name the `#[pymodule]` behind the guard `{wanted[7:]}_unguarded`",
        )


def _static_tls(native: Native) -> Iterator[tuple[str, str]]:
    if native.elf.static_tls:
        yield (
            "file needs static TLS (DT_FLAGS holds STATIC_TLS), so importing it late can fail",
            (
                "build the allocator without initial-exec TLS: `disable_initial_exec_tls` of "
                "tikv-jemallocator, `local_dynamic_tls` of mimalloc"
            ),
        )


def _glibc(native: Native) -> Iterator[tuple[str, str]]:
    for library, versions in native.elf.versions.items():
        if "GLIBC_PRIVATE" in versions:
            yield f"file needs private symbols of {library} (GLIBC_PRIVATE)", ""


def _libraries(native: Native) -> Iterator[tuple[str, str]]:
    for name in native.elf.libraries:
        if not _SYSTEM_LIBRARIES.fullmatch(name):
            yield (
                f"file links `{name}`, which a manylinux wheel may not take from the system",
                "link it statically, or build without the feature that needs it",
            )


def _stable_abi(native: Native) -> Iterator[tuple[str, str]]:
    from abi3info import DATAS, FUNCTIONS
    from abi3info.models import PyVersion, Symbol

    minor = int(native.build.abi.removeprefix("cp3").split("-")[0])
    try:
        if native.artifact.pyo3_features and abi_of(list(native.artifact.pyo3_features)) != (
            native.build.abi
        ):
            yield "pyo3 was built for another ABI than cargo metadata promised", _STALE
    except EnvironmentProblem:
        yield "pyo3 was built without the stable ABI", ""
    for name in native.elf.imported:
        if not re.match("_?Py[A-Z_]", name):
            continue
        known = FUNCTIONS.get(Symbol(name)) or DATAS.get(Symbol(name))
        if known is None:
            yield f"`{name}` is no part of Python's stable ABI", "the wheel would lie as `abi3`"
        elif known.added > PyVersion(3, minor):
            yield (
                f"`{name}` came to the stable ABI in {known.added}, the wheel says 3.{minor}",
                "raise the `abi3-py3…` feature of pyo3",
            )


def _paths(native: Native) -> Iterator[tuple[str, str]]:
    for path in native.private_paths:
        text = os.fsencode(str(path))
        # Literals stand in the file without a byte between them, so anything may come before a
        # path. A folder such as /root, though, may be the middle of an innocent one.
        before = rb"" if len(path.parts) > 2 else rb"(?<![\w./-])"
        found = re.search(before + re.escape(text) + rb"/[\x20-\x7e]{0,80}", native.shipped)
        if found:
            hint = (
                'a build script or macro puts it there: look for `env!("CARGO_MANIFEST_DIR")` and '
                "generated code"
            )
            yield f"path of the build machine in the file: `{found[0].decode()}`", hint


#: Every rule by its name, in the order in which violations are shown.
RULES: dict[str, Rule] = {
    "target": _machine,
    "cargo-features": _cargo_features,
    "stamp": _stamp,
    "cpu-features": _cpu_features,
    "index-bits": _index_bits,
    "allocator-stated": _allocator_stated,
    "allocator-linked": _allocator_linked,
    "init-symbol": _init_symbol,
    "static-tls": _static_tls,
    "glibc": _glibc,
    "libraries": _libraries,
    "stable-abi": _stable_abi,
    "build-paths": _paths,
}
