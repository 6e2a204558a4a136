"""Small libraries with a guard, made from the guard's sources by the compilers of this machine."""

import os
import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from builds import TOOLCHAIN, build_of

from rtvariants.compile import guard_object
from rtvariants.compile.build import Command
from rtvariants.native.guard.image import ENTRIES
from rtvariants.native.guard.marker import MAGIC

LINUX = "x86_64-unknown-linux-gnu"
EXPORT = "PyInit__core"
# A module of Python, whose functions are looked up when the library is loaded. Where `WORK` is an
# instruction above the baseline, its init function dies on a CPU without it.
SOURCE = """
#ifndef WORK
#define WORK ""
#endif
extern void *PyModule_Create2(void *, int);
static void *definition[13] = {(void *)1, 0, 0, 0, 0, "_core", 0, (void *)-1};
__attribute__((visibility("default"))) void *PyInit__core(void) {
  __asm__ volatile(WORK);
  return PyModule_Create2(definition, 1013);
}
#ifdef MODEXPORT
__attribute__((visibility("default"))) void *PyModExport__core(void) {
  static void *slots[4];
  return slots;
}
#endif
"""


def object_of(folder, *, target=LINUX, level="x86_64_v3", **facts):
    """Compile the guard's object for a level of a target and return its path."""
    tools = replace(TOOLCHAIN, target=target, machine=target.split("-")[0])
    build = build_of(target=target, level=level, stated_by="configuration", **facts)
    env = {"RTVARIANTS_PACKAGE": "g", "RTVARIANTS_RUNTIME": "fast", "RTVARIANTS_LEVEL": level}
    guard = guard_object.of(build.contract, env, tools, folder, "fast")
    folder.mkdir(exist_ok=True)
    made = replace(build, guard=guard, command=Command((), cwd=folder))
    guard_object.make(made, os.environ)
    return guard.path


#: The targets of the other formats and machines: for rustc, and for zig.
OTHERS = {
    "linux-arm64": ("aarch64-unknown-linux-musl", "aarch64-linux-musl"),
    "macos-arm64": ("aarch64-apple-darwin", "aarch64-macos.11.0"),
    "windows-x64": ("x86_64-pc-windows-gnu", "x86_64-windows-gnu"),
}
_PYTHON = ("PyErr_SetString", "PyExc_ImportError DATA", "PyInterpreterState_Get",
           "PyInterpreterState_GetID", "PyModule_Create2")  # fmt: skip


@pytest.fixture(scope="session")
def linked_for(zig, tmp_path_factory):
    """Return a function that links a library with a guard for another platform, and its bytes."""
    folder = tmp_path_factory.mktemp("others")
    rustlib = Path(_printed("--print", "sysroot")) / "lib/rustlib"
    (lld,) = rustlib.glob("*/bin/rust-lld")

    def library(platform, *flags):
        rust, target = OTHERS[platform]
        if not (rustlib / rust).is_dir():
            pytest.skip(f"NOT RUN: no standard library for `{rust}`; `rustup target add {rust}`")
        machine = rust.split("-")[0]
        level = "aarch64" if machine == "aarch64" else "x86_64_v3"
        guard = object_of(folder / platform, target=rust, level=level)
        code, obj, path = (folder / f"{platform}.{end}" for end in ("c", "o", "bin"))
        hidden = '__attribute__((visibility("default")))'
        code.write_text(SOURCE.replace(hidden, "__declspec(dllexport)" * ("windows" in rust)))
        zig("cc", "-target", target, "-O1", "-fPIC", "-c", code, "-o", obj)
        kept = [word for name in ENTRIES for word in ("-u", name)]
        words = ["-shared", "--gc-sections", *kept]
        if "apple" in rust:
            words = ["-dylib", "-arch", "arm64", "-platform_version", "macos", "11.0", "11.0",
                     "-undefined", "dynamic_lookup", "-dead_strip", "-exported_symbol",
                     f"_{EXPORT}", *(w.replace("rtv", "_rtv") for w in kept), *flags]  # fmt: skip
        elif "windows" in rust:
            names, imports = folder / "python3.def", folder / "python3.lib"
            names.write_text("LIBRARY python3.dll\nEXPORTS\n  " + "\n  ".join(_PYTHON) + "\n")
            zig("lib", f"-def:{names}", "-machine:x64", f"-out:{imports}")
            kept = [f"-include:{name}" for name in ENTRIES]
            words = ["-lldmingw", "-dll", "-noentry", *kept, imports, "-opt:ref"]
            zig("lld-link", *words, obj, guard, f"-out:{path}")
            return path.read_bytes()
        flavor = "darwin" if "apple" in rust else "gnu"
        subprocess.run([lld, "-flavor", flavor, *words, obj, guard, "-o", path], check=True)
        return path.read_bytes()

    return library


def _printed(*words):
    return subprocess.run(["rustc", *words], check=True, capture_output=True, text=True).stdout[:-1]


@pytest.fixture(scope="session")
def linked(tmp_path_factory):
    """Return a function that links a library of ELF with the guard of a level, and its bytes."""
    folder = tmp_path_factory.mktemp("guarded")
    known = {}

    def library(*flags, level="x86_64_v3", source=SOURCE, guard=True):
        key = (flags, level, source, guard)
        if key not in known:
            code, path = folder / "module.c", folder / f"{len(known)}.so"
            code.write_text(source)
            kept = [f"-Wl,-u,{name}" for name in ENTRIES]
            own = [object_of(folder, level=level), *kept] if guard else []
            subprocess.run(
                ["cc", "-shared", "-fPIC", "-fvisibility=hidden", "-O1", "-Wl,--gc-sections",
                 "-o", path, code, *own, *flags], check=True,
            )  # fmt: skip
            known[key] = path.read_bytes()
        return known[key]

    return library


def with_slot(data, value):
    """Return a file with another value in the guard's slot."""
    at = data.index(MAGIC) + 20
    return data[:at] + struct.pack("<i", value) + data[at + 4 :]
