"""Which CPU features the instructions of an extension module need, by a disassembler library.

x86-64: every instruction of every executable section is decoded by iced-x86, which knows the
features of each. Its decoder runs as one loop in native code over a piece (`map` of an
`attrgetter`), which reads 20 MB a second; a filter by byte patterns would not be worth its proof.
A cache would not pay either: of two runtimes that differ only in index width, 4 % of the code is in
functions with equal bytes, because the distances to others differ.
arm64: instructions have four bytes each, so only the different ones are decoded, by capstone.

Reading goes straight from symbol to symbol. Compilers never jump into the middle of an
instruction, and each symbol brings the reader back into step behind data that nothing declares.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter

from .model import Code

#: The feature of bytes for which the disassembler knows no instruction.
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Use:
    """A function, from the address `start` on, that needs `features`, in archspec's names.

    `text` is the first instruction that needs one, `address` its place.
    """

    symbol: str
    start: int
    features: frozenset[str]
    address: int
    text: str


def uses(sections: Sequence[Code], allowed: frozenset[str]) -> Iterator[Use]:
    """Yield each function that needs a CPU feature outside `allowed`, with the features it needs.

    Raises `ValueError` for a machine without a disassembler.
    """
    for section in sections:
        reader = _READERS.get(section.machine)
        if reader is None:
            raise ValueError(f"no disassembler for `{section.machine}`")
        yield from reader(section, allowed)


# --------------------------------------------------------------------------------------- x86-64

# What every x86-64 CPU has, as iced-x86 names it.
_X86_ALWAYS = frozenset({
    "INTEL8086", "INTEL186", "INTEL286", "INTEL386", "INTEL486", "FPU", "FPU287", "FPU387",
    "CPUID", "TSC", "CX8", "CMOV", "MMX", "FXSR", "SSE", "SSE2", "CLFSH", "PAUSE", "MULTIBYTENOP",
    "X64", "SYSCALL", "RDPMC",
    # These do nothing on a CPU that does not know them: their bytes are reserved for hints.
    "CET_IBT", "CLDEMOTE", "PREFETCHITI", "PREFETCHW", "PREFETCHWT1",
})  # fmt: skip
# iced-x86's name → archspec's, where more than the case differs.
_X86_NAMES = {
    "AVX512_IFMA": "avx512ifma",
    "AVX512_VBMI": "avx512vbmi",
    "CMPXCHG16B": "cx16",
    "LZCNT": "abm",
    "SHA": "sha_ni",
}
# `rep bsf`. A CPU without BMI1 runs it as BSF, with the same result for all but zero, and compilers
# write it on purpose in code for such CPUs, where zero is ruled out.
_X86_HARMLESS = ("TZCNT_R16_RM16", "TZCNT_R32_RM32", "TZCNT_R64_RM64")


@cache
def _x86_codes() -> dict[int, frozenset[str]]:
    """Return, by iced-x86's number of an instruction, the features that not every CPU has."""
    from iced_x86 import Code as Codes
    from iced_x86 import CpuidFeature, Instruction

    names = {number: name for name, number in vars(CpuidFeature).items() if name.isupper()}
    harmless = {getattr(Codes, name) for name in _X86_HARMLESS}
    found: dict[int, frozenset[str]] = {}
    for number in vars(Codes).values():
        if not isinstance(number, int) or number in harmless:
            continue
        sample = Instruction()
        sample.code = number  # type: ignore[assignment]
        needed = {names[each] for each in sample.cpuid_features()} - _X86_ALWAYS
        if needed:
            found[number] = frozenset(_X86_NAMES.get(n, n.lower()) for n in needed)
    found[int(Codes.INVALID)] = frozenset({UNKNOWN})
    return found


