"""What a build for another system than Linux needs in addition to this package's dependencies.

On the system itself these come with this package; elsewhere `get_requires_for_build_wheel` asks
for them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from rtvariants.native import lief
from rtvariants.targets import platforms

from . import cross

#: The requirements by system.
BY_SYSTEM = {
    "linux": (),
    "macos": (lief.REQUIREMENT,),
    "windows": (lief.REQUIREMENT, "delvewheel>=1.10,<2"),
}


def requested(environ: Mapping[str, str] | None = None) -> list[str]:
    """Return what a build for the requested target needs; nothing where none is requested."""
    environ = os.environ if environ is None else environ
    platform = platforms.named(environ.get(cross.PLATFORM, ""))
    target = platform.target if platform else environ.get("CARGO_BUILD_TARGET", "")
    return list(BY_SYSTEM[platforms.system(target)]) if target else []
