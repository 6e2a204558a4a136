"""Small libraries with a guard, made from the guard's sources by the compilers of this machine."""

import os
import struct
import subprocess
from dataclasses import replace

import pytest
from builds import TOOLCHAIN, build_of

from rtvariants.compile import guard_object
from rtvariants.compile.build import Command
from rtvariants.native.guard.marker import MAGIC

LINUX = "x86_64-unknown-linux-gnu"
EXPORT = "PyInit__core"
# Python's functions are looked up when the library is loaded.
SOURCE = """
extern void *PyModule_Create2(void *, int);
static long definition[16];
__attribute__((visibility("default"))) void *PyInit__core(void) {
  return PyModule_Create2(definition, 1013);
}
"""


def object_of(folder, *, target=LINUX, level="x86_64_v3", **facts):
    """Compile the guard's object for a level of a target and return its path."""
    tools = replace(TOOLCHAIN, target=target, machine=target.split("-")[0])
    build = build_of(target=target, level=level, stated_by="configuration", **facts)
    env = {"RTVARIANTS_PACKAGE": "g", "RTVARIANTS_RUNTIME": "fast", "RTVARIANTS_LEVEL": level}
    guard = guard_object.of(build.contract, env, tools, folder, "fast")
    made = replace(build, guard=guard, command=Command((), cwd=folder))
    guard_object.make(made, os.environ)
    return guard.path


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
            own = [object_of(folder, level=level), f"-Wl,-u,{guard_object.ENTRY}"] if guard else []
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
