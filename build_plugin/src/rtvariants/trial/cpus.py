"""CPUs for the emulator: the oldest that a level runs on, and one that is too old for it.

The names are those of qemu-user. It emulates no instructions above AVX2, so a runtime of a higher
level can only be shown to refuse there.
"""

from __future__ import annotations

from collections.abc import Collection

# The oldest CPU of each level. The first 64-bit CPU had SSE2 and no later extension.
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
# A feature as the kernel spells it, and the newest CPU without it.
_WITHOUT = (
    ("avx512f", "Haswell"),
    ("avx2", "IvyBridge"),
    ("avx", "Nehalem"),
    ("sse4_2", "Penryn"),
    ("ssse3", "Opteron_G1"),
)


def oldest(level: str) -> str | None:
    """Return the oldest CPU of a level; `None` if the emulator has none.

    >>> oldest("x86_64_v3"), oldest("x86_64_v4")
    ('Haswell', None)
    """
    return _OLDEST.get(level)


def below(needs: Collection[str]) -> str | None:
    """Return a CPU without one of a runtime's needs; `None` if every CPU has them.

    >>> below(("sse4_2", "avx", "avx2")), below(())
    ('IvyBridge', None)
    """
    return next((cpu for feature, cpu in _WITHOUT if feature in needs), None)
