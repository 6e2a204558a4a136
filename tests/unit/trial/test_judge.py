"""How the end of each process is judged."""

import json
from dataclasses import replace

import pytest
from sample_wheels import MACHINE

from rtvariants.trial import judge, probe, runs, sets

only_x86 = pytest.mark.skipif(MACHINE != "x86_64", reason="arm64 has one level here")


@pytest.fixture
def each(fat):
    (found,) = sets.group([fat])
    return found


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
    run = runs.here(each)[0]
    found = judge.judge(each, run, status, said(each, run.runtime, **changes) + tail, "hash")
    assert found.failure.startswith(failure)
    assert bool(found.failure) == bool(failure)


def test_the_loaded_module_must_be_that_of_the_wheel(each):
    run = runs.here(each)[0]
    found = judge.judge(each, run, 0, said(each, run.runtime), "other")
    assert found.failure == "the loaded extension module is not the one in the wheel"


def test_a_process_without_output_is_a_failure(each):
    assert "no output" in judge.judge(each, runs.here(each)[0], 0, "", "hash").failure


def test_a_refusal_without_words_is_a_failure(each):
    run = replace(runs.here(each)[0], cpu="IvyBridge", refuses=True)
    words = "rtvariants-probe " + json.dumps({"refused": "this CPU lacks avx2"})
    assert judge.judge(each, run, probe.REFUSED, words, "").failure == ""
    for status, out in ((0, said(each, run.runtime)), (132, ""), (1, "ImportError"), (3, "")):
        assert "must refuse, but" in judge.judge(each, run, status, out, "").failure
    here = runs.here(each)[0]
    assert (
        judge.judge(each, here, probe.REFUSED, words, "").failure == "refused: this CPU lacks avx2"
    )


@only_x86
@pytest.mark.parametrize(
    ("listed", "cpu", "kind", "unrunnable"),
    [
        ("flags : sse sse2", "", "UnrunnableRuntimeError", True),
        (None, "", "UnrunnableRuntimeError", True),
        ("all", "", "UnrunnableRuntimeError", False),
        ("flags : sse sse2", "Haswell", "UnrunnableRuntimeError", False),
        ("flags : sse sse2", "", "AbsentRuntimeError", False),
    ],
)
def test_a_cpu_that_is_too_old_is_no_failure_of_the_wheel(  # noqa: PLR0917
    each, tmp_path, monkeypatch, listed, cpu, kind, unrunnable
):
    run = replace(runs.here(each)[0], cpu=cpu)
    if listed == "all":
        listed = f"flags : {' '.join(run.runtime.needs)}"
    if listed is not None:
        (tmp_path / "cpuinfo").write_text(f"{listed}\n")
    monkeypatch.setattr(judge, "CPUINFO", tmp_path / "cpuinfo")
    words = {"refused": "can't run here: no avx2\nhint: x", "kind": kind}
    out = "rtvariants-probe " + json.dumps(words)
    found = judge.judge(each, run, probe.REFUSED, out, "")
    assert (found.unrunnable, bool(found.failure)) == (
        ("can't run here: no avx2", False) if unrunnable else ("", True)
    )
