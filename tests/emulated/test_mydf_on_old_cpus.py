"""`import mydf` on emulated CPUs.

The kernel's list is the host's under qemu-user, so the loader is told more than the CPU can do:
what is proven here is the guard in the binaries, the last word.
"""

import pytest

SHOW = (
    "import mydf; f = mydf.DataFrame({'k': ['a', 'b', 'a'], 'x': [1, 2, 3]});"
    "print(mydf.runtime().name, f.group_by('k').agg(mydf.col('x').sum()).to_dict())"
)
ANSWER = "{'k': ['a', 'b'], 'x': [4, 2]}"


@pytest.mark.parametrize(
    ("cpu", "runtime"),
    [
        ("Nehalem", "rtcompat"),
        ("Conroe", "rtcompat"),
        ("qemu64", "rtcompat"),
        ("Haswell", "rt32"),
    ],
)
def test_import_takes_what_the_cpu_can_run(on_cpu, cpu, runtime):
    done = on_cpu(cpu, SHOW)
    assert (done.returncode, done.stdout.strip()) == (0, f"{runtime} {ANSWER}"), done.stderr


@pytest.mark.parametrize("runtime", ["rt32", "rt64"])
def test_a_forced_runtime_that_cannot_run_is_an_import_error(on_cpu, runtime):
    done = on_cpu("Nehalem", SHOW, MYDF_RUNTIME=runtime)
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert "avx2" in done.stderr
    assert "hint:" in done.stderr
    assert runtime in done.stderr


def test_one_missing_feature_is_named_alone(on_cpu):
    done = on_cpu("Haswell,-bmi2", SHOW, MYDF_RUNTIME="rt32")
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert "bmi2" in done.stderr
    assert "avx2" not in done.stderr
