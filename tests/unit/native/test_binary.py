"""Readers of Mach-O and PE, on small files that zig has made from C just now."""

import importlib.util
import os
import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import lief
import pytest
from builds import build_of

from rtvariants.compile.cargo import Artifact
from rtvariants.native import binary, codesign, pe, stamp
from rtvariants.targets import platforms
from rtvariants.toolchain import msvc
from rtvariants.verify.audit import audit
from rtvariants.verify.native import Native
from rtvariants.verify.rules import RULES
from rtvariants.wheels import layout, natives

SOURCE = r"""
#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
__attribute__((section(".rtvar"), used)) static const char text[] = STAMP;
int _fltused;
#else
#define EXPORT __attribute__((visibility("default")))
__attribute__((section("__DATA,__rtvariants"), used)) static const char text[] = STAMP;
#endif
void *PyErr_SetString(void *, const char *);
int foreign(int);
static volatile int seed = 3;
static int __attribute__((noinline)) inner(int x) { return x * 3 + 1; }
#if defined(__x86_64__)
static void __attribute__((noinline, target("avx2"))) planted(int *to) {
  __asm__ volatile("vpaddd %%ymm0, %%ymm1, %%ymm2\n vmovdqu %%ymm2, (%0)" : : "r"(to));
}
#else
static void __attribute__((noinline)) planted(int *to) {
  __asm__ volatile(".inst 0x25d8e3e0" : : "r"(to)); /* ptrue p0.d, of SVE */
}
#endif
EXPORT void *INIT(void) {
  int x[8] = {inner(seed)};
#ifdef PLANTED
  planted(x);
#endif
#ifdef FOREIGN
  x[0] += foreign(x[1]);
#endif
  seed = x[0];
  return PyErr_SetString((void *)text, PATH);
}
#ifdef MORE
EXPORT int more(void) { return 1; }
#endif
"""
TEXT = "rtvariants-stamp 1\\ncommit=" + " " * 64 + "\\nend\\n"
TARGETS = {
    "macos-arm64": "aarch64-macos.11.0",
    "macos-x64": "x86_64-macos.10.15",
    "windows-x64": "x86_64-windows-gnu",
    "windows-arm64": "aarch64-windows-gnu",
}


