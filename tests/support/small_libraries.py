"""Small libraries for macOS and Windows, which zig has just made from C."""

import importlib.util
import os
import subprocess
from pathlib import Path

import pytest

from rtvariants.toolchain import msvc

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


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def small_library(zig, tmp_path_factory):
    """Return a function that makes a library for a platform; equal ones are linked once."""
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


def of_microsoft(small_library, *defines):
    """Return a library for Windows as the linker for Microsoft's compiler makes it."""
    return small_library("windows-x64", *defines, target="x86_64-windows-msvc")
