"""The guard that a build links into a module, on emulated CPUs."""

import pytest
from guarded_files import EXPORT, linked

from rtvariants.native.guard import marker

from .conftest import ILLEGAL

__all__ = ["linked"]
WORK = '-DWORK="vpaddd %ymm0, %ymm0, %ymm0"'
LOAD = """
import importlib.machinery as machinery, importlib.util as util
spec = util.spec_from_file_location("_core", {path!r})
print(util.module_from_spec(spec).__name__)
"""


@pytest.fixture(scope="module")
def write(linked, tmp_path_factory):
    """Return a function that writes a module, with or without a guard, and how to load it."""
    folder = tmp_path_factory.mktemp("modules")

    def write(name, *flags, guarded=True, **more):
        data = linked(WORK, *flags, **more)
        path = folder / f"{name}.so"
        path.write_bytes(marker.linked(data, EXPORT)[0] if guarded else data)
        return LOAD.format(path=str(path))

    return write


def test_a_module_without_its_guard_dies_on_an_old_cpu(on_cpu, write):
    assert on_cpu("Nehalem", write("bare", guarded=False)).returncode in ILLEGAL


@pytest.mark.parametrize("flags", [(), ("-s",)], ids=["with symbols", "stripped"])
def test_the_guard_names_all_that_an_old_cpu_lacks(on_cpu, write, flags):
    done = on_cpu("Nehalem", write(f"old{len(flags)}", *flags))
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert (
        "ImportError: rtvariants: `fast` needs CPU features that this processor lacks: avx, avx2, "
        "bmi1, bmi2, f16c, fma, lzcnt, movbe, xsave\n"
    ) in done.stderr


def test_a_cpu_of_the_level_initialises_the_module(on_cpu, write):
    done = on_cpu("Haswell", write("new"))
    assert (done.returncode, done.stdout) == (0, "_core\n"), done.stderr


def test_a_guard_of_a_lower_level_would_let_it_die(on_cpu, write):
    # That is why the rule `cpu-features` compares the stamp of the same object with the level.
    assert on_cpu("Nehalem", write("lower", level="x86_64_v2")).returncode in ILLEGAL
