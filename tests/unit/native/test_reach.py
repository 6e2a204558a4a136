"""What runs while a file is loaded: where it begins, and what it reaches."""

import platform
import shutil
import subprocess

import pytest

from rtvariants.native import binary, elf
from rtvariants.native.reach import reached
from rtvariants.verify import audit

SOURCE = """
static volatile int seed;
__attribute__((noinline)) static void deep(void) { seed += 1; }
__attribute__((noinline)) static void later(void) { seed += 2; PLANTED; }
void (*kept)(void) = later;
__attribute__((constructor)) static void first(void) { deep(); EARLY; }
__attribute__((destructor)) static void last(void) { seed += 4; LATE; }
static void own(void) { seed += 5; TABLE; }
__attribute__((section(".init_array"), used)) static void (*entry)(void) = own;
static int one(void) { return 1; }
static int (*choose(void))(void) { seed += 3; CHOOSING; return one; }
__attribute__((ifunc("choose"))) int chosen(void);
int named(void) { return chosen() + seed; }
"""
PLACES = ("EARLY", "PLANTED", "CHOOSING", "LATE", "TABLE")
X86 = platform.machine() == "x86_64"
AVX2 = '__asm__ volatile("vpaddd %ymm0, %ymm1, %ymm2")'


@pytest.fixture
def library(tmp_path):
    """Return a function that links the code, with instructions in the named places."""

    def link(**places):
        given = [f"-D{name}={places.get(name, '')}" for name in PLACES]
        path = tmp_path / "lib.so"
        argv = ["cc", "-shared", "-fPIC", "-O1", "-fno-inline", *given, "-x", "c", "-o", path, "-"]
        subprocess.run(argv, input=SOURCE, text=True, check=True)
        return path

    return link


def names(path):
    return {code.marks[0].name for code in reached(elf.code(path), binary.starts(path))}


def test_constructors_and_choosers_and_what_they_call_are_reached(library):
    found = names(library())
    # A function with several versions has the address of what chooses.
    assert {"first", "deep", "chosen", "last", "own"} <= found
    # Its address is only kept, and the other one is called later.
    assert not {"later", "named"} & found


@pytest.mark.skipif(not X86, reason="the planted instructions are for x86-64")
@pytest.mark.parametrize(
    ("place", "function"),
    [("EARLY", "first"), ("CHOOSING", "chosen"), ("LATE", "last"), ("TABLE", "own"),
     ("PLANTED", "")],
)  # fmt: skip
def test_an_instruction_above_the_baseline_is_found_only_where_it_runs_early(
    library, place, function
):
    path = library(**{place: AVX2})
    found = audit.early(elf.code(path), binary.starts(path))
    assert [(f.symbol, f.features) for f in found] == ([(function, ("avx2",))] if function else [])


@pytest.mark.skipif(not shutil.which("c++"), reason="no compiler of C++")
def test_an_initialiser_of_cpp_is_reached(tmp_path):
    path = tmp_path / "lib.so"
    source = "static volatile int seed = 1; struct T { int x; T() : x(seed) {} }; T table;"
    argv = ["c++", "-shared", "-fPIC", "-O1", "-x", "c++", "-o", path, "-"]
    subprocess.run(argv, input=source, text=True, check=True)
    assert any("_GLOBAL__" in name for name in names(path))


@pytest.mark.skipif(not X86, reason="the planted instructions are for x86-64")
def test_nothing_is_said_of_a_file_without_names(library):
    path = library(EARLY=AVX2)
    subprocess.run(["strip", path], check=True)
    assert binary.starts(path)
    assert audit.early(elf.code(path), binary.starts(path)) == ()


def test_a_file_without_constructors_starts_nowhere_of_its_own(tmp_path):
    path = tmp_path / "lib.so"
    argv = ["cc", "-shared", "-nostdlib", "-fPIC", "-x", "c", "-o", path, "-"]
    subprocess.run(argv, input="int f(void) { return 1; }", text=True, check=True)
    assert binary.starts(path) == ()
