"""Which wheels are installed together."""

from dataclasses import replace

import pytest
from sample_wheels import MACHINE, with_files

from rtvariants.errors import WheelError
from rtvariants.trial import sets
from rtvariants.wheels import check, split

METADATA = "sample_pack-1.2.dist-info/METADATA"


def test_split_wheels_are_one_set(fat, table_of):
    cut = split.cut([fat], table_of())
    (found,) = sets.group(list(reversed(cut)))
    assert found.name == "sample_pack-1.2-py3-none-any.whl"
    # The base of all platforms has one name.
    assert found.shown == f"{found.name} (manylinux_2_17_{MACHINE})"
    assert sets.group([fat])[0].shown == fat.filename
    assert [r.name for r in found.runtimes] == ["fast", "wide", "safe"]
    assert (found.table.system, found.table.machine) == ("linux", MACHINE)
    assert sets.missing(found) == ["archspec"]


def test_a_base_without_runtimes_and_a_runtime_without_its_base_are_refused(fat, table_of):
    base, fast, *_ = split.cut([fat], table_of())
    with pytest.raises(WheelError, match="base without a runtime"):
        sets.group([base])
    with pytest.raises(WheelError, match="runtime without its base"):
        sets.group([fast])
    skewed = base.files[METADATA].replace(b"-fast==1.2", b"-fast==1.3")
    with pytest.raises(WheelError, match=r"requires `sample-pack-runtime-fast==1\.3`, the set has"):
        sets.group([with_files(base, {METADATA: skewed}), fast])


def test_a_distribution_with_the_runtime_of_another_one_is_refused(fat, table_of):
    base, fast, safe, _ = split.cut([fat], table_of())
    info = fast.dist_info
    moved = {n: d for n, d in safe.files.items() if ".dist-info/" not in n}
    moved |= {n: d for n, d in fast.files.items() if n.startswith(info)}
    swapped = replace(fast, files=moved).sealed()
    assert check.check(swapped) == []  # On its own it breaks no rule.
    with pytest.raises(WheelError) as error:
        sets.group([base, swapped, safe])
    assert "runtime-safe`" in str(error.value)
    assert (
        f"[runtimes] {fast.filename}: holds the runtime `safe` of `sample-pack-runtime-safe`"
        in str(error.value)
    )
    assert len(sets.group([base, fast, safe])) == 1


def test_each_version_is_its_own_set(fat, table_of):
    def of(version):
        names = {n: n.replace("-1.2.", f"-{version}.") for n in fat.files}
        files = {names[n]: d.replace(b"1.2", version.encode()) for n, d in fat.files.items()}
        return split.cut([replace(fat, version=version, files=files).sealed()], table_of())

    one, two = of("1.2"), of("1.4")
    found = sets.group([*two, *one])
    assert [{w.version for w in each.wheels} for each in found] == [{"1.4"}, {"1.2"}]
    with pytest.raises(WheelError) as error:
        sets.group([*two, one[1]])
    assert "fast-1.2-cp310" in str(error.value)
    assert "runtime without its base\nhint: give the base wheel of `sample` 1.2 too" in str(
        error.value
    )
