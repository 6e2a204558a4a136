"""What linkers need of Apple's SDK: the list of what macOS's own library has, from zig's copy.

Apple's SDK may not be passed on; zig's list of the C library's symbols may. Frameworks are not in
it: a crate that links one needs Apple's SDK, whose folder `SDKROOT` names.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

# The crate `libc` names it whether its functions are called or not.
_ICONV = """\
--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: '/usr/lib/libiconv.2.dylib'
current-version: 7
compatibility-version: 7
exports:
  - targets: [ x86_64-macos, arm64-macos ]
    symbols: [ _iconv, _iconv_close, _iconv_open ]
...
"""
#: The names that libraries link it by; on macOS all of them are one.
_NAMES = ("libSystem", "libc", "libdl", "libm", "libpthread")
# Architectures that LLVM's linker has no name for.
_UNKNOWN = re.compile(r"(,\s*)?\barm64e\.x1-\w+")


def sdk(zig: Path, folder: Path) -> Path:
    """Write a folder that stands for Apple's SDK, as far as Rust's standard library needs it."""
    if not folder.is_dir():
        new = folder.with_name(folder.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        libraries = new / "usr" / "lib"
        libraries.mkdir(parents=True)
        said = (zig.parent / "lib/libc/darwin/libSystem.tbd").read_text(encoding="utf-8")
        for name in _NAMES:
            (libraries / f"{name}.tbd").write_text(_UNKNOWN.sub("", said), encoding="utf-8")
        (libraries / "libiconv.tbd").write_text(_ICONV, encoding="utf-8")
        new.rename(folder)
    return folder