def _x86(section: Code, allowed: frozenset[str]) -> Iterator[Use]:
    from iced_x86 import Decoder

    above = {code: needs - allowed for code, needs in _x86_codes().items() if needs - allowed}
    number = attrgetter("code")
    forbidden = frozenset(above)
    for mark, data in section.pieces():
        found = forbidden.intersection(map(number, Decoder(64, data, ip=mark.address)))
        if not found:
            continue
        # Linkers for macOS pad with zeros, which read as instructions of two bytes: half of one at
        # the end does not count.
        half = mark.address + len(data.rstrip(b"\0"))
        decoded = Decoder(64, data, ip=mark.address)
        hits = [i for i in decoded if i.code in found and not (i.is_invalid and i.ip >= half)]
        if hits:
            needs = frozenset().union(*(above[hit.code] for hit in hits))
            yield Use(mark.name, mark.address, needs, hits[0].ip, str(hits[0]))


def callers(sections: Sequence[Code]) -> dict[int, set[int]]:
    """Return, for each function, by its first address, those whose code names that address."""
    starts = {mark.address for section in sections for mark in section.marks if not mark.data}
    found: dict[int, set[int]] = {}
    for section in sections:
        named = _arm_named if section.machine == "aarch64" else _x86_named
        for mark, data in section.pieces():
            for callee in named(mark.address, data):
                if callee in starts:
                    found.setdefault(callee, set()).add(mark.address)
    return found


def _x86_named(start: int, data: bytes) -> Iterator[int]:
    """Yield what may be the address of a function, in code that begins at `start`.

    This finds every place whose four bytes, taken as a distance from their end, name a function:
    calls, jumps and `lea`, at any offset. So it misses none; data that looks like one by chance
    would have to hit one address of four billion.
    """
    for match in _BRANCH.finditer(data):
        at = match.end()
        yield start + 4 + at + int(_DISTANCE.unpack_from(data, at)[0])


_DISTANCE = struct.Struct("<i")
# E8 call, E9 jmp, 0F 80…8F conditional jumps, 8D lea, each with a distance behind it.
_BRANCH = re.compile(
    rb"(?:[\xe8\xe9]|\x0f[\x80-\x8f]|\x8d[\x05\x0d\x15\x1d\x25\x2d\x35\x3d])(?=.{4})", re.DOTALL
)

# ---------------------------------------------------------------------------------------- arm64

# What capstone prints → the feature, in archspec's names. Its own groups of instructions leave out
# most extensions. Hints (`bti`, `paciasp`, `esb`) do nothing on a CPU that does not know them, and
# what capstone can't read is `UNKNOWN`.
_ARM_RULES = tuple(
    (re.compile(pattern), feature)
    for pattern, feature in (
        (r".*\bz[amt]?\d+|.*\bp\d+(\.|/)|(rdvl|cnt[bhwd]|addvl|addpl|setffr|wrffr)\b", "sve"),
        (r"(smstart|smstop|zero \{za)\b", "sme"),
        (r"(cas|swp|(ld|st)(add|clr|eor|set|[su]max|[su]min))p?(a|l|al)?[bh]? ", "atomics"),
        (r"ldapr[bh]? ", "lrcpc"),
        (r"(ldapur|stlur)", "ilrcpc"),
        (r"aes(e|d|mc|imc) ", "aes"),
        (r"pmull2? .*\.1q", "pmull"),
        (r"sha1", "sha1"),
        (r"sha256", "sha2"),
        (r"sha512", "sha512"),
        (r"(eor3|bcax|rax1|xar) ", "sha3"),
        (r"sm3", "sm3"),
        (r"sm4", "sm4"),
        (r"crc32", "crc32"),
        (r"(sdot|udot) ", "asimddp"),
        (r"sqrdml[as]h ", "asimdrdm"),
        (r"fml[as]l2? ", "asimdfhm"),
        (r"(fcadd|fcmla) ", "fcma"),
        (r"fjcvtzs ", "jscvt"),
        (r"(smmla|ummla|usmmla|usdot|sudot) ", "i8mm"),
        (r"bf(dot|cvt|mmla|mlal)", "bf16"),
        (r"frint(32|64)", "frint"),
        (r"(cfinv|setf8|setf16|rmif)", "flagm"),
        (r"(axflag|xaflag)", "flagm2"),
        (r"sb $", "sb"),
        (r"dc cvap,", "dcpop"),
        (r"dc cvadp,", "dcpodp"),
        (r"(pac|aut)(ia|ib|da|db|iza|izb|dza|dzb|ga) |xpac[id] |ldra[ab] |b(l)?ra[ab]z? |reta[ab]",
         "paca"),
        (r"(addg|subg|irg|gmi|subps?|ld(g|gm)|stz?2?g[pm]?) ", "mte"),
        (r"(cpy|set)f?[pme]", "mops"),
        (r"(ld64b|st64b)", "ls64"),
        (r"(wfet|wfit) ", "wfxt"),
        (r"mrs .*\brndr", "rng"),
        # Arithmetic of half precision. Conversions from and to it are part of the baseline.
        (r"(f(?!cvt[lnx]?2? )\w+|[su]cvtf) .*(\bh\d|\.[48]h)", "asimdhp"),
    )
)  # fmt: skip


