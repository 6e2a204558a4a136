"""CPU levels: what each needs, how an operating system spells it, how compilers are told.

The facts come from archspec's data. This module adds only the spellings that archspec does not
keep: those of Linux's flag list, of rustc and of C compilers.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from archspec.cpu import TARGETS, Microarchitecture

from .errors import RtvariantsError

#: Machines that a table may name, each with the level that every such CPU has.
BASELINES = {"x86_64": "x86_64", "aarch64": "aarch64"}

# archspec's name → rustc's. `None` means that no compiler emits instructions for it by itself.
_X86_RUSTC: Mapping[str, str | None] = {
    "abm": "lzcnt",
    "cx16": "cmpxchg16b",
    "sse4_1": "sse4.1",
    "sse4_2": "sse4.2",
    "sha_ni": "sha",
    "avx512_bf16": "avx512bf16",
    "avx512_bitalg": "avx512bitalg",
    "avx512_vbmi2": "avx512vbmi2",
    "avx512_vnni": "avx512vnni",
    "avx512_vpopcntdq": "avx512vpopcntdq",
    "avx512_fp16": "avx512fp16",
    "avx512ifma": "avx512ifma",
    "avx_vnni": "avxvnni",
    "rdrand": "rdrand",
    "mmx": None,
    "lahf_lm": None,
    "fsgsbase": None,
    "clflushopt": None,
    "clwb": None,
    "clzero": None,
    "pku": None,
    "3dnow": None,
    "3dnowext": None,
    "ssbd": None,
    "ibrs": None,
    "stibp": None,
    "cppc": None,
    "flush_l1d": None,
    "hle": None,
    "xsaves": "xsaves",
}
_ARM_RUSTC: Mapping[str, str | None] = {
    "fp": None,
    "asimd": "neon",
    "aes": "aes",
    "pmull": "aes",
    "sha1": "sha2",
    "sha2": "sha2",
    "sha3": "sha3",
    "sha512": "sha3",
    "crc32": "crc",
    "atomics": "lse",
    "fphp": "fp16",
    "asimdhp": "fp16",
    "asimdrdm": "rdm",
    "asimddp": "dotprod",
    "asimdfhm": "fhm",
    "lrcpc": "rcpc",
    "ilrcpc": "rcpc2",
    "dcpop": "dpb",
    "dcpodp": "dpb2",
    "jscvt": "jsconv",
    "fcma": "fcma",
    "sb": "sb",
    "flagm": "flagm",
    "flagm2": "altnzcv",
    "frint": "frintts",
    "i8mm": "i8mm",
    "bf16": "bf16",
    "sve": "sve",
    "sve2": "sve2",
    "bti": "bti",
    "paca": "paca",
    "pacg": "pacg",
    "dit": "dit",
    "ssbs": "ssbs",
}
# Names that Linux's flag list spells otherwise than archspec does.
_LINUX = {"sse3": "pni"}
# rustc's name → the C compiler's, without `-m`, where they differ.
_X86_C = {"bmi1": "bmi", "cmpxchg16b": "cx16", "pclmulqdq": "pclmul", "rdrand": "rdrnd"}
_ARM_C = {"neon": "simd", "aes": "aes", "fhm": "fp16fml", "jsconv": None, "fcma": None}


@dataclass(frozen=True)
class Level:
    """A named CPU contract, resolved from archspec's data.

    `features` are archspec's names with those of every ancestor; `generic` is the closest level
    that belongs to no vendor (`haswell` → `x86_64_v3`); `extra` is what the level adds to it.
    """

    name: str
    machine: str
    generic: str
    features: frozenset[str]
    extra: frozenset[str]

    @property
    def is_baseline(self) -> bool:
        """Tell whether every CPU of the machine has this level."""
        return self.name == BASELINES[self.machine]


def known_levels() -> tuple[str, ...]:
    """Return the names of all levels that a table may use.

    >>> "x86_64_v3" in known_levels()
    True
    """
    return tuple(name for name, target in TARGETS.items() if target.family.name in BASELINES)


def near(name: str, names: tuple[str, ...]) -> str:
    """Return a hint that names the closest spellings of `name`, or all of a short list."""
    close = difflib.get_close_matches(name.lower().replace("-", "_"), names, n=3, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(f"`{c}`" for c in close) + "?"
    return "known: " + ", ".join(f"`{n}`" for n in names)


@cache
def level(name: str) -> Level:
    """Return the level of this name.

    Raises `RtvariantsError` for a name that archspec does not know, of a machine that this
    package does not build for, or without features of its own to select by.

    >>> sorted(level("x86_64_v2").features)[:3]
    ['cx16', 'lahf_lm', 'mmx']
    """
    target = TARGETS.get(name)
    if target is None:
        raise RtvariantsError(f"unknown level: `{name}`", near(name, known_levels()))
    machine = target.family.name
    if machine not in BASELINES:
        machines = ", ".join(f"`{m}`" for m in BASELINES)
        raise RtvariantsError(
            f"level of an unsupported machine: `{name}` ({machine})",
            f"machines that can be built for: {machines}",
        )
    features = _features(target)
    if not features and name != BASELINES[machine]:
        raise RtvariantsError(
            f"level without features: `{name}`",
            f"archspec lists none, so no import could choose by it; use `{machine}` or a CPU model",
        )
    generic = target.generic if machine == "x86_64" else TARGETS[machine]
    extra = features - _features(generic)
    return Level(name, machine, generic.name, features, extra)


def _features(target: Microarchitecture) -> frozenset[str]:
    names = set(target.features)
    for ancestor in target.ancestors:
        names |= ancestor.features
    return frozenset(names)


def needs(name: str, system: str) -> tuple[str, ...]:
    """Return what a host must list to run the level, sorted, as `system`'s kernel spells it.

    Only Linux has a flag list that the loader reads; for `macos` and `windows` the names are
    archspec's, since archspec decides there.

    >>> "pni" in needs("x86_64_v3", "linux")
    True
    >>> needs("x86_64", "linux")
    ()
    """
    names = level(name).features
    return tuple(sorted(_LINUX.get(n, n) if system == "linux" else n for n in names))


def rustc_flags(name: str) -> tuple[str, ...]:
    """Return the codegen flags that make rustc compile for the level.

    >>> rustc_flags("x86_64_v3")
    ('-Ctarget-cpu=x86-64-v3',)
    """
    of = level(name)
    cpu = of.generic.replace("_", "-") if of.machine == "x86_64" else "generic"
    flags = [f"-Ctarget-cpu={cpu}"]
    extra = rustc_features(of.extra, of.machine)
    if extra:
        flags.append("-Ctarget-feature=" + ",".join(f"+{f}" for f in extra))
    return tuple(flags)


def rustc_features(features: frozenset[str], machine: str) -> tuple[str, ...]:
    """Translate archspec's names into rustc's, sorted, leaving out what rustc has no name for.

    >>> rustc_features(frozenset({"abm", "cx16", "mmx"}), "x86_64")
    ('cmpxchg16b', 'lzcnt')
    """
    table = _X86_RUSTC if machine == "x86_64" else _ARM_RUSTC
    # An ARM feature that is missing from the table is unknown to rustc; an x86 one has its name.
    names = {table.get(f, f if machine == "x86_64" else None) for f in features}
    return tuple(sorted(n for n in names if n))


def c_flags(name: str) -> tuple[str, ...]:
    """Return the flags that make gcc and clang compile for the level.

    >>> c_flags("x86_64_v3")
    ('-march=x86-64-v3',)
    """
    of = level(name)
    extra = rustc_features(of.extra, of.machine)
    if of.machine == "x86_64":
        march = "-march=" + of.generic.replace("_", "-")
        return (march, *(f"-m{_X86_C.get(f, f)}" for f in extra))
    known = [_ARM_C.get(f, f) for f in extra if f in ("neon", "aes", "sha2", "sha3", "crc", "lse")]
    return ("-march=armv8-a" + "".join(f"+{f}" for f in known if f),)
