"""Variant metadata that contradicts the format or the runtimes in the wheel."""

import json
from dataclasses import replace

import pytest
from sample_wheels import MACHINE

from rtvariants.wheels import variant
from rtvariants.wheels.check import check
from rtvariants.wheels.rules.variants import contradictions

only_x86 = pytest.mark.skipif(MACHINE != "x86_64", reason="arm64 has one level here")


@only_x86
def test_a_variant_asks_for_the_level_of_its_runtimes(fat):
    wheel = variant.cut(fat)[0]
    path = f"{wheel.dist_info}/variant.json"
    lying = wheel.files[path].replace(b'"v3"', b'"v2"')
    assert lying != wheel.files[path]
    (problem,) = check(replace(wheel, files={**wheel.files, path: lying}).sealed())
    assert problem.rule == "variant"
    assert 'asks for {"x86_64": {"level": ["v2"]}}, the runtime `fast`' in problem.what


GOOD = {
    "$schema": variant.SCHEMA,
    "default-priorities": {"namespace": ["x86_64"]},
    "providers": {"x86_64": {"requires": ["p"]}},
    "variants": {"v3": {"x86_64": {"level": ["v3"]}}},
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"extra": 1}, "unknown key: `extra`"),
        ({"default-priorities": {"namespace": []}}, "not one list of namespaces"),
        ({"default-priorities": {"namespace": ["x86_64"], "feature": {}}}, "not one list"),
        ({"default-priorities": {"namespace": ["x86_64", "x86_64"]}}, "two priorities"),
        ({"default-priorities": {"namespace": ["x86_64", "A"]}}, "not a namespace: `A`"),
        ({"providers": {}}, "namespace without a provider: `x86_64`"),
        ({"providers": {"x86_64": {"requires": [], "builtin": True}}}, "provider of `x86_64`"),
        ({"providers": {"x86_64": {"requires": [], "other": 1}}}, "provider of `x86_64`"),
        ({"$schema": "https://example.org/peps/825/v0.1.1.json"}, "schema that has none"),
        ({"variants": {}}, "no variant"),
        ({"variants": {"v4": {"x86_64": {"level": ["v4"]}}}}, "in the wheel of `v3`"),
        ({"variants": {"null": {"x86_64": {"level": ["v3"]}}}}, "`null` alone has none"),
        ({"variants": {"v3": {}}}, "`null` alone has none"),
        ({"variants": {"V-3": {"x86_64": {"level": ["v3"]}}}}, "not a variant label: `V-3`"),
        ({"variants": {"v3": {"other": {"level": ["v3"]}}}}, "without a priority: `other`"),
        ({"variants": {"v3": {"x86_64": {"level": ["v3", "v2"]}}}}, "not a sorted list"),
        ({"variants": {"v3": {"x86_64": {"level": []}}}}, "not a sorted list"),
        ({"variants": {"v3": {"x86_64": {"level": ["V 3"]}}}}, "not a sorted list"),
        ({"variants": {"v3": {"x86_64": {"level": [{}]}}}}, "not a sorted list"),
        ({"variants": {"v3": {"x86_64": {"level": [1, "v3"]}}}}, "not a sorted list"),
        ({"variants": {"v3": {"x86_64": ["v3"]}}}, "variant `v3` is not a table of features"),
        ({"variants": {"v3": 3}}, "variant `v3` is not a table of features"),
        ({"providers": ["x86_64"]}, "`providers` is not a table"),
        ({"providers": {"x86_64": 1}}, "provider of `x86_64`"),
    ],
)
def test_a_document_that_contradicts_the_format(change, said):
    assert contradictions(json.dumps(GOOD).encode(), "v3") == []
    found = contradictions(json.dumps(GOOD | change).encode(), "v3")
    assert said in "\n".join(found)


def test_a_text_that_is_no_document():
    assert contradictions(b"{") == ["not JSON: " + contradictions(b"{")[0][10:]]
    assert contradictions(b"[" * 100_000)[0].startswith("not JSON: ")
    assert contradictions(b"[]") == ["not an object"]
    assert [p.split(":")[0] for p in contradictions(b"{}")] == ["missing key"] * 3
