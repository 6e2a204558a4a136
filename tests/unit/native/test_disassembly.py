"""The CPU features that code needs: single instructions by their bytes, and a real library."""

import platform
import re
import struct
from pathlib import Path

import capstone
import pytest

from rtvariants.native import binary
from rtvariants.native.disassembly import UNKNOWN, callers, uses
from rtvariants.native.model import Code, Mark
from rtvariants.targets.levels import level

NONE = frozenset()


def x86(*pieces, base=0x1000):
    marks, at = [], base
    for i, piece in enumerate(pieces):
        marks.append(Mark(at, f"f{i}"))
        at += len(piece)
    return Code("x86_64", base, b"".join(pieces), tuple(marks))


def needs(code, allowed=NONE):
    return {use.symbol: set(use.features) for use in uses([code], allowed)}


@pytest.mark.parametrize(
    ("data", "features"),
    [
        ("c5fdfec1", {"avx2"}),  # vpaddd ymm0, ymm0, ymm1
        ("c5f877", {"avx"}),  # vzeroupper
        ("62f17d48fec1", {"avx512f"}),  # vpaddd zmm0, zmm0, zmm1
        ("62f37d0825c101", {"avx512f", "avx512vl"}),  # vpternlogd xmm0, xmm0, xmm1, 1
        ("c4e271b8c2", {"fma"}),  # vfmadd231ps xmm0, xmm1, xmm2
        ("c4e27913c1", {"f16c"}),  # vcvtph2ps xmm0, xmm1
        ("c4e2e3f7c0", {"bmi2"}),  # shrx rax, rax, rbx
        ("c4e2f8f2c0", {"bmi1"}),  # andn rax, rax, rax
        ("f30fbdc0", {"abm"}),  # lzcnt eax, eax
        ("f30fb8c0", {"popcnt"}),  # popcnt eax, eax
        ("660f3800c1", {"ssse3"}),  # pshufb xmm0, xmm1
        ("660f3810c1", {"sse4_1"}),  # pblendvb xmm0, xmm1
        ("f20f38f0c0", {"sse4_2"}),  # crc32 eax, al
        ("f20fd0c1", {"sse3"}),  # addsubps xmm0, xmm1
        ("660f38dcc1", {"aes"}),  # aesenc xmm0, xmm1
        ("660f3a44c100", {"pclmulqdq"}),  # pclmulqdq xmm0, xmm1, 0
        ("0f38c8c1", {"sha_ni"}),  # sha1nexte xmm0, xmm1
        ("480fc70f", {"cx16"}),  # cmpxchg16b [rdi]
        ("0f38f00f", {"movbe"}),  # movbe ecx, [rdi]
        ("0f01d0", {"xsave"}),  # xgetbv
        ("0fc7f0", {"rdrand"}),  # rdrand eax
        ("06", {UNKNOWN}),  # no instruction in 64-bit code
        ("f30fbcc0", set()),  # rep bsf eax, eax, which BMI1 calls tzcnt
        ("f30f1efa", set()),  # endbr64
        ("0f0d09", set()),  # prefetchw [rcx]
        ("0f1f440000", set()),  # nop
        ("660f6fc1", set()),  # movdqa xmm0, xmm1
        ("0f05", set()),  # syscall
        ("0f0b", set()),  # ud2
    ],
)
def test_an_x86_instruction_needs_its_features(data, features):
    assert needs(x86(bytes.fromhex(data))) == ({"f0": features} if features else {})


def test_a_level_allows_its_own():
    code = x86(bytes.fromhex("c5fdfec1 c4e271b8c2 f30fbdc0 c3"), bytes.fromhex("62f17d48fec1 c3"))
    assert needs(code) == {"f0": {"avx2", "fma", "abm"}, "f1": {"avx512f"}}
    assert needs(code, level("x86_64_v3").features) == {"f1": {"avx512f"}}
    assert needs(code, level("x86_64_v4").features) == {}


def test_the_place_and_the_text_are_those_of_the_first():
    (use,) = uses([x86(b"\x90\x90", bytes.fromhex("90 c5fdfec1 c5f877"))], NONE)
    assert (use.symbol, use.start, use.address) == ("f1", 0x1002, 0x1003)
    assert use.text == "vpaddd ymm0,ymm0,ymm1"


def test_code_before_the_first_symbol_and_behind_the_last_is_read_too():
    avx = bytes.fromhex("c5f877")
    code = Code("x86_64", 0, avx + b"\xc3" + avx, (Mark(3, "f"),))
    assert needs(code) == {"": {"avx"}, "f": {"avx"}}
    assert needs(Code("x86_64", 0, avx, ())) == {"": {"avx"}}


def test_declared_data_is_not_code():
    code = Code("x86_64", 0, bytes.fromhex("c5f877") + b"\xc3", (Mark(0, "t", True), Mark(3, "f")))
    assert needs(code) == {}


@pytest.mark.parametrize("zeros", range(4))
def test_zeros_behind_a_function_are_padding_and_half_an_instruction_is_not(zeros):
    def found(data):
        return list(uses([Code("x86_64", 0, data + bytes(zeros), ())], frozenset()))

    assert found(b"\xc3") == []
    (use,) = found(b"\xc3" + b"\x62" * (1 + zeros))
    assert UNKNOWN in use.features


def test_callers_are_found_by_calls_jumps_and_addresses():
    callee = b"\xc3" + b"\x90" * 15
    call = b"\xe8" + struct.pack("<i", 0x1000 - 0x1015)
    jump = b"\x0f\x84" + struct.pack("<i", 0x1000 - 0x101B)
    lea = b"\x48\x8d\x05" + struct.pack("<i", 0x1000 - 0x1022)
    other = b"\xe8" + struct.pack("<i", 5)
    assert callers([x86(callee, call, jump, lea, other)]) == {0x1000: {0x1010, 0x1015, 0x101B}}