def signed(value: int, bits: int) -> int:
    """Return the number that the lowest bits of a word hold in two's complement.

    >>> signed(0b0111, 4), signed(0b1111, 4)
    (7, -1)
    """
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


# Compilers put few instructions between the two halves of an address.
_ADRP_REACH = 8


def _arm(section: Code, allowed: frozenset[str]) -> Iterator[Use]:
    words: set[int] = set()
    pieces = [
        (mark, memoryview(data[: len(data) & ~3]).cast("I")) for mark, data in section.pieces()
    ]
    for _, piece in pieces:
        words.update(piece)
    above = {
        word: (feature, text)
        for word, feature, text in _arm_features(words)
        if feature not in allowed
    }
    forbidden = frozenset(above)
    for mark, piece in pieces:
        found = forbidden.intersection(piece)
        if found:
            at = next(i for i, word in enumerate(piece) if word in found)
            needs = frozenset(above[word][0] for word in found)
            yield Use(mark.name, mark.address, needs, mark.address + 4 * at, above[piece[at]][1])


def _arm_named(start: int, data: bytes) -> Iterator[int]:
    """Yield the addresses of functions in code that begins at `start`.

    Those are the targets of `b` and `bl`, and what `adrp` and an `add` soon behind it make.
    """
    words = memoryview(data[: len(data) & ~3]).cast("I")
    for i, word in enumerate(words):
        here = start + 4 * i
        if word & 0x7C000000 == 0x14000000:
            yield here + 4 * signed(word, 26)
        elif word & 0x9F000000 == 0x90000000:
            pages = ((word >> 29) & 3) | ((word >> 3) & 0x1FFFFC)
            page = (here & ~0xFFF) + 4096 * signed(pages, 21)
            register = word & 31
            for added in words[i + 1 : i + 1 + _ADRP_REACH]:
                if added & 0xFFC00000 == 0x91000000 and (added >> 5) & 31 == register:
                    yield page + ((added >> 10) & 0xFFF)


def _arm_features(words: set[int]) -> Iterator[tuple[int, str, str]]:
    """Yield the words that not every CPU knows, each with its feature and its text."""
    import capstone

    engine = capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_LITTLE_ENDIAN)
    # Branches with a distance and `adr` differ at each place and are the baseline's; zero is what
    # pads, and traps by design.
    asked = sorted(word for word in words if word and not _arm_plain(word))
    data = struct.pack(f"<{len(asked)}I", *asked)
    at = 0
    while at < len(data):
        last = at - 4
        for last, _, mnemonic, operands in engine.disasm_lite(data[at:], at):
            text = f"{mnemonic} {operands}"
            for pattern, feature in _ARM_RULES:
                if pattern.match(text):
                    yield asked[last // 4], feature, text.strip()
                    break
        at = last + 4
        if at < len(data):  # It stopped at a word that it does not know.
            yield asked[at // 4], UNKNOWN, f"{asked[at // 4]:08x}"
            at += 4


def _arm_plain(word: int) -> bool:
    return (
        word & 0x7C000000 == 0x14000000  # b, bl
        or word & 0x7C000000 == 0x34000000  # cbz, cbnz, tbz, tbnz
        or word & 0xFF000010 == 0x54000000  # b.cond
        or word & 0x1F000000 == 0x10000000  # adr, adrp
    )


_READERS: dict[str, Callable[[Code, frozenset[str]], Iterator[Use]]] = {
    "x86_64": _x86,
    "aarch64": _arm,
}
