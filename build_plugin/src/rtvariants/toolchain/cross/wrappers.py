"""The small programs of a prepared toolchain: zig and rustc behind the names that others call."""

from __future__ import annotations

import shlex
from pathlib import Path

# Options that zig spells otherwise than gcc and clang, or that it knows by `-target` already. It
# brings MinGW's C library itself, for the newer of the two that Windows has, and behind `-Bdynamic`
# it would look for DLLs only, not for their import libraries. Its debug checks are left out: their
# traps are no part of anyone's code.
_COMPILER = """\
#!/bin/sh
export ZIG_GLOBAL_CACHE_DIR={cache}
skip=
for word do
  shift
  if [ -n "$skip" ]; then skip=; continue; fi
  case "$word" in
    --target=*|-mmacosx-version-min=*) ;;
    -arch|-isysroot) skip=1 ;;
    -Wl,*.def) set -- "$@" "${{word#-Wl,}}" ;;
    -nolibc|-lmsvcrt|-lmingw32|-lmingwex|-Wl,-Bdynamic) [ {mingw} ] || set -- "$@" "$word" ;;
    -march=x86-64*) set -- "$@" "-march=x86_64$(echo "${{word#-march=x86-64}}" | tr - _)" ;;
    -march=armv8-a*) set -- "$@" "-mcpu=generic${{word#-march=armv8-a}}" ;;
    *) set -- "$@" "$word" ;;
  esac
done
exec {zig} {tool} -target {target} -fno-sanitize=undefined "$@"{more}
"""
# zig has its linker write the names of functions into a PDB, and has no option against it: it links
# once for its command, which runs again with the names in the file, where they are read.
_MINGW_LINKER = """\
#!/bin/sh
export ZIG_GLOBAL_CACHE_DIR={cache}
said=$(mktemp) || exit 1
trap 'rm -f "$said"' EXIT
if ! ZIG_VERBOSE_LINK=1 {compiler} "$@" 2>"$said"; then
  grep -v -e '^lld-link ' -e '^ar rcs ' "$said" >&2
  exit 1
fi
words=$(sed -n 's/^lld-link / /p' "$said" | tail -n 1 |
  sed 's/ -DEBUG / -DEBUG:SYMTAB /; s/ -PDB:[^ ]*//; s/ -PDBALTPATH:[^ ]*//')
if [ -z "$words" ]; then
  echo "zig does not say how it links" >&2
  exit 1
fi
{zig} lld-link $words -OPT:REF
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


def compilers(zig: Path, target: str, base: Path, headers: Path | None = None) -> tuple[Path, Path]:
    """Write a C compiler, which links too, and its C++ twin; returns it and an archiver.

    `headers` is a folder of what zig's own C library lacks.
    """
    cache = shlex.quote(str(base.parents[2] / "zig-cache"))
    program = shlex.quote(str(zig))
    for tool, name in (("cc", base.name), ("c++", f"{base.name}++")):
        mingw = "yes" if "-windows-" in target else ""
        text = _COMPILER.format(
            cache=cache, zig=program, tool=tool, target=target, mingw=mingw,
            more=f" -idirafter {shlex.quote(str(headers))}" if headers else "",
        )  # fmt: skip
        _program(base.with_name(name), text)
    for tool in ("ar", "ranlib"):
        _program(base.with_name(tool), _TOOL.format(cache=cache, zig=program, tool=tool))
    return base, base.with_name("ar")


def mingw_linker(zig: Path, compiler: Path, path: Path) -> Path:
    """Write a linker for Windows that leaves the names of functions in what it makes."""
    cache = shlex.quote(str(path.parents[2] / "zig-cache"))
    quoted = (shlex.quote(str(each)) for each in (zig, compiler))
    program, driver = quoted
    _program(path, _MINGW_LINKER.format(cache=cache, zig=program, compiler=driver))
    return path


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