def test_a_machine_without_a_disassembler_is_an_error():
    with pytest.raises(ValueError, match="no disassembler for `riscv64`"):
        list(uses([Code("riscv64", 0, b"", ())], NONE))


ARM = {
    0xB8210002: "atomics",  # ldadd w1, w2, [x0]
    0x88E0FC41: "atomics",  # casal w0, w1, [x2]
    0x4E284820: "aes",  # aese v0.16b, v1.16b
    0x5E024020: "sha2",  # sha256h q0, q1, v2.4s
    0x1AC24020: "crc32",  # crc32b w0, w1, w2
    0x4E829420: "asimddp",  # sdot v0.4s, v1.16b, v2.16b
    0xB8BFC001: "lrcpc",  # ldapr w1, [x0]
    0x99000020: "ilrcpc",  # stlur w0, [x1]
    0x4E421420: "asimdhp",  # fadd v0.8h, v1.8h, v2.8h
    0x04220020: "sve",  # add z0.b, z1.b, z2.b
    0x2518E3E0: "sve",  # ptrue p0.b
    0xDAC10020: "paca",  # pacia x0, x1
    0xCE020C20: "sha3",  # eor3 v0.16b, v1.16b, v2.16b, v3.16b
    0x6E828420: "asimdrdm",  # sqrdmlah v0.4s, v1.4s, v2.4s
    0x6E42FC20: "bf16",  # bfdot v0.4s, v1.8h, v2.8h
    0x4E82A420: "i8mm",  # smmla v0.4s, v1.16b, v2.16b
    0x1E7E0000: "jscvt",  # fjcvtzs w0, d0
    0x0EE2E020: "pmull",  # pmull v0.1q, v1.1d, v2.1d
    0x91800000: "mte",  # addg x0, x0, #0, #0
    0xD500401F: "flagm",  # cfinv
    0x1E284020: "frint",  # frint32z s0, s1
    0xCE628020: "sha512",  # sha512h q0, q1, v2.2d
    0x2E42E420: "fcma",  # fcadd v0.4h, v1.4h, v2.4h, #90
    0xD53B2400: "rng",  # mrs x0, rndr
    0x19010440: "mops",  # cpyfp [x0]!, [x1]!, x2!
    0xDAC01820: UNKNOWN,  # ctz x0, x1, which the disassembler does not know
}
ARM_PLAIN = (
    0x4EA28420,  # add v0.4s, v1.4s, v2.4s
    0x0E22E020,  # pmull v0.8h, v1.8b, v2.8b
    0x1E23C000,  # fcvt h0, s0
    0xD503233F,  # paciasp
    0xD503245F,  # bti c
    0xD65F03C0,  # ret
    0x94000001,  # bl
    0x885F7C01,  # ldxr w1, [x0]
    0xD53BD040,  # mrs x0, tpidr_el0
    0x00000000,  # padding
)


def test_arm64_instructions_need_their_features():
    words = [*ARM, *ARM_PLAIN]
    marks = tuple(Mark(4 * i, f"{word:08x}") for i, word in enumerate(words))
    code = Code("aarch64", 0, struct.pack(f"<{len(words)}I", *words), marks)
    assert needs(code) == {f"{word:08x}": {feature} for word, feature in ARM.items()}
    allowed = frozenset({"atomics", UNKNOWN})
    assert len(needs(code, allowed)) == len(ARM) - 3


def test_arm64_callers_are_found_by_branches_and_by_addresses_in_two_halves():
    def code(start, name, *words):
        return Code("aarch64", start, struct.pack(f"<{len(words)}I", *words), (Mark(start, name),))

    ret = 0xD65F03C0
    sections = [
        code(0x11010, "callee", ret),
        code(0x11020, "bl", ret, 0x97FFFFFB),  # bl 0x11010, backwards
        code(0x10F00, "b", 0x14000044),  # b 0x11010
        code(0x10E00, "address", 0xB0000008, ret, 0x91004100),  # adrp x8, 0x11000; add x0, x8, #16
        code(0x10D00, "other", 0xB0000008, 0x91004120),  # adrp x8; add x0, x9, #16
        code(0x12000, "before", 0xF0FFFFE8, 0x91004108),  # adrp x8, 0x11000, backwards
        code(0x10C00, "elsewhere", 0x14000044),
    ]
    assert callers(sections) == {0x11010: {0x11020, 0x10F00, 0x10E00, 0x12000}}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the library is for another machine")
def test_another_disassembler_finds_the_same_functions_in_a_real_library():
    polars = pytest.importorskip("_polars_runtime_32")
    sections = binary.code(Path(polars.__file__).with_name("_polars_runtime.abi3.so"))
    (text,) = (code for code in sections if len(code.data) > 1_000_000)
    pieces = list(text.pieces())
    assert len(pieces) > 50_000
    engine = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    # What only AVX-512 has: it is nowhere but in functions that are chosen at run time.
    wide = re.compile(r"\bzmm\d|\bk[1-7]\b|[xy]mm(1[6-9]|2\d|3[01])")
    seen = {True: 0, False: 0}
    named = [p for p in pieces if re.search("avx512|zmm", p[0].name)]
    for mark, data in [*named[:40], *pieces[::500]]:
        code = Code("x86_64", mark.address, data, (Mark(mark.address, mark.name),))
        ours = bool(list(uses([code], level("x86_64_v3").features | {"aes", "pclmulqdq", "adx"})))
        theirs = any(wide.search(t) for *_, t in engine.disasm_lite(data, mark.address))
        seen[theirs] += 1
        assert ours or not theirs, mark
    assert seen[True] > 5
    assert seen[False] > 100
