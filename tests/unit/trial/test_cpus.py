"""The CPUs of the emulator."""

from rtvariants.trial import cpus


def test_a_level_that_the_emulator_does_not_have_is_shown_to_refuse():
    assert (cpus.oldest("x86_64_v4"), cpus.below(("avx2", "avx512f"))) == (None, "Haswell")
    assert (cpus.oldest("x86_64_v2"), cpus.below(("sse4_2", "ssse3"))) == ("Nehalem", "Penryn")
