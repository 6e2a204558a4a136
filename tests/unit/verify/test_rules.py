"""Each rule by itself: silent on the file that the table asks for, loud on one changed fact."""

import struct
from dataclasses import replace
from pathlib import Path

import pytest
from builds import build_of, changed

from rtvariants.compile.cargo import Artifact, Unit
from rtvariants.loader.stamp import END, HEAD
from rtvariants.native.model import Binary
from rtvariants.verify.audit import Audit, Finding
from rtvariants.verify.expected import expected
from rtvariants.verify.native import Native
from rtvariants.verify.rules import RULES, check

BUILD = build_of(
    cargo_features=("simd", "jemalloc"), rust_features=("avx", "avx2"), index_bits=32,
    allocator="jemalloc", page_size="4096", foreign=(("core", "wide"), ("g", "wide")),
    glibc="2.34",
)  # fmt: skip


def stamp(**changes):
    facts = {**expected(BUILD), **{k.replace("_", "-"): v for k, v in changes.items()}}
    return "\n".join([HEAD, *(f"{k}={v}" for k, v in facts.items()), END, ""]).encode()


ELF = Binary(
    system="linux",
    machine="x86_64",
    stamp_section=stamp() + b"\0\0",
    exported=("PyInit__core", "PyInit__core_unguarded"),
    imported=("PyErr_SetString", "malloc", "_Py_Dealloc"),
    libraries=("libgcc_s.so.1", "libc.so.6", "ld-linux-x86-64.so.2"),
    static_tls=False,
    versions={"libc.so.6": ("GLIBC_2.17", "GLIBC_2.34")},
    symbol_names=b"\0PyInit__core\0_rjem_malloc\0",
)
ARTIFACT = Artifact(
    BUILD, Path("/w/o/g.so"), ("jemalloc", "simd"), ("abi3", "abi3-py310", "abi3-py311"), 3
)
NATIVE = Native(ARTIFACT, ELF, b"...\0/cargo/registry/x.rs", (Path("/home/me"), Path("/root")))


def elf(**changes):
    return replace(NATIVE, binary=replace(ELF, **changes))


def build(**changes):
    return artifact(build=changed(BUILD, **changes))


def audited(*above):
    return replace(NATIVE, audit=Audit(tuple(above)))


def flagged(*flags):
    return build(rustflags=flags)


MUSL = "x86_64-unknown-linux-musl"


def for_musl(**changes):
    native = build(target=MUSL)
    own = {"libraries": ("libc.so",), "versions": {}}
    own["stamp_section"] = stamp(target=MUSL)
    return replace(native, binary=replace(ELF, **own | changes))


APPLE = "x86_64-apple-darwin"
MACHO = Binary(
    system="macos",
    machine="x86_64",
    stamp_section=stamp(target=APPLE),
    exported=ELF.exported,
    imported=(*ELF.imported, "_Unwind_Resume"),
    libraries=("/usr/lib/libSystem.B.dylib", "/System/Library/Frameworks/Security.framework/S"),
    rpaths=(),
    symbol_names=ELF.symbol_names,
    minimum=(10, 12),
    anywhere=("PyErr_SetString", "_Py_Dealloc"),
)


def header(machine):
    """Return the first bytes of a Mach-O file with nothing behind them."""
    cpu = {"x86_64": 0x1000007, "aarch64": 0x100000C}[machine]
    return struct.pack("<IIIIIIII", 0xFEEDFACF, cpu, 0, 6, 0, 0, 0, 0)


def for_macos(machine="x86_64", **changes):
    native = build(target=APPLE, minimum=(10, 12), glibc="")
    return replace(native, binary=replace(MACHO, **changes), shipped=header(machine))


WINDOWS = "x86_64-pc-windows-gnullvm"
PE = Binary(
    system="windows",
    machine="x86_64",
    stamp_section=stamp(target=WINDOWS),
    exported=ELF.exported,
    imported=ELF.imported,
    libraries=("python3.dll", "KERNEL32.dll", "api-ms-win-crt-heap-l1-1-0.dll", "VCRUNTIME140.dll"),
    symbol_names=ELF.symbol_names,
)


def for_windows(target=WINDOWS, **changes):
    native = build(target=target, glibc="")
    changes.setdefault("stamp_section", stamp(target=target))
    return replace(native, binary=replace(PE, **changes))


SUM = Finding("g::sum", "g", ("avx", "avx2"), "vpaddd ymm0,ymm0,ymm1")


def unit(crate, *features, kind="lib", **changes):
    return Unit(
        f"registry+x#{crate}@1.0.0", crate, (kind,), features, Path("/r/Cargo.toml"),
        changes.pop("source", Path("/r/lib.rs")), (), changes.pop("for_host", False), **changes,
    )  # fmt: skip


