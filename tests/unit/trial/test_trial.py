"""What is run of installed wheels, and how each process is judged."""

import json
from dataclasses import replace

import pytest
from sample_wheels import MACHINE, with_files

from rtvariants.cli import main
from rtvariants.errors import WheelError
from rtvariants.shim import table as tables
from rtvariants.trial import cpus, environment, trial
from rtvariants.wheels import check, split, variant

only_x86 = pytest.mark.skipif(MACHINE != "x86_64", reason="arm64 has one level here")
METADATA = "sample_pack-1.2.dist-info/METADATA"


@pytest.fixture
def each(fat):
    (found,) = trial.sets([fat])
    return found


@only_x86
def test_each_runtime_runs_on_the_oldest_cpu_of_its_level_and_refuses_below(each):
    runs = {(r.runtime.name, r.cpu, r.refuses) for r in trial.emulated(each)}
    assert runs == {
        ("fast", "Haswell", False), ("fast", "IvyBridge", True),
        ("wide", "Haswell", False), ("wide", "IvyBridge", True),
        ("safe", "Opteron_G1,-sse3", False),
    }  # fmt: skip
    assert [r.runtime.name for r in trial.here(each)] == ["fast", "wide", "safe"]


def test_a_level_that_the_emulator_lacks_is_shown_to_refuse():
    assert (cpus.oldest("x86_64_v4"), cpus.below(("avx2", "avx512f"))) == (None, "Haswell")
    assert (cpus.oldest("x86_64_v2"), cpus.below(("sse4_2", "ssse3"))) == ("Nehalem", "Penryn")


def test_split_wheels_are_one_set(fat, table_of):
    cut = split.cut([fat], table_of())
    (found,) = trial.sets(list(reversed(cut)))
    assert found.name == "sample_pack-1.2-py3-none-any.whl"
    # The base of all platforms has one name.
    assert found.shown == f"{found.name} (manylinux_2_17_{MACHINE})"
    assert trial.sets([fat])[0].shown == fat.filename
    assert [r.name for r in found.runtimes] == ["fast", "wide", "safe"]
    assert (found.table.system, found.table.machine) == ("linux", MACHINE)
    assert trial.left_out(found) == ["archspec"]


def test_parts_without_their_others_are_refused(fat, table_of):
    base, fast, *_ = split.cut([fat], table_of())
    with pytest.raises(WheelError, match="base without a runtime"):
        trial.sets([base])
    with pytest.raises(WheelError, match="runtime without its base"):
        trial.sets([fast])
    skewed = base.files[METADATA].replace(b"-fast==1.2", b"-fast==1.3")
    with pytest.raises(WheelError, match=r"requires `sample-pack-runtime-fast==1\.3`, the set has"):
        trial.sets([with_files(base, {METADATA: skewed}), fast])


def test_a_distribution_with_another_ones_runtime_is_refused(fat, table_of):
    base, fast, safe, _ = split.cut([fat], table_of())
    info = fast.dist_info
    moved = {n: d for n, d in safe.files.items() if ".dist-info/" not in n}
    moved |= {n: d for n, d in fast.files.items() if n.startswith(info)}
    swapped = replace(fast, files=moved).sealed()
    assert check.check(swapped) == []  # By itself it is as good as any.
    with pytest.raises(WheelError) as error:
        trial.sets([base, swapped, safe])
    assert "runtime-safe` is for" in str(error.value)
    assert f"[runtimes] {fast.filename}: holds the runtime `safe`" in str(error.value)
    assert len(trial.sets([base, fast, safe])) == 1


