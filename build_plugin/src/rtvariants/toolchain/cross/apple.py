"""The part of Apple's SDK that builds need: the symbols of macOS's C library, from zig's copy.

Apple's SDK may not be redistributed; zig's list of the C library's symbols may. Of the frameworks,
only what the time zone needs is here: a crate that links another one needs Apple's SDK, whose
folder `SDKROOT` names.
"""

from __future__ import annotations

import re
from pathlib import Path

from rtvariants.files import replacing_folder

_LIST = """\
--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: '{name}'
current-version: {version}
compatibility-version: {compatible}
exports:
  - targets: [ x86_64-macos, arm64-macos ]
    symbols: [ {symbols} ]
...
"""
# The crate `libc` names it whether its functions are called or not.
_ICONV = _LIST.format(
    name="/usr/lib/libiconv.2.dylib", version=7, compatible=7,
    symbols="_iconv, _iconv_close, _iconv_open",
)  # fmt: skip
# The one framework that data crates link: chrono asks it for the time zone (`iana-time-zone`). More
# than that is not listed. A Python module looks for what no list has when it is loaded.
_FRAMEWORK = "CoreFoundation.framework"
_CORE_FOUNDATION = _LIST.format(
    name=f"/System/Library/Frameworks/{_FRAMEWORK}/Versions/A/CoreFoundation",
    version=1770, compatible=150,
    symbols="_CFRelease, _CFStringGetBytes, _CFStringGetCStringPtr, _CFStringGetLength, "
    "_CFTimeZoneCopySystem, _CFTimeZoneGetName, _CFTimeZoneResetSystem",
)  # fmt: skip
# zig has the headers of macOS's C library but for this one, which programs for any Unix include.
_SYSCALL = """\
/* The numbers of macOS's system calls are no interface of it, and programs may not rely on them:
   <unistd.h> and the other headers declare a function for each. So none is defined here, as on a
   system that does not have it; code that asks `#ifdef SYS_...` takes the function. */
"""
#: The names that libraries link it by; on macOS all of them are one.
_NAMES = ("libSystem", "libc", "libdl", "libm", "libpthread")
# Architectures that LLVM's linker has no name for.
_UNKNOWN = re.compile(r"(,\s*)?\barm64e\.x1-\w+")


def sdk(zig: Path, folder: Path) -> Path:
    """Write a folder that stands for Apple's SDK, as far as Rust and its allocators need it."""
    if not (_header(folder).is_file() and _framework(folder).is_file()):
        with replacing_folder(folder) as new:
            libraries = new / "usr" / "lib"
            libraries.mkdir(parents=True)
            said = (zig.parent / "lib/libc/darwin/libSystem.tbd").read_text(encoding="utf-8")
            for name in _NAMES:
                (libraries / f"{name}.tbd").write_text(_UNKNOWN.sub("", said), encoding="utf-8")
            (libraries / "libiconv.tbd").write_text(_ICONV, encoding="utf-8")
            _framework(new).parent.mkdir(parents=True)
            _framework(new).write_text(_CORE_FOUNDATION, encoding="utf-8")
            _header(new).parent.mkdir(parents=True)
            _header(new).write_text(_SYSCALL, encoding="utf-8")
    return folder


def headers(sdk: Path) -> Path:
    """Return the folder of the headers that zig lacks."""
    return sdk / "usr" / "include"


def _header(sdk: Path) -> Path:
    return headers(sdk) / "sys" / "syscall.h"


def _framework(sdk: Path) -> Path:
    return sdk / "System" / "Library" / "Frameworks" / _FRAMEWORK / "CoreFoundation.tbd"