def stamped(text):
    return elf(stamp_section=text)


def artifact(**changes):
    return replace(NATIVE, artifact=replace(ARTIFACT, **changes))


def shipped(data):
    return replace(NATIVE, shipped=data)


def test_the_right_file_passes_every_rule():
    assert check(NATIVE) == []


FAULTS = [
    ("target", elf(machine="aarch64"), "file for `aarch64`"),
    ("cargo-features", artifact(features=("jemalloc",)), "did not turn on: `simd`"),
    (
        "cargo-features",
        artifact(features=("jemalloc", "mimalloc", "simd")),
        "another allocator are on: `mimalloc`",
    ),
    ("stamp", elf(stamp_section=None), "no stamp"),
    ("stamp", stamped(stamp()[:-4]), "unreadable stamp: it is cut short"),
    ("stamp", stamped(b"\xff"), "unreadable stamp: it is not text"),
    ("stamp", stamped(stamp(version="0.9")), "version `0.9`, the table says `1.0`"),
    ("stamp", stamped(stamp(runtime="safe")), "runtime `safe`, the table says `fast`"),
    ("stamp", stamped(stamp(level="x86_64")), "level `x86_64`"),
    ("stamp", stamped(stamp(page_size="")), "page-size ``, the table says `4096`"),
    ("cpu-features", stamped(stamp(features="avx")), "missing `avx2`"),
    ("cpu-features", stamped(stamp(features="avx,avx2,fma")), "too many `fma`"),
    ("index-bits", stamped(stamp(index_bits="64")), "index width 64, the table says 32"),
    ("allocator-stated", stamped(stamp(allocator="system")), "`system`, the table says `jemalloc`"),
    ("allocator-linked", elf(symbol_names=b"\0PyInit__core\0"), "`jemalloc` is not linked"),
    (
        "allocator-linked",
        elf(symbol_names=ELF.symbol_names + b"mi_malloc_aligned\0"),
        "`mimalloc` is linked, the table says `jemalloc`",
    ),
    ("allocator-linked", elf(symbol_names=None), "no symbol names"),
    ("init-symbol", elf(exported=()), "is not exported; found: none"),
    ("init-symbol", elf(exported=("PyInit__kore",)), "found: `PyInit__kore`"),
    ("init-symbol", elf(exported=(*ELF.exported, "PyInit_x")), "more init symbols"),
    ("static-tls", elf(static_tls=True), "STATIC_TLS"),
    ("glibc", elf(versions={"libc.so.6": ("GLIBC_PRIVATE",)}), "GLIBC_PRIVATE"),
    ("libraries", elf(libraries=("libssl.so.3",)), "`libssl.so.3`"),
    ("libraries", elf(libraries=("libpython3.11.so.1.0",)), "`libpython3.11.so.1.0`"),
    ("musl", for_musl(imported=("malloc", "statx")), "`statx`, which came with musl 1.2.5"),
    ("libraries", for_musl(libraries=("libm.so.6",)), "which a musllinux wheel"),
    ("libraries", elf(libraries=("libc.so",)), "`libc.so`, which a manylinux wheel"),
    ("stable-abi", elf(imported=("PyUnicode_New",)), "`PyUnicode_New` is no part"),
    ("stable-abi", elf(imported=("PyModule_AddObjectRef", "PyType_GetName")), "3.11"),
    ("stable-abi", artifact(pyo3_features=("abi3", "abi3-py312")), "another ABI"),
    ("stable-abi", artifact(pyo3_features=("macros",)), "without the stable ABI"),
    ("build-paths", shipped(b"panicked/home/me/x/src/lib.rs:1"), "`/home/me/x/src/lib.rs:1`"),
    ("build-paths", shipped(b"\0/root/x"), "`/root/x`"),
    ("build-paths", shipped(rb"panicked/home/me\x\src\lib.rs:1"), r"`/home/me\x\src\lib.rs:1`"),
    ("cargo-features", build(cargo_features=("core/wide",), foreign=()), "turn on: `core/wide`"),
    (
        "unified-features",
        artifact(units=(unit("core", "wide"),)),
        "ask for cargo feature `wide` of `core`, yet it is on",
    ),
    (
        "unified-features",
        artifact(features=("jemalloc", "simd", "wide")),
        "ask for cargo feature `wide` of `g`, yet it is on",
    ),
    ("dead-cfg", flagged("--cfg", 'kind="a"'), '`--cfg kind="a"` has no reader'),
    ("glibc", build(glibc="2.17"), "needs glibc 2.34 (GLIBC_2.34 of libc.so.6), the table allows"),
    ("target", for_macos(system="ios"), "file for `ios`, target is"),
    ("deployment-target", for_macos(minimum=(12, 0)), "for macOS 12.0, the platform is 10.12"),
    ("deployment-target", for_macos(minimum=(0, 0)), "does not say which macOS"),
    ("signature", for_macos("aarch64"), "it has no code signature"),
    ("libraries", for_macos(libraries=("@rpath/libfoo.dylib",)), "`@rpath/libfoo.dylib`"),
    ("libraries", for_macos(rpaths=("/opt/lib",)), "looks for libraries in `/opt/lib`"),
    ("libraries", for_macos(anywhere=("PyErr_SetString", "ssl_new")), "needs `ssl_new`, which no"),
    ("exports", for_macos(exported=(*ELF.exported, "malloc")), "exports 1 symbols beside"),
    ("init-symbol", for_macos(exported=("PyInit__kore",)), "found: `PyInit__kore`"),
    ("allocator-linked", for_macos(symbol_names=None), "no symbol names"),
    ("stable-abi", for_macos(imported=("PyUnicode_New",)), "`PyUnicode_New` is no part"),
    ("libraries", for_windows(libraries=("python3.dll", "foo.dll")), "`foo.dll`, which is no part"),
    ("libraries", for_windows(libraries=("python311.dll",)), "of one version of Python"),
    ("exports", for_windows(exported=(*ELF.exported, "a", "b")), "exports 2 symbols beside"),
    ("init-symbol", for_windows(exported=()), "found: none"),
    (
        "allocator-linked",
        for_windows("x86_64-pc-windows-msvc", symbol_names=None),
        "no symbol names",
    ),
    ("instructions", audited(SUM), "`g::sum` of crate `g` needs `avx`, `avx2`, which level"),
]


