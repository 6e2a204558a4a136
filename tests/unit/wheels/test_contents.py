"""Wheels of several extension modules: each has its own loader and runtimes, and rules for all."""

import pytest
from sample_wheels import fat_wheel, rules, text, with_files

from rtvariants.errors import WheelError
from rtvariants.trial import sets
from rtvariants.wheels import join, split, variant
from rtvariants.wheels.check import check
from rtvariants.wheels.contents import contents

MODULES = [{"module": "sample.text._more"}, {"module": "_top"}]
PACKAGES = ["sample", "_top", "sample.text._more"]


@pytest.fixture
def config(table_of):
    return table_of(modules=MODULES)


@pytest.fixture
def several(native, config):
    return fat_wheel(native, config)


def natives(wheel):
    return sorted(name for name in wheel.files if name.endswith(".so"))


def test_each_module_has_its_own_part(several):
    found = contents(several)
    assert (found.kind, found.package, len(found.runtimes)) == ("fat", "sample", 9)
    assert [part.package for part in found.parts] == PACKAGES
    for part in found.parts:
        names = list(map(part.runtime_name, part.runtimes))
        assert names == ["fast", "safe", "wide"]
        assert part.table.package == part.package
    assert check(several) == []


def test_a_wheel_of_one_module_is_its_only_part(fat):
    found = contents(fat)
    assert found.parts == (found,)


FAULTS = {
    "damaged stamp": ("sample_text__more_fast/rtvariants.stamp", b"x", "stamp"),
    "no file at the place": ("ample/text/_more.py", None, "loader"),
    "no loader": ("_top_loader/table.py", None, "loader"),
    "stray file": ("_top_fast/x.txt", b"x", "stray"),
    "other module's extension module": ("_top_fast/_more.abi3.so", b"x", "native"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_of_a_further_module_is_reported_once(several, case):
    end, data, rule = FAULTS[case]
    name = ("s" if end.startswith("ample") else "_") + end
    problems = check(with_files(several, {name: data}))
    assert rule in rules(problems), text(problems)
    assert len(set(map(str, problems))) == len(problems)


def test_a_loader_that_belongs_to_another_wheel_is_refused(several, fat):
    files = {n: d for n, d in several.files.items() if not n.startswith("_sample_loader")}
    theirs = {n: d for n, d in fat.files.items() if n.startswith("_sample_loader")}
    (problem,) = check(with_files(several, {**files, **theirs}))
    assert "more than one loader, and they do not name each other" in problem.what


def test_split_packages_have_each_runtime_of_every_module(several, config):
    base, *runtimes = split.cut([several], config)
    assert natives(base) == []
    assert [part.package for part in contents(base).parts] == PACKAGES
    assert natives(runtimes[0]) == [
        "__top_fast/_top.abi3.so",
        "_sample_fast/_core.abi3.so",
        "_sample_text__more_fast/_more.abi3.so",
    ]
    assert [check(each) for each in (base, *runtimes)] == [[]] * 4
    assert {each.table.package for each in sets.group([base, *runtimes])} == set(PACKAGES)
    mixed = {n: d for n, d in runtimes[1].files.items() if n.startswith("__top_")}
    left = {n: None for n in runtimes[0].files if n.startswith("__top_")}
    assert "runtimes" in rules(check(with_files(runtimes[0], {**left, **mixed})))


def test_the_configuration_has_the_modules_of_the_wheel(several, table_of):
    with pytest.raises(WheelError, match="built with another configuration"):
        split.cut([several], table_of())


def test_variant_wheels_have_every_module_in_their_runtimes(several):
    for made in variant.cut(several):
        assert len(contents(made).parts) == 3
        assert len({len(part.runtimes) for part in contents(made).parts}) == 1
        assert check(made) == []


def test_wheels_of_one_runtime_each_are_joined_for_every_module(several, config):
    import sample_wheels

    cells = []
    for name in ("fast", "wide", "safe"):
        files = dict(several.files)
        for part in contents(several).parts:
            others = [p for p in part.runtimes if part.runtime_name(p) != name]
            files = {n: d for n, d in files.items() if n.split("/")[0] not in others}
            kept = tuple(r for r in part.table.runtimes if r.name == name)
            table = sample_wheels.table.changed(part.table, runtimes=kept)
            files |= sample_wheels.generated.rewritten(several, [table])
        cells.append(with_files(several, {n: files.get(n) for n in several.files}))
        assert check(cells[-1]) == []
    made = join.join(cells, config)
    assert made.files == join.join(cells[::-1], config).files
    assert natives(made) == natives(several)
    assert check(made) == []
    with pytest.raises(WheelError, match="runtime in 0 of the wheels: `safe`"):
        join.join(cells[:2], config)
