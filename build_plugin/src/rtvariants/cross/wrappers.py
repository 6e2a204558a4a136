"""The small programs of a prepared toolchain: zig and rustc behind the names that others call."""

from __future__ import annotations

import shlex
from pathlib import Path

# Options that zig spells otherwise than gcc and clang, or that it knows by `-target` already. Its
# debug checks are left out: their traps are no part of anyone's code.
_COMPILER = """\
#!/bin/sh
export ZIG_GLOBAL_CACHE_DIR={cache}
for word do
  shift
  case "$word" in
    --target=*) ;;
    -march=x86-64*) set -- "$@" "-march=x86_64$(echo "${{word#-march=x86-64}}" | tr - _)" ;;
    -march=armv8-a*) set -- "$@" "-mcpu=generic${{word#-march=armv8-a}}" ;;
    *) set -- "$@" "$word" ;;
  esac
done
exec {zig} {tool} -target {target} -fno-sanitize=undefined "$@"
"""
_TOOL = """\
#!/bin/sh
export ZIG_GLOBAL_CACHE_DIR={cache}
exec {zig} {tool} "$@"
"""
_RUSTC = """\
#!/bin/sh
LD_LIBRARY_PATH={libraries}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}
export LD_LIBRARY_PATH
exec {program} "$@"
"""


def compilers(zig: Path, target: str, base: Path) -> tuple[Path, Path]:
    """Write a C compiler, which links too, and its C++ twin; returns it and an archiver."""
    cache = shlex.quote(str(base.parents[2] / "zig-cache"))
    program = shlex.quote(str(zig))
    for tool, name in (("cc", base.name), ("c++", f"{base.name}++")):
        text = _COMPILER.format(cache=cache, zig=program, tool=tool, target=target)
        _program(base.with_name(name), text)
    for tool in ("ar", "ranlib"):
        _program(base.with_name(tool), _TOOL.format(cache=cache, zig=program, tool=tool))
    return base, base.with_name("ar")


def program(path: Path, root: Path, inside: str, triplet: str) -> Path:
    """Write a program that runs one of an unpacked folder with the libraries there."""
    folders = ":".join(f"{root}/{lib}/{triplet}" for lib in ("usr/lib", "lib"))
    quoted = shlex.quote(str(root / inside))
    _program(path, _RUSTC.format(libraries=shlex.quote(folders), program=quoted))
    return path


def _program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
