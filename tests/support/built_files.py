"""Built files that keep every rule, and each with other facts."""

import struct
from dataclasses import replace
from pathlib import Path

from builds import build_of, changed

from rtvariants.compile.artifact import Artifact, Unit
from rtvariants.loader.stamp import END, HEAD
from rtvariants.native.model import Binary
from rtvariants.verify.audit import Audit
from rtvariants.verify.expected import expected
from rtvariants.verify.rules import RULES, BuiltFile, check

OWN, CORE = "path+file:///w#g@1.0", "registry+x#core@1.0.0"
BUILD = build_of(
    cargo_features=("simd", "jemalloc"), rust_features=("avx", "avx2"), index_bits=32,
    allocator="jemalloc", page_size="4096", other_features=((CORE, "wide"), (OWN, "wide")),
    named_features=frozenset({(OWN, "simd"), (OWN, "jemalloc")}),
    glibc="2.34", private_paths=(Path("/home/me"), Path("/root")),
)  # fmt: skip


def stamp(**changes):
    """Return the text of the stamp, with other facts."""
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


def unit(crate, *features, kind="lib", **changes):
    return Unit(
        changes.pop("package_id", f"registry+x#{crate}@1.0.0"), crate, (kind,), features,
        Path("/r/Cargo.toml"), changes.pop("source", Path("/r/lib.rs")), (),
        changes.pop("for_host", False), **changes,
    )  # fmt: skip


def module(*features):
    """Return the unit of the extension module's own crate."""
    return unit("g", *features, kind="cdylib", package_id=OWN)


ARTIFACT = Artifact(
    BUILD, Path("/w/o/g.so"), ("jemalloc", "simd"), ("abi3", "abi3-py310", "abi3-py311"), 3,
    units=(module("jemalloc", "simd"),),
)  # fmt: skip
FILE = BuiltFile(ARTIFACT, ELF, b"...\0/cargo/registry/x.rs")


def elf(**changes):
    return replace(FILE, binary=replace(ELF, **changes))


def build(**changes):
    return artifact(build=changed(BUILD, **changes))


def audited(*above):
    return replace(FILE, audit=Audit(tuple(above)))


def early(*above):
    return replace(FILE, audit=Audit(early=above))


MUSL = "x86_64-unknown-linux-musl"


def for_musl(**changes):
    file = build(target=MUSL)
    own = {"libraries": ("libc.so",), "versions": {}}
    own["stamp_section"] = stamp(target=MUSL)
    return replace(file, binary=replace(ELF, **own | changes))


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
    file = build(target=APPLE, minimum=(10, 12), glibc="")
    return replace(file, binary=replace(MACHO, **changes), shipped=header(machine))


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
    file = build(target=target, glibc="")
    changes.setdefault("stamp_section", stamp(target=target))
    return replace(file, binary=replace(PE, **changes))


def stamped(text):
    return elf(stamp_section=text)


def artifact(*units, **changes):
    """Return a file of other facts; `units` are compiled in addition to the module."""
    features = changes.get("features", ARTIFACT.features)
    changes["units"] = (module(*features), *units)
    return replace(FILE, artifact=replace(ARTIFACT, **changes))


def shipped(data):
    return replace(FILE, shipped=data)


def rules_of(module):
    """Return the names of the rules that a module holds."""
    return {name for name, rule in RULES.items() if rule.__module__ == module.__name__}


def breaks(file, rule):
    """Return what is wrong with a file that breaks this rule once and no other."""
    (problem,) = check(file)
    assert problem.rule == rule
    assert problem.where == "runtime `fast`"
    return problem.what
