"""The flags of C code in one build: those that the machine sets, and ours after them.

Distributions and their packagers set flags for all C code, such as `-march=x86-64` or
`-march=nocona`. gcc and clang take the last `-march`, which is ours. A feature that is turned on
alone (`-mavx2`) outlives it, so it is turned off again where the level lacks it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rtvariants.errors import MachineError, Problem
from rtvariants.targets import levels, platforms
from rtvariants.targets.allocators import ALL_C_CODE, Allocator
from rtvariants.toolchain.crate import Crate
from rtvariants.toolchain.probe import QUOTED, Toolchain, c_variables

# What C code reads as today, by `__DATE__`, where nothing sets it: hatchling's date of archives.
_EPOCH = "1580601600"
# Crates that run a compiler of C; without them, nobody reads these flags.
_CALLERS = {"cc", "cmake", "autotools"}
# What decides which CPU Microsoft's compiler compiles for; ours can't follow it.
_OF_MICROSOFT = re.compile(r"[/-](?:arch:|clang:-m|m(?:arch|cpu|tune)=|mavx|msse)", re.IGNORECASE)
# Options that turn on one feature of an x86-64 CPU; other options of this shape turn on none.
_SINGLE = re.compile(
    r"-m(s?sse[\d.]+a?|avx[\w.-]*|fma4?|bmi2?|lzcnt|popcnt|abm|movbe|f16c|v?aes|v?pclmul(?:qdq)?"
    r"|sha(?:512)?|sm[34]|rdrnd|rdseed|rdpid|adx|xsave\w*|fsgsbase|cx16|sahf|tbm|xop|lwp|gfni"
    r"|amx-[\w-]+|3dnowa?|prfchw|prefetchi|clwb|clflushopt|clzero|mwaitx|waitpkg|movdir\w+"
    r"|serialize|enqcmd|cldemote|ptwrite|pku|rtm|hle|hreset|uintr|kl|widekl|raoint|cmpccxadd"
    r"|usermsr|apxf|wbnoinvd|invpcid|sgx|crc32|tsxldtrk|pconfig|prefetchwt1|shstk)"
)
# Each of them implies those before it, and turning one off turns off those behind it.
_VECTORS = ("sse3", "ssse3", "sse4.1", "sse4.2", "avx", "avx2", "avx512f")
# What single options imply in addition to that, as the options spell it.
_IMPLIED = ("popcnt", "lzcnt", "f16c", "fma", "xsave", "crc32")
# How rustc spells what an option of C turns on.
_SPELLED = {"bmi": "bmi1", "abm": "lzcnt", "cx16": "cmpxchg16b", "pclmul": "pclmulqdq"}


@dataclass(frozen=True)
class CFlags:
    """What C code is compiled with: the variables for build scripts, and the flags of C alone."""

    env: dict[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


def of(
    level: str,
    allocator: Allocator,
    toolchain: Toolchain,
    crate: Crate,
    folders: Sequence[Path],
    *,
    baseline: bool = False,
) -> CFlags:
    """Return the flags of C code: for a level, or with `baseline` for every CPU.

    Raises `MachineError` where flags of Microsoft's compiler choose a CPU, and C is compiled.
    """
    if toolchain.libc == "msvc":
        _refuse_cpu(toolchain, crate)
    low = baseline or allocator.flags == ALL_C_CODE
    found = _Merging(toolchain, folders)
    own = levels.BASELINES[toolchain.machine] if low else level
    flags: tuple[str, ...] = ()
    # cl.exe knows none of these flags; its code is at the baseline anyway.
    for name in () if toolchain.libc == "msvc" else ("CFLAGS", "CXXFLAGS"):
        value = found.merged(name, own)
        flags = flags or found.split(value)
    if allocator.flags not in ("", ALL_C_CODE):
        found.append(allocator.flags, levels.BASELINES[toolchain.machine])
    env = {"SOURCE_DATE_EPOCH": toolchain.c_ambient.get("SOURCE_DATE_EPOCH", _EPOCH), **found.env}
    if allocator.pages:
        env[allocator.pages] = str(platforms.lg_page(toolchain.target))
    return CFlags(env, flags)


def dashed(target: str) -> tuple[str, ...]:
    """Return the variables of C flags that name a target with dashes; ours has underscores."""
    return tuple(f"{name}_{target}" for name in ("CFLAGS", "CXXFLAGS"))


class _Merging:
    """Puts our flags after those of the machine; `env` are the variables that come out of it."""

    def __init__(self, toolchain: Toolchain, folders: Sequence[Path]) -> None:
        self._tools = toolchain
        self._ambient = toolchain.c_ambient
        self._folders = folders
        self.env: dict[str, str] = {}
        paths = self._maps()
        self._escaped = bool(self._ambient.get(QUOTED))
        self._quoted = self._escaped or any(" " in path for path in paths)
        if self._quoted and not self._escaped:
            self.env[QUOTED] = "1"
            # The crate `cc` reads all variables in that way then.
            self.env |= {
                name: self._text(name)
                for name in c_variables(toolchain.target)
                if "FLAGS" in name and self._text(name) != self._ambient.get(name, "")
            }

    def merged(self, name: str, level: str) -> str:
        """Set the target's variable: the machine's flags for it, and ours for a level."""
        target = self._tools.target
        key = f"{name}_{target.replace('-', '_')}"
        before = [self._text(place) for place in (f"{name}_{target}", key)]
        # zig treats a date in the code as an error; here it is always the same one.
        more = ("-Wno-date-time",) if self._tools.cross else ()
        ours = [*levels.c_flags(level), *self._off(level), *self._maps(), *more]
        value = " ".join([*filter(None, before), *map(self._quote, ours)])
        self.env[key] = value
        if f"{name}_{target}" in self._tools.config_env:
            # cargo sets it where it is not set, and it would come after ours.
            self.env[f"{name}_{target}"] = value
        return value

    def append(self, name: str, level: str) -> None:
        """Put the flags of a level after what a variable holds, for the code of an allocator."""
        ours = (*levels.c_flags(level), *self._off(level))
        self.env[name] = " ".join([*filter(None, [self._ambient.get(name, "")]), *ours])

    def split(self, value: str) -> tuple[str, ...]:
        """Return the flags in a variable, as the crate `cc` reads them."""
        if self._quoted:
            try:
                return tuple(shlex.split(value))
            except ValueError:  # An open quote; the crate's own reader says what it makes of it.
                pass
        return tuple(value.split())

    def _maps(self) -> tuple[str, ...]:
        pairs = [(self._tools.cargo_home, "/cargo"), *((f, "/target") for f in self._folders)]
        return tuple(f"-ffile-prefix-map={path}={name}" for path, name in pairs)

    def _text(self, name: str) -> str:
        """Return a variable of the machine, in the way in which all of them are to be read."""
        value = self._ambient.get(name, "")
        if self._quoted and not self._escaped and "FLAGS" in name:
            return shlex.join(value.split())
        return value

    def _quote(self, flag: str) -> str:
        return shlex.quote(flag) if self._quoted else flag

    def _off(self, level: str) -> tuple[str, ...]:
        """Return flags that turn off what the machine turns on alone, and the level lacks."""
        if self._tools.machine != "x86_64":
            return ()  # There the last `-march` decides everything.
        words = (
            word
            for name in c_variables(self._tools.target)
            for word in self.split(self._ambient.get(name, ""))
        )
        of = levels.level(level)
        return turned_off(words, frozenset(levels.rustc_features(of.features, of.machine)))


def turned_off(words: Iterable[str], features: frozenset[str]) -> tuple[str, ...]:
    """Return the options that revert those which turn on a feature alone.

    >>> turned_off(["-O2", "-march=native", "-mtune=generic"], frozenset())
    ()
    >>> turned_off(["-mavx2"], frozenset({"sse3", "ssse3", "sse4.1", "sse4.2", "popcnt"}))
    ('-mno-avx2', '-mno-avx', '-mno-lzcnt', '-mno-f16c', '-mno-fma', '-mno-xsave', '-mno-crc32')
    """
    matches = (_SINGLE.fullmatch(word) for word in words)
    singles = {match[1]: None for match in matches if match}
    if not singles:
        return ()
    above = next((name for name in _VECTORS if name not in features), "")
    wanted = [*singles, *filter(None, [above]), *_IMPLIED]
    lacking = (name for name in wanted if _SPELLED.get(name, name) not in features)
    return tuple(dict.fromkeys(f"-mno-{name}" for name in lacking))


def _refuse_cpu(toolchain: Toolchain, crate: Crate) -> None:
    packages = crate.graph.packages.values()
    if _CALLERS.isdisjoint(package.name for package in packages):
        return
    for name in c_variables(toolchain.target):
        value = toolchain.c_ambient.get(name, "")
        bad = [word for word in value.split() if _OF_MICROSOFT.match(word)]
        if bad:
            raise MachineError(
                Problem(
                    f"CPU chosen outside the configuration: {name} holds `{' '.join(bad)}`",
                    "unset it for this build; Microsoft's compiler is to compile for the baseline",
                    rule="ambient-flags",
                )
            )
