"""CPUs that an emulator can be: the oldest that a level runs on, and one that lacks something.

The names are those of qemu-user. It translates what it knows, so a level above AVX2 can only be
shown to refuse there.
"""

from __future__ import annotations

from collections.abc import Collection

# The oldest CPU of each level. The first of all 64-bit ones had SSE2 and nothing after it.
_OLDEST = {
    "x86_64": "Opteron_G1,-sse3",
    "x86_64_v2": "Nehalem",
    "nehalem": "Nehalem",
    "sandybridge": "SandyBridge",
    "ivybridge": "IvyBridge",
    "x86_64_v3": "Haswell",
    "haswell": "Haswell",
    "aarch64": "cortex-a53",
}
# A feature in the kernel's spelling, and the newest CPU that lacks it.
_LACKING = (
    ("avx512f", "Haswell"),
    ("avx2", "IvyBridge"),
    ("avx", "Nehalem"),
    ("sse4_2", "Penryn"),
    ("ssse3", "Opteron_G1"),
)


def oldest(level: str) -> str | None:
    """Return the oldest CPU of a level; `None` where the emulator has none.

    >>> oldest("x86_64_v3"), oldest("x86_64_v4")
    ('Haswell', None)
    """
    return _OLDEST.get(level)


def below(needs: Collection[str]) -> str | None:
    """Return a CPU that lacks one of a runtime's needs; `None` where every CPU has them.

    >>> below(("sse4_2", "avx", "avx2")), below(())
    ('IvyBridge', None)
    """
    return next((cpu for feature, cpu in _LACKING if feature in needs), None)
