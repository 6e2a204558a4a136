"""`import mydf` and a query on emulated CPUs, with each request.

First with the kernel's list of such a machine, then with this machine's, which names more features
than the emulated CPU has: there the guard in the binaries decides.
"""

import concurrent.futures
from pathlib import Path

import archspec
import pytest

import mydf

from .conftest import ILLEGAL
from .test_cpu_models import cpuinfo, lacks, names

SHOW = (
    "import mydf; f = mydf.DataFrame({'k': ['a', 'b', 'a'], 'x': [1, 2, 3]});"
    "print(mydf.runtime().name, f.group_by('k').agg(mydf.col('x').sum()).to_dict())"
)
ANSWER = "{'k': ['a', 'b'], 'x': [4, 2]}"
RUNTIMES = ("rt32", "rt64", "rtcompat")
# One of each kind; test_cpu_models.py lists which features each is missing.
CPUS = (
    "Opteron_G1,-sse3", "Penryn", "Westmere", "IvyBridge", "Opteron_G5", "Denverton", "Haswell",
    "EPYC-Rome", "Icelake-Server",
)  # fmt: skip
UNGUARDED = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("_core_unguarded", {!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(module.build_info()["runtime"])
"""


@pytest.fixture(scope="module")
def answers(walk):
    """Return the exit status and output of each request on each CPU."""
    site = Path(mydf.__file__).parents[1]
    cases = [(name, {"MYDF_RUNTIME": name}, SHOW) for name in ("auto", *RUNTIMES)]
    native = site / "_mydf_rt32" / "_core.abi3.so"
    cases.append(("unguarded", {}, UNGUARDED.format(str(native))))

    def answer(cpu):
        return walk(cpu, cpuinfo(cpu), cases, site, Path(archspec.__file__).parents[1])

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return dict(zip(CPUS, pool.map(answer, CPUS), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("cpu", CPUS)
def test_import_loads_the_best_runtime_that_the_cpu_can_run(answers, cpu):
    best = "rtcompat" if lacks(cpu) else "rt32"
    assert answers[cpu]["auto"] == (0, f"{best} {ANSWER}\n")
    assert answers[cpu]["rtcompat"] == (0, f"rtcompat {ANSWER}\n")


@pytest.mark.slow
@pytest.mark.parametrize("runtime", ["rt32", "rt64"])
@pytest.mark.parametrize("cpu", CPUS)
def test_a_forced_runtime_runs_or_the_error_names_the_missing_features(answers, cpu, runtime):
    status, said = answers[cpu][runtime]
    if not lacks(cpu):
        assert (status, said) == (0, f"{runtime} {ANSWER}\n")
        return
    assert status == 3, said
    fact, hint = said.splitlines()
    what, reason = fact.split(": can't run here: this CPU lacks ")
    assert what == f"UnrunnableRuntimeError: `MYDF_RUNTIME={runtime}`"
    assert names(reason) == lacks(cpu)
    assert hint == "hint: unset `MYDF_RUNTIME`: the automatic choice here is `rtcompat`"


@pytest.mark.slow
@pytest.mark.parametrize("cpu", CPUS)
def test_without_the_guard_a_cpu_that_lacks_something_traps(answers, cpu):
    # The control: the extension modules do contain instructions that the old CPUs lack.
    status, said = answers[cpu]["unguarded"]
    if lacks(cpu):
        assert status in ILLEGAL, said
    else:
        assert (status, said) == (0, "rt32\n")


@pytest.mark.parametrize(("cpu", "runtime"), [("Nehalem", "rtcompat"), ("Haswell", "rt32")])
def test_the_guard_decides_if_the_list_is_from_another_machine(on_cpu, cpu, runtime):
    done = on_cpu(cpu, SHOW)
    assert (done.returncode, done.stdout.strip()) == (0, f"{runtime} {ANSWER}"), done.stderr


def test_a_runtime_that_the_guard_refuses_is_an_import_error(on_cpu):
    done = on_cpu("Nehalem", SHOW, MYDF_RUNTIME="rt64")
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert "`MYDF_RUNTIME=rt64`: can't run here: `rt64` needs CPU features" in done.stderr
    assert "avx2" in done.stderr
    assert "hint:" in done.stderr


def test_one_missing_feature_is_named_alone(on_cpu):
    done = on_cpu("Haswell,-bmi2", SHOW, MYDF_RUNTIME="rt32")
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert "bmi2" in done.stderr
    assert "avx2" not in done.stderr