def test_each_version_is_a_set_of_its_own(fat, table_of):
    def of(version):
        names = {n: n.replace("-1.2.", f"-{version}.") for n in fat.files}
        files = {names[n]: d.replace(b"1.2", version.encode()) for n, d in fat.files.items()}
        return split.cut([replace(fat, version=version, files=files).sealed()], table_of())

    one, two = of("1.2"), of("1.4")
    found = trial.sets([*two, *one])
    assert [{w.version for w in each.wheels} for each in found] == [{"1.4"}, {"1.2"}]
    with pytest.raises(WheelError) as error:
        trial.sets([*two, one[1]])
    assert "fast-1.2-cp310" in str(error.value)
    assert "runtime without its base\nhint: give the base wheel of `sample` 1.2 too" in str(
        error.value
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--python", "x86='"], "no interpreter: `--python x86='`\nhint: write"),
        (["--python", "sparc=python3"], "no wheel for `--python sparc=…`\nhint: write a part of"),
        (["--project", "/absent"], "no pyproject.toml in /absent\nhint: run"),
        (["--find-links", "/absent"], "no folder: `--find-links /absent`\nhint: name a folder"),
    ],
)
def test_an_option_that_means_nothing_ends_before_anything_runs(fat, tmp_path, capsys, words, said):
    assert main(["test", *words, str(fat.write(tmp_path))]) == 1
    out, err = capsys.readouterr()
    assert (out, said in err) == ("", True)


@only_x86
def test_a_variant_is_tried_with_what_it_holds_under_a_plain_name(fat):
    for wheel in variant.cut(fat):
        (found,) = trial.sets([wheel])
        assert environment.plain(wheel).filename == fat.filename
        assert {r.name for r in found.runtimes} in ({"fast", "wide"}, {"safe"})


def said(each, runtime, **changes):
    facts = {n: getattr(runtime, n) for n in ("name", "level", "allocator", "index_bits", "abi")}
    facts |= {"version": "1.2"} | changes
    return "rtvariants-probe " + json.dumps({"facts": facts, "native": "hash"})


@pytest.mark.parametrize(
    ("status", "changes", "tail", "failure"),
    [
        (0, {}, "", ""),
        (0, {"version": "1.02"}, "", ""),
        (0, {"version": "1.1"}, "", "version: `1.1`, the wheel says `1.2`"),
        (0, {"name": "safe"}, "", "name: `safe`, the wheel says `fast`"),
        (0, {"level": "x86_64"}, "", "level: `x86_64`"),
        (0, {"allocator": "jemalloc"}, "", "allocator: `jemalloc`, the wheel says `system`"),
        (0, {"index_bits": 64}, "", "index_bits: `64`, the wheel says `32`"),
        (1, {}, "\nAssertionError: wrong sum", "exit status 1: AssertionError: wrong sum"),
        (-4, {}, "", "died of signal 4"),
        (132, {}, "", "died of signal 4"),
        (124, {}, "\ndid not end within 1 s", "exit status 124: did not end within 1 s"),
    ],
)
def test_a_run_is_judged_by_every_fact(each, status, changes, tail, failure):
    run = trial.here(each)[0]
    found = trial.judge(each, run, status, said(each, run.runtime, **changes) + tail, "hash")
    assert found.failure.startswith(failure)
    assert bool(found.failure) == bool(failure)


def test_the_native_must_be_the_wheels(each):
    run = trial.here(each)[0]
    found = trial.judge(each, run, 0, said(each, run.runtime), "other")
    assert found.failure == "the loaded native is not the wheel's"


def test_what_is_imported_is_the_package_that_binds_the_natives(each):
    assert 'import_module("sample")' in trial.probe(each, "").replace("'", '"')
    deep = replace(each, table=tables.changed(each.table, alias="space.sample._core"))
    assert 'import_module("space.sample")' in trial.probe(deep, "").replace("'", '"')


def test_a_process_that_says_nothing_is_no_success(each):
    assert "nothing said" in trial.judge(each, trial.here(each)[0], 0, "", "hash").failure


def test_a_refusal_is_in_words_or_none(each):
    run = replace(trial.here(each)[0], cpu="IvyBridge", refuses=True)
    words = "rtvariants-probe " + json.dumps({"refused": "this CPU lacks avx2"})
    assert trial.judge(each, run, trial.REFUSED, words, "").failure == ""
    for status, out in ((0, said(each, run.runtime)), (132, ""), (1, "ImportError"), (3, "")):
        assert "must refuse, but" in trial.judge(each, run, status, out, "").failure
    here = trial.here(each)[0]
    assert (
        trial.judge(each, here, trial.REFUSED, words, "").failure == "refused: this CPU lacks avx2"
    )


@only_x86
@pytest.mark.parametrize(
    ("listed", "cpu", "kind", "lacking"),
    [
        ("flags : sse sse2", "", "UnrunnableRuntimeError", True),
        (None, "", "UnrunnableRuntimeError", True),
        ("all", "", "UnrunnableRuntimeError", False),
        ("flags : sse sse2", "Haswell", "UnrunnableRuntimeError", False),
        ("flags : sse sse2", "", "AbsentRuntimeError", False),
    ],
)
def test_a_cpu_that_is_too_old_is_no_fault_of_the_wheel(  # noqa: PLR0917
    each, tmp_path, monkeypatch, listed, cpu, kind, lacking
):
    run = replace(trial.here(each)[0], cpu=cpu)
    if listed == "all":
        listed = f"flags : {' '.join(run.runtime.needs)}"
    if listed is not None:
        (tmp_path / "cpuinfo").write_text(f"{listed}\n")
    monkeypatch.setattr(trial, "CPUINFO", tmp_path / "cpuinfo")
    words = {"refused": "can't run here: no avx2\nhint: x", "kind": kind}
    out = "rtvariants-probe " + json.dumps(words)
    found = trial.judge(each, run, trial.REFUSED, out, "")
    assert (found.lacking, bool(found.failure)) == (
        ("can't run here: no avx2", False) if lacking else ("", True)
    )


def test_the_environment_knows_nothing_of_the_callers(tmp_path, monkeypatch):
    for name in ("PIP_INDEX_URL", "UV_INDEX", "PYTHONPATH", "PIP_FIND_LINKS", "SAMPLE"):
        monkeypatch.setenv(name, "there")
    env = environment.clean(tmp_path)
    assert "there" not in env.values()
    assert env["HOME"] == str(tmp_path)
    assert env["HTTPS_PROXY"] == env["https_proxy"] == "http://127.0.0.1:9"