@pytest.mark.parametrize(("rule", "native", "text"), FAULTS)
def test_one_changed_fact_breaks_one_rule(rule, native, text):
    (problem,) = check(native)
    assert problem.rule == rule
    assert problem.where == "runtime `fast`"
    assert text in problem.what


@pytest.mark.parametrize("native", [for_macos(), for_windows()])
def test_the_right_file_for_another_system_passes_every_rule(native):
    assert check(native) == []


def test_a_file_of_microsofts_linker_is_told_which_linker_to_take():
    (problem,) = check(for_windows("x86_64-pc-windows-msvc", symbol_names=None))
    assert problem.hint.startswith("Microsoft's linker writes them into a PDB alone: ")
    assert "`CARGO_TARGET_X86_64_PC_WINDOWS_MSVC_LINKER`" in problem.hint


def test_every_rule_is_broken_by_some_case():
    assert {rule for rule, *_ in FAULTS} == set(RULES)


def test_all_violations_are_shown_at_once():
    native = elf(static_tls=True, exported=(), machine="aarch64")
    assert [p.rule for p in check(native)] == ["target", "init-symbol", "static-tls"]


def test_a_short_folder_in_the_middle_of_a_path_is_no_leak():
    assert check(shipped(b"data/root/x and a/b/root/y")) == []


@pytest.mark.parametrize("allocator", ["system", "mimalloc"])
def test_other_allocators_pass_when_they_are_what_is_linked(allocator):
    names = {"system": b"\0PyInit__core\0", "mimalloc": b"\0PyInit__core\0mi_malloc\0"}[allocator]
    features = ("simd",) if allocator == "system" else ("simd", "mimalloc")
    build = changed(BUILD, allocator=allocator, cargo_features=features, page_size="")
    text = stamp(allocator=allocator, page_size="")
    native = Native(
        replace(ARTIFACT, build=build, features=features),
        replace(ELF, symbol_names=names, stamp_section=text), b"", (),
    )  # fmt: skip
    assert check(native) == []


def test_what_runs_while_building_may_have_any_feature():
    assert check(artifact(units=(unit("core", "wide", for_host=True),))) == []


def test_many_functions_above_the_level_are_told_in_few_lines():
    found = [replace(SUM, symbol=f"g::f{i}") for i in range(10)]
    problems = check(audited(*found))
    assert len(problems) == 7
    assert problems[-1].what == "and 4 more functions, of crates `g`"
    assert "allow-instructions" in problems[0].hint


def test_the_docs_name_every_rule():
    page = (Path(__file__).parents[3] / "docs/checks.md").read_text(encoding="utf-8")
    named = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}
    assert named - {"ambient-flags"} == set(RULES)


def told(rule, native):
    return [what for what, _ in RULES[rule](native)]


def test_a_file_for_musl_links_musl_and_no_glibc():
    assert check(for_musl()) == []
    glibc = for_musl(versions=ELF.versions)
    assert told("musl", glibc) == ["file for musl needs `GLIBC_2.17` of `libc.so.6`"]
    # On glibc the same functions are a matter of symbol versions.
    assert told("musl", elf(imported=("statx",))) == []
