"""CPU levels: the features that each needs, as archspec, kernels and compilers spell them.

The facts come from archspec's data. This module adds only the spellings that archspec does not
keep: those of Linux's flag list, of rustc and of C compilers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from archspec.cpu import TARGETS, Microarchitecture

from rtvariants.errors import RtvariantsError, near

#: The machines that can be built for, each with the level that every such CPU has.
BASELINES = {"x86_64": "x86_64", "aarch64": "aarch64"}

_X86_SAME = (
    "adx",
    "aes",
    "avx",
    "avx2",
    "avx512bw",
    "avx512cd",
    "avx512dq",
    "avx512f",
    "avx512ifma",
    "avx512vbmi",
    "avx512vl",
    "bmi1",
    "bmi2",
    "f16c",
    "fma",
    "gfni",
    "movbe",
    "pclmulqdq",
    "popcnt",
    "rdrand",
    "rdseed",
    "sse",
    "sse2",
    "sse3",
    "ssse3",
    "vaes",
    "vpclmulqdq",
    "xsave",
    "xsavec",
    "xsaveopt",
)
# archspec's name → rustc's, for what a compiler may use on its own and stable rustc knows by name.
# A feature can always be left out: the code then does not use it.
_X86_RUSTC: Mapping[str, str] = {
    "abm": "lzcnt",
    "avx512_bf16": "avx512bf16",
    "avx512_bitalg": "avx512bitalg",
    "avx512_fp16": "avx512fp16",
    "avx512_vbmi2": "avx512vbmi2",
    "avx512_vnni": "avx512vnni",
    "avx512_vpopcntdq": "avx512vpopcntdq",
    "avx_vnni": "avxvnni",
    "cx16": "cmpxchg16b",
    "sha_ni": "sha",
    "sse4_1": "sse4.1",
    "sse4_2": "sse4.2",
    **{name: name for name in _X86_SAME},
}
_ARM_RUSTC: Mapping[str, str] = {
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
# Names that are spelled differently in Linux's flag list than in archspec.
_LINUX = {"sse3": "pni"}
# rustc's name → the C compiler's, without `-m`, where they differ.
_X86_C = {"bmi1": "bmi", "cmpxchg16b": "cx16", "pclmulqdq": "pclmul", "rdrand": "rdrnd"}
_ARM_C = {"aes": "aes", "crc": "crc", "lse": "lse", "neon": "simd", "sha2": "sha2", "sha3": "sha3"}


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


def known_levels() -> tuple[str, ...]:
    """Return the names of all levels that a runtime can have.

    >>> "x86_64_v3" in known_levels()
    True
    """
    return tuple(name for name, target in TARGETS.items() if target.family.name in BASELINES)


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
            f"archspec lists none, so an import can't check for it; use `{machine}` or a CPU model",
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


# What rustc's own targets for x86-64 turn on: macOS 10.12 runs on Macs with Penryn and later, and
# Windows 10 asks for CMPXCHG16B and LAHF, which no CPU without SSE3 has in this mode.
_ALWAYS = {
    "x86_64-apple-darwin": frozenset({"cx16", "lahf_lm", "sse3", "sse4_1", "ssse3"}),
    **dict.fromkeys(
        (f"x86_64-pc-windows-{abi}" for abi in ("msvc", "gnu", "gnullvm")),
        frozenset({"cx16", "lahf_lm", "sse3"}),
    ),
}


def always(target: str) -> frozenset[str]:
    """Return the features that every CPU of a target has in addition to the machine's baseline.

    >>> "atomics" in always("aarch64-apple-darwin"), always("aarch64-pc-windows-msvc")
    (True, frozenset())
    """
    # The first Mac with an arm64 CPU had an M1, and the compiler's target is that one.
    if target == "aarch64-apple-darwin":
        return level("m1").features
    return _ALWAYS.get(target, frozenset())


def for_target(flags: tuple[str, ...], target: str) -> tuple[str, ...]:
    """Return a level's flags as a target needs them: its own CPU where that is a better one.

    >>> for_target(("-Ctarget-cpu=generic",), "aarch64-apple-darwin")
    ('-Ctarget-cpu=apple-m1',)
    """
    if target != "aarch64-apple-darwin":
        return flags
    return tuple(f.replace("target-cpu=generic", "target-cpu=apple-m1") for f in flags)


def rustc_features(features: frozenset[str], machine: str) -> tuple[str, ...]:
    """Translate archspec's names into rustc's, sorted, without those that compilers don't use.

    >>> rustc_features(frozenset({"abm", "cx16", "mmx"}), "x86_64")
    ('cmpxchg16b', 'lzcnt')
    """
    table = _X86_RUSTC if machine == "x86_64" else _ARM_RUSTC
    return tuple(sorted({table[f] for f in features if f in table}))


def rustc_name(feature: str, machine: str) -> str:
    """Return rustc's name of a feature that archspec names; the same where rustc has none.

    >>> rustc_name("abm", "x86_64"), rustc_name("atomics", "aarch64")
    ('lzcnt', 'lse')
    """
    return (_X86_RUSTC if machine == "x86_64" else _ARM_RUSTC).get(feature, feature)


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
    return ("-march=armv8-a" + "".join(f"+{_ARM_C[f]}" for f in extra if f in _ARM_C),)
