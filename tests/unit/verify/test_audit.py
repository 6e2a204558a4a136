"""What may stand above a level: functions by crate and name, intrinsics by their callers."""

import struct

import pytest

from rtvariants.config.load import parse
from rtvariants.config.model import AllowConfig
from rtvariants.errors import ConfigError
from rtvariants.native.model import Code, Mark
from rtvariants.verify.audit import audit
from rtvariants.verify.known import KNOWN

AVX2 = bytes.fromhex("c5fdfec1 c3")
BMI2 = bytes.fromhex("c4e2e3f7c0 c3")
XGETBV = bytes.fromhex("0f01d0 c3")
RET = b"\xc3"


def rust(*parts):
    return "_ZN" + "".join(f"{len(part)}{part}" for part in (*parts, "h0123456789abcdef")) + "E"


def code(*functions):
    """Lay functions out 64 bytes apart; a number in a body is a call of that function."""
    data = bytearray(b"\x90" * 64 * len(functions))
    marks = []
    for i, (name, body) in enumerate(functions):
        marks.append(Mark(64 * i, name))
        text = b"".join(
            b"\xe8" + struct.pack("<i", 64 * part - 64 * i - 5) if isinstance(part, int) else part
            for part in (body if isinstance(body, tuple) else (body,))
        )
        data[64 * i : 64 * i + len(text)] = text
    return [Code("x86_64", 0, bytes(data), tuple(marks))]


def above(*functions, entries=(), archives=(), level="x86_64"):
    found = audit(code(*functions), level, entries, archives)
    return [(f.crate, f.symbol, f.features, f.through) for f in found.above]


SUM = rust("greeter", "sum")


def test_a_function_above_the_level_is_named_with_its_crate_and_rustcs_features():
    assert above((SUM, AVX2)) == [("greeter", "greeter::sum", ("avx2",), "")]
    assert above((SUM, bytes.fromhex("f30fbdc0"))) == [("greeter", "greeter::sum", ("lzcnt",), "")]
    assert above((SUM, AVX2), level="x86_64_v3") == []


@pytest.mark.parametrize(
    ("entry", "allows"),
    [
        (AllowConfig("r", "greeter"), True),
        (AllowConfig("r", "gree*", "greeter::*", ("avx", "avx2")), True),
        (AllowConfig("r", symbol="greeter::sum"), True),
        (AllowConfig("r", "other"), False),
        (AllowConfig("r", "greeter", "greeter::product"), False),
        (AllowConfig("r", "greeter", features=("bmi2",)), False),
    ],
)
def test_an_entry_allows_by_crate_symbol_and_features(entry, allows):
    found = audit(code((SUM, AVX2)), "x86_64", [entry])
    assert (not found.above) == allows
    assert (entry in found.allowed) == allows
    assert found.allowed == ({entry: 1} if allows else {})


def test_functions_that_check_the_cpu_themselves_are_known_and_no_others():
    known = [
        (rust("memchr", "arch", "x86_64", "avx2", "memchr", "One", "find_raw_avx2"), AVX2),
        (rust("rtvariants_guard", "arch", "x86_64", "check"), XGETBV),
        (rust("std_detect", "detect", "cache", "detect_and_initialize"), XGETBV),
        ("__isa_available_init", XGETBV),
    ]
    found = audit(code(*known), "x86_64")
    assert found.above == ()
    assert len(found.allowed) == 4
    # The same crates, with features that their entries do not name.
    assert above((rust("memchr", "memmem", "find"), AVX2))
    assert above((rust("rtvariants_guard", "arch", "x86_64", "check"), AVX2))
    assert above(("__isa_available_init", AVX2))
    assert above(("_DllMainCRTStartup", XGETBV))
    assert all(entry.reason for entry in KNOWN)


INTRINSIC = rust("core", "core_arch", "x86", "avx2", "_mm256_add_epi32")


def test_an_intrinsic_is_judged_by_its_callers():
    find = rust("memchr", "arch", "x86_64", "avx2", "find")
    assert above((INTRINSIC, AVX2), (find, (0, RET)), (SUM, RET)) == []
    assert above((INTRINSIC, AVX2), (find, (0, RET)), (SUM, (0, RET))) == [
        ("greeter", "greeter::sum", ("avx2",), "core::core_arch::x86::avx2::_mm256_add_epi32")
    ]


def test_an_intrinsic_inside_generics_of_the_standard_library_is_judged_by_their_callers():
    generic = rust("core", "array", "map")
    (finding,) = above((INTRINSIC, AVX2), (generic, (0, RET)), (SUM, (1, RET)))
    assert finding[1] == "greeter::sum"


def test_an_intrinsic_for_arm64_is_judged_by_its_callers_too():
    intrinsic = rust("core", "core_arch", "aarch64", "neon", "__crc32cd")
    known, other = rust("crc32c", "hw_aarch64", "crc_u64"), rust("greeter", "sum")
    words = [0x9AC15C00, 0xD65F03C0, 0x97FFFFFE, 0xD65F03C0, 0x97FFFFFC, 0xD65F03C0]
    marks = tuple(Mark(8 * i, name) for i, name in enumerate((intrinsic, known, other)))
    found = audit([Code("aarch64", 0, struct.pack("<6I", *words), marks)], "aarch64")
    assert [(f.crate, f.symbol) for f in found.above] == [("greeter", "greeter::sum")]
    assert len(found.allowed) == 1


def test_an_intrinsic_without_a_known_caller_is_not_allowed():
    assert above((INTRINSIC, AVX2), (SUM, RET))[0][1].endswith("_mm256_add_epi32")


def test_a_c_function_belongs_to_the_crate_that_compiled_it(tmp_path):
    (tmp_path / "libzstd.a").write_bytes(b"!<arch>\n\0HUF_decode_bmi2\0other\0")
    (tmp_path / "libsum.a").write_bytes(b"!<arch>\n\0.text.sum\0sum_x\0")
    archives = [("zstd-sys", tmp_path / "libzstd.a"), ("sum-sys", tmp_path / "libsum.a")]
    functions = [("HUF_decode_bmi2", BMI2), ("sum", AVX2), ("x", AVX2)]
    found = above(*functions, archives=archives)
    assert found == [("sum-sys", "sum", ("avx2",), ""), ("", "x", ("avx2",), "")]
    assert len(above(*functions)) == 3


def test_an_entry_for_everything_is_refused(tmp_path):
    (tmp_path / "Cargo.toml").touch()
    table = {
        "crate": ".", "module": "g._g", "env": "G",
        "runtimes": [{"name": "a", "level": "x86_64"}],
        "allow-instructions": [{"reason": "because"}, {"crate": "x"}],
    }  # fmt: skip
    with pytest.raises(ConfigError) as caught:
        parse(table, tmp_path)
    said = str(caught.value)
    assert "tool.rtvariants.allow-instructions[0]: entry that allows every function" in said
    assert "tool.rtvariants.allow-instructions[1]: missing key: `reason`" in said
    table["allow-instructions"] = [{"crate": "x", "features": ["avx2"], "reason": "it asks"}]
    table["glibc"] = "2.17"
    config = parse(table, tmp_path)
    assert (config.allow_instructions[0].crate, config.glibc) == ("x", "2.17")
    with pytest.raises(ConfigError, match=r"not a version of glibc: `2\.x`"):
        parse({**table, "glibc": "2.x"}, tmp_path)