@pytest.fixture(scope="module")
def zig(tmp_path_factory):
    """Return a function that runs zig."""
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("NOT RUN: no `ziglang`; tests/requirements.txt has it")
    program = Path(importlib.util.find_spec("ziglang").origin).with_name("zig")
    caches = tmp_path_factory.mktemp("zig")
    env = {"ZIG_GLOBAL_CACHE_DIR": str(caches), "ZIG_LOCAL_CACHE_DIR": str(caches)}

    def run(*argv):
        done = subprocess.run(
            [program, *map(str, argv)], env={**os.environ, **env}, cwd=caches, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    return run


@pytest.fixture(scope="module")
def made(zig, tmp_path_factory):
    """Return a function that makes a library for a platform; equal ones are made once."""
    folder = tmp_path_factory.mktemp("formats")
    known = {}

    def library(name, target, source, *defines):
        key = (name, target, *defines)
        if key not in known:
            known[key] = folder / f"{len(known)}-{name}.bin"
            _link(zig, target, source, known[key], defines)
        return known[key]

    def build(platform, *defines, target="", source=SOURCE):
        return library(platform, target or TARGETS[platform], source, *defines)

    return build


def _link(zig, target, source, path, defines):
    code, obj = path.with_suffix(".c"), path.with_suffix(".o")
    code.write_text(source)
    given = {"INIT": "PyInit__core", "PATH": '"no path"', "STAMP": f'"{TEXT}"'}
    given |= dict(each.partition("=")[::2] for each in defines)
    words = [f"-D{key}={value}" for key, value in given.items()]
    zig("cc", "-target", target, "-O1", "-fno-sanitize=undefined", "-fno-stack-protector",
        "-fvisibility=hidden", *words, "-c", code, "-o", obj)  # fmt: skip
    if "macos" in target:
        # Without the runtime of its compiler, which it would build first.
        words = ["-dynamic", "-target", target, "-fno-compiler-rt", "-fno-ubsan-rt"]
        other = []
        if "FOREIGN" in given:
            other = [path.with_name(f"libforeign-{target}.dylib")]
            code.write_text(
                '__attribute__((visibility("default"))) int foreign(int x) { return x; }'
            )
            zig("build-lib", code, *words, "-install_name", "/opt/lib/libforeign.dylib",
                f"-femit-bin={other[0]}")  # fmt: skip
        zig("build-lib", obj, *other, *words, "-fallow-shlib-undefined", "-install_name",
            "@rpath/x.abi3.so", f"-femit-bin={path}")  # fmt: skip
        return
    machine = "x64" if "x86_64" in target else "arm64"
    imports = []
    for name, symbol in (("python3", "PyErr_SetString"), ("foreign", "foreign")):
        definition = path.with_name(f"{path.stem}-{name}.def")
        definition.write_text(f"LIBRARY {name}.dll\nEXPORTS\n  {symbol}\n")
        imports.append(definition.with_suffix(".lib"))
        zig("lib", f"-def:{definition}", f"-machine:{machine}", f"-out:{imports[-1]}")
    words = ["-lldmingw", "-debug:symtab"]
    if target.endswith("-msvc"):
        # As rustc asks for it, and then the plugin.
        words = [f"-libpath:{path.parent}", "-debug", "-pdbaltpath:%_PDB%"]
        if "PDB" not in given:
            words += [flag.removeprefix("-Clink-arg=") for flag in msvc.flags("lld-link")]
        words += ["-release"] if "CHECKSUM" in given else []
    zig("lld-link", *words, "-dll", "-noentry", f"-machine:{machine}", f"-out:{path}", obj,
        *imports)  # fmt: skip


def native(platform, path, **changes):
    """Return a built file, as rules see it."""
    row = platforms.PLATFORMS[platform]
    contract = {"level": row.machine, "target": row.foreign or row.target, "minimum": (11, 0)}
    build = build_of(runtime="safe", **{**contract, **changes})
    audited = audit(binary.code(path), build.contract.level, target=build.contract.target)
    file = binary.read(path)
    return Native(
        Artifact(build, path, (), (), 1), file, path.read_bytes(), (Path("/w/me"),), audited
    )


#: What these files can keep and break.
SEEN = (
    "target", "allocator-linked", "init-symbol", "exports", "static-tls", "deployment-target",
    "libraries", "stable-abi", "signature", "build-paths", "instructions",
)  # fmt: skip


def broken(native):
    return {rule: what for rule in SEEN for what, _ in RULES[rule](native)}


@pytest.mark.parametrize("platform", TARGETS)
def test_a_right_file_is_read_and_breaks_no_rule(made, platform):
    path = made(platform)
    found = binary.read(path)
    row = platforms.PLATFORMS[platform]
    assert (found.machine, found.system) == (row.machine, row.system)
    # zig's linker for macOS adds two names of its own.
    assert set(found.exported) - {"_mh_dylib_header", "__dso_handle"} == {"PyInit__core"}
    assert "PyErr_SetString" in found.imported
    assert stamp.read(path).startswith(b"rtvariants-stamp 1\ncommit= ")
    assert b"\0inner\0" in found.symbol_names
    assert {"inner", "PyInit__core"} <= {m.name for code in binary.code(path) for m in code.marks}
    assert all(code.named for code in binary.code(path))
    assert sum(binary.sizes(path).values()) > 0
    assert broken(native(platform, path, minimum=found.floor)) == {}


@pytest.mark.parametrize("platform", TARGETS)
def test_one_change_of_a_file_breaks_one_rule(made, platform):
    def told(*defines):
        path = made(platform, *defines)
        return broken(native(platform, path, minimum=binary.read(path).minimum))

    planted = told("PLANTED=1")
    feature = "avx" if platform.endswith("x64") else "sve"
    assert list(planted) == ["instructions"]
    # The function is local; only the symbols that the file still has can name it.
    assert f"function `planted` of an unknown crate needs `{feature}" in planted["instructions"]
    assert list(told("INIT=PyInit__kore")) == ["init-symbol"]
    assert list(told("MORE=1")) == ["exports"]
    assert list(told('PATH="/w/me/x/lib.rs"')) == ["build-paths"]
    foreign = told("FOREIGN=1")
    assert list(foreign) == ["libraries"]
    assert "foreign.d" in foreign["libraries"]


def test_a_level_that_has_the_feature_lets_the_function_pass(made):
    path = made("windows-x64", "PLANTED=1")
    assert broken(native("windows-x64", path, level="x86_64_v3")) == {}


def test_a_newer_macos_than_the_platforms_is_refused_and_tagged_as_such(made):
    path = made("macos-arm64", target="aarch64-macos.13.3")
    found = native("macos-arm64", path)
    assert list(broken(found)) == ["deployment-target"]
    assert found.binary.floor == (13, 3)
    assert platforms.macos_tag(found.binary.minimum, "aarch64") == "macosx_14_0_arm64"


def test_a_changed_byte_breaks_the_signature_until_it_is_renewed(made):
    data = made("macos-arm64").read_bytes()
    assert codesign.required(data)
    assert list(codesign.faults(data)) == []
    committed = stamp.with_commit(data, "c0ffee")
    (fault,) = codesign.faults(committed)
    assert "1 of" in fault
    assert "pages differ" in fault
    renewed = codesign.renewed(committed)
    assert list(codesign.faults(renewed)) == []
    assert b"\ncommit=c0ffee " in renewed
    assert len(renewed) == len(data)
    assert codesign.renewed(renewed) == renewed


@pytest.mark.parametrize(
    ("platform", "tag", "told"),
    [
        ("macos-arm64", "macosx_11_0_arm64", []),
        ("macos-x64", "macosx_10_15_x86_64", []),
        ("windows-x64", "win_amd64", []),
        ("windows-arm64", "win_arm64", []),
        ("macos-x64", "macosx_10_12_x86_64", ["it needs macOS 10.15, the tag promises"]),
        ("macos-x64", "macosx_11_0_arm64", ["it is for `x86_64`, the tag for"]),
        ("macos-x64", "manylinux_2_17_x86_64", ["it is for macos, the tag for"]),
        ("windows-x64", "win_arm64", ["it is for `x86_64`, the tag for"]),
        ("windows-arm64", "macosx_11_0_arm64", ["it is for windows, the tag for"]),
    ],
)
def test_a_wheels_tag_must_be_true_of_its_natives(made, platform, tag, told):
    found = list(natives.contradictions(made(platform).read_bytes(), f"cp310-abi3-{tag}"))
    assert len(found) == len(told)
    for what, start in zip(found, told, strict=True):
        assert what.startswith(start)


def test_a_wheel_whose_native_lost_its_signature_is_refused(made):
    data = bytearray(made("macos-arm64").read_bytes())
    data[1 << 14] ^= 1
    (fault,) = natives.contradictions(bytes(data), "cp310-abi3-macosx_11_0_arm64")
    assert "pages differ" in fault


def test_a_file_without_its_signature_is_refused(made, tmp_path):
    path = tmp_path / "unsigned"
    file = lief.MachO.parse(str(made("macos-arm64"))).at(0)
    file.remove_signature()
    file.write(str(path))
    assert list(broken(native("macos-arm64", path))) == ["signature"]


def test_a_signature_by_a_key_is_not_touched(made):
    data = bytearray(made("macos-arm64").read_bytes())
    at = data.index(b"\xfa\xde\x0c\x02")
    flags = int.from_bytes(data[at + 12 : at + 16], "big")
    data[at + 12 : at + 16] = (flags & ~2).to_bytes(4, "big")
    blob = data.index(b"\xfa\xde\x0c\xc0")
    directory = data[at : at + int.from_bytes(data[at + 4 : at + 8], "big")]
    # With a second part, where a certificate would be.
    index = struct.pack(">IIIIIII", 0xFADE0CC0, 0, 2, 0, 28, 0x10000, 28 + len(directory))
    data[blob:] = index + directory + struct.pack(">II", 0xFADE0B01, 8) + bytes(1 << 16)
    with pytest.raises(ValueError, match="signed with a key"):
        codesign.renewed(bytes(data))


@pytest.mark.parametrize("cut", [4, 40, 300])
@pytest.mark.parametrize("platform", ["macos-arm64", "windows-x64"])
def test_a_file_that_is_cut_short_is_an_error_or_has_nothing(made, tmp_path, platform, cut):
    path = tmp_path / "cut"
    path.write_bytes(made(platform).read_bytes()[:cut])
    try:
        found = binary.read(path)
    except ValueError:
        return
    assert found.exported == ()


def test_a_stripped_file_says_that_it_names_nothing(made, tmp_path):
    data = bytearray(made("windows-x64", "PLANTED=1").read_bytes())
    # Where the header says that the symbols are, and how many.
    header = int.from_bytes(data[60:64], "little") + 4
    data[header + 8 : header + 16] = bytes(8)
    path = tmp_path / "stripped"
    path.write_bytes(data)
    found = native("windows-x64", path)
    assert found.binary.symbol_names is None
    told = broken(found)
    assert sorted(told) == ["allocator-linked", "instructions"]
    assert "no symbol names" in told["allocator-linked"]
    # The instruction is found all the same, in what follows an exported function or none.
    assert "needs `avx" in told["instructions"]


def of_microsoft(made, *defines):
    return made("windows-x64", *defines, target="x86_64-windows-msvc")


def test_a_file_for_microsofts_compiler_is_read_as_any_other(made):
    path = of_microsoft(made)
    assert b"\0inner\0" in binary.read(path).symbol_names
    target = {"target": "x86_64-pc-windows-msvc"}
    assert broken(native("windows-x64", path, **target)) == {}
    told = broken(native("windows-x64", of_microsoft(made, "PLANTED=1"), **target))
    assert list(told) == ["instructions"]
    assert "function `planted` of an unknown crate needs `avx" in told["instructions"]
    # No PDB is spoken of, and no moment.
    file = lief.PE.parse(str(path))
    assert list(file.debug) == []
    assert file.header.time_date_stamps == 0
    assert b".pdb" not in path.read_bytes()


def test_a_file_as_microsofts_linker_makes_it_is_refused(made):
    path = of_microsoft(made, "PDB=1")
    assert binary.read(path).symbol_names is None
    assert b".pdb" in path.read_bytes()
    found = native("windows-x64", path, target="x86_64-pc-windows-msvc")
    assert list(broken(found)) == ["allocator-linked"]
    with_hint = dict(RULES["allocator-linked"](found))
    assert "let the plugin take `rust-lld`" in with_hint[broken(found)["allocator-linked"]]


@pytest.mark.parametrize("defines", [(), ("CHECKSUM=1",)])
def test_symbols_are_taken_out_and_nothing_else(made, tmp_path, defines):
    whole = of_microsoft(made, *defines)
    data = pe.stripped(whole.read_bytes())
    path = tmp_path / "stripped"
    path.write_bytes(data)
    before, after = binary.read(whole), binary.read(path)
    assert (before.symbol_names is None, after.symbol_names) == (False, None)
    assert replace(after, symbol_names=before.symbol_names) == before
    assert stamp.read(path) == stamp.read(whole)
    files = [lief.PE.parse(str(each)) for each in (whole, path)]
    assert bool(files[0].optional_header.checksum) == bool(defines)
    assert files[1].optional_header.checksum == 0
    assert list(files[1].overlay) == []
    sections = [[(s.name, s.virtual_address, bytes(s.content)) for s in f.sections] for f in files]
    assert sections[0] == sections[1]
    # Nothing is left to take out.
    assert pe.stripped(data) == data


def test_a_file_with_more_behind_its_sections_is_left_to_others(made):
    data = of_microsoft(made).read_bytes()
    for other in (data + b"x", b"MZ" + bytes(200), b"\x7fELF" + bytes(200)):
        with pytest.raises(ValueError, match="PE file"):
            pe.stripped(other)


def test_one_file_for_two_machines_is_refused(made, tmp_path):
    parts = [made("macos-arm64").read_bytes(), made("macos-x64").read_bytes()]
    head = (0xCAFEBABE).to_bytes(4, "big") + (2).to_bytes(4, "big")
    offset, body = 0x4000, b""
    for cpu, sub, data in ((0x100000C, 0, parts[0]), (0x1000007, 3, parts[1])):
        for number in (cpu, sub, offset + len(body), len(data), 14):
            head += number.to_bytes(4, "big")
        body += data + bytes(-len(data) % 0x4000)
    path = tmp_path / "both"
    path.write_bytes(head.ljust(offset, b"\0") + body)
    with pytest.raises(ValueError, match="for 2 machines at once"):
        binary.read(path)


@pytest.mark.parametrize("platform", TARGETS)
def test_targets_of_these_systems_are_read_back(platform):
    row = platforms.PLATFORMS[platform]
    for target in filter(None, (row.target, row.foreign)):
        layout.supported(target)
