"""Variant wheels: which runtimes go where, and what their metadata says."""

import json
from dataclasses import replace

import jsonschema
import pytest
from sample_wheels import MACHINE

from rtvariants.errors import WheelError
from rtvariants.shim import generated, table
from rtvariants.wheels import variant
from rtvariants.wheels.check import check
from rtvariants.wheels.contents import contents
from rtvariants.wheels.rules import variants

only_x86 = pytest.mark.skipif(MACHINE != "x86_64", reason="arm64 has one level here")


@only_x86
def test_a_fat_wheel_is_cut_by_level(fat):
    cut = {wheel.label: wheel for wheel in variant.cut(fat)}
    assert {label: list(contents(w).runtimes) for label, w in cut.items()} == {
        "x86_64_v3": ["_sample_fast", "_sample_wide"],
        "null": ["_sample_safe"],
    }
    for wheel in cut.values():
        assert check(wheel) == []
        assert wheel.filename == fat.filename.replace(".whl", f"-{wheel.label}.whl")
        # Variants of a version have one METADATA, or resolvers could not trust any of them.
        assert wheel.metadata("METADATA") == fat.metadata("METADATA")
    document = json.loads(cut["x86_64_v3"].metadata("variant.json"))
    assert document["variants"] == {"x86_64_v3": {"x86_64": {"level": ["v3"]}}}
    assert json.loads(cut["null"].metadata("variant.json"))["variants"] == {"null": {}}


@only_x86
def test_the_table_names_the_wheel_that_has_the_other_runtimes(fat):
    cut = {wheel.label: contents(wheel).table for wheel in variant.cut(fat)}
    installs = {r.name: r.install for r in cut["x86_64_v3"].runtimes}
    assert installs == {"fast": "", "wide": "", "safe": "sample-pack==1.2"}
    # A runtime that is left out is never chosen automatically, so it is not missed.
    selects = {r.name: r.select for r in cut["null"].runtimes}
    assert selects == {"fast": "explicit", "wide": "explicit", "safe": "auto"}


def test_programs_stay_programs(fat):
    programs = frozenset({"sample/__init__.py"})
    made = variant.cut(replace(fat, programs=programs))
    assert {wheel.programs for wheel in made} == {programs}


def test_one_level_has_no_variants(fat):
    (made,) = table.read(fat.files["_sample_loader/table.py"].decode())
    level = "aarch64"
    runtimes = tuple(table.changed(r, level=level, needs=()) for r in made.runtimes)
    files = fat.files | generated.rewritten(fat, [table.changed(made, runtimes=runtimes)])
    assert variant.cut(replace(fat, files=files)) == []


@only_x86
def test_only_fat_wheels_are_cut(fat):
    with pytest.raises(WheelError, match="not a fat wheel"):
        variant.cut(variant.cut(fat)[0])


@only_x86
def test_the_index_is_the_union(fat):
    cut = variant.cut(fat)
    name, text = variant.index(cut)
    assert name == "sample_pack-1.2-variants.json"
    assert variants.contradictions(text) == []
    assert set(json.loads(text)["variants"]) == {"x86_64_v3", "null"}
    path = "sample_pack-1.2.dist-info/variant.json"
    other = json.loads(cut[0].files[path])
    other["variants"] = {"x86_64_v3": {"x86_64": {"level": ["v2"]}}}
    lying = replace(cut[0], files={**cut[0].files, path: json.dumps(other).encode()})
    with pytest.raises(WheelError, match="two meanings: `x86_64_v3`"):
        variant.index([cut[0], lying])


@only_x86
def test_the_schema_of_pep_825_accepts_what_is_written(fat, root):
    # PEPs are in the public domain; of PEP 850, which adds `providers` alone, none is published.
    golden = root / "tests/unit/wheels/golden/pep-0825-variant-schema-0.1.1.json"
    judge = jsonschema.Draft202012Validator(json.loads(golden.read_text()))
    cut = variant.cut(fat)
    texts = [wheel.metadata("variant.json") for wheel in cut] + [variant.index(cut)[1]]
    for text in texts:
        document = json.loads(text)
        assert set(document.pop("providers")) == {"x86_64"}
        assert list(judge.iter_errors(document)) == []
        # And it can refuse: what PEP 850 adds, and a name with a letter that no label has.
        assert list(judge.iter_errors(document | {"providers": {}}))
        assert list(judge.iter_errors(document | {"variants": {"V3": {}}}))


@only_x86
def test_a_variant_has_only_the_sboms_of_its_runtimes(fat):
    folder = f"{fat.dist_info}/sboms"
    sboms = {f"{folder}/sample-{name}.cdx.json": b"{}" for name in ("fast", "wide", "safe")}
    fat = replace(fat, files={**fat.files, **sboms})
    for wheel in variant.cut(fat):
        runtimes = (package.removeprefix("_sample_") for package in contents(wheel).runtimes)
        assert {name for name in wheel.files if name.startswith(folder)} == {
            f"{folder}/sample-{name}.cdx.json" for name in runtimes
        }
