"""What the stamp of a build must say."""

from builds import build_of

from rtvariants.loader.stamp import KEYS
from rtvariants.verify.expected import expected


def test_every_fact_of_a_stamp_is_expected():
    assert tuple(expected(build_of())) == KEYS


def test_the_facts_are_those_of_the_contract():
    facts = expected(build_of(runtime="wide", rust_features=("avx", "avx2"), index_bits=64))
    assert (facts["runtime"], facts["features"], facts["index-bits"]) == ("wide", "avx,avx2", "64")
