"""The smallest extension modules with a stamp, for several platforms: linked once, then patched."""

import importlib.util
import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from folders import TARGET

ROOM = b"@" * 1023 + b"\0"
SECTIONS = {"linux": ".rtvariants", "windows": ".rtvar"}
TRIPLES = {
    "linux-x64": "x86_64-linux-gnu",
    "linux-arm64": "aarch64-linux-gnu",
    "windows-arm64": "aarch64-windows-gnu",
}
SOURCE = """
__attribute__((section("{section}"), used)) static const char stamp[] = "{room}";
{export} void *PyInit__light(void) {{ return (void *)stamp; }}
"""


def module(platform, stamp):
    """Return the bytes of an extension module for a platform, with this stamp in it."""
    return _template(platform).replace(ROOM, stamp.ljust(len(ROOM), b"\0"))


@cache
def _template(platform):
    kept = TARGET / "release-natives" / f"{platform}.bin"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            os.replace(_linked(platform, Path(folder)), kept)
    return kept.read_bytes()


def _linked(platform, folder):
    system = platform.partition("-")[0]
    export = "__declspec(dllexport)" if system == "windows" else ""
    code, obj, out = folder / "x.c", folder / "x.o", folder / "x.bin"
    room = ROOM[:-1].decode()  # C adds the NUL at the end
    code.write_text(SOURCE.format(section=SECTIONS[system], room=room, export=export))
    target = ("-target", TRIPLES[platform])
    if system == "linux":
        _zig(folder, "cc", *target, "-O1", "-fPIC", "-shared", "-nostdlib", code, "-o", out)
    else:
        _zig(folder, "cc", *target, "-O1", "-fno-stack-protector", "-c", code, "-o", obj)
        _zig(folder, "lld-link", "-lldmingw", "-dll", "-noentry", "-machine:arm64",
             f"-out:{out}", obj)  # fmt: skip
    return out


def _zig(folder, *words):
    program = Path(importlib.util.find_spec("ziglang").origin).with_name("zig")
    caches = {name: str(folder) for name in ("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR")}
    done = subprocess.run(
        [program, *map(str, words)], env={**os.environ, **caches}, cwd=folder, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
