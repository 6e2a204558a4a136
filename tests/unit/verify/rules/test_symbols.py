"""Rules about symbols."""

from dataclasses import replace

import pytest
from builds import changed
from built_files import (
    ARTIFACT,
    BUILD,
    ELF,
    artifact,
    breaks,
    build,
    elf,
    for_macos,
    for_windows,
    rules_of,
    stamp,
)

from rtvariants.toolchain.interpreter import this
from rtvariants.verify.rules import BuiltFile, check, symbols

THIS = this()

BROKEN = [
    ("allocator-linked", elf(symbol_names=b"\0PyInit__core\0"), "`jemalloc` is not linked"),
    (
        "allocator-linked",
        elf(symbol_names=ELF.symbol_names + b"mi_malloc_aligned\0"),
        "`mimalloc` is linked, the configuration says `jemalloc`",
    ),
    ("allocator-linked", elf(symbol_names=None), "no symbol names"),
    ("init-symbol", elf(exported=()), "is not exported; found: none"),
    ("init-symbol", elf(exported=("PyInit__kore",)), "found: `PyInit__kore`"),
    ("init-symbol", elf(exported=(*ELF.exported, "PyInit_x")), "more init symbols"),
    ("init-symbol", elf(exported=(*ELF.exported, "PyModExport__core")), "`PyModExport__core`"),
    ("stable-abi", elf(imported=("PyUnicode_New",)), "`PyUnicode_New` is not part"),
    ("stable-abi", elf(imported=("PyModule_AddObjectRef", "PyType_GetName")), "3.11"),
    ("python-abi", artifact(pyo3_features=("abi3", "abi3-py312")), "another ABI"),
    ("python-abi", artifact(pyo3_features=("macros",)), "without the stable ABI"),
    (
        "python-abi",
        artifact(pyo3_cfgs=("Py_3_9", "Py_3_10", "Py_3_11", "Py_LIMITED_API")),
        "compiled for the stable ABI of Python 3.11, the wheel says `cp310-abi3`",
    ),
    (
        "python-abi",
        artifact(pyo3_cfgs=("Py_3_9", "Py_3_10")),
        "compiled for Python 3.10, the wheel",
    ),
    (
        "python-abi",
        artifact(pyo3_cfgs=("Py_3_9", "Py_3_10", "Py_LIMITED_API", "Py_GIL_DISABLED")),
        "compiled for the stable ABI of Python 3.10 without the GIL",
    ),
    ("exports", for_macos(exported=(*ELF.exported, "malloc")), "exports 1 symbols besides"),
    ("init-symbol", for_macos(exported=("PyInit__kore",)), "found: `PyInit__kore`"),
    ("allocator-linked", for_macos(symbol_names=None), "no symbol names"),
    ("stable-abi", for_macos(imported=("PyUnicode_New",)), "`PyUnicode_New` is not part"),
    ("exports", for_windows(exported=(*ELF.exported, "a", "b")), "exports 2 symbols besides"),
    ("init-symbol", for_windows(exported=()), "found: none"),
    (
        "allocator-linked",
        for_windows("x86_64-pc-windows-msvc", symbol_names=None),
        "no symbol names",
    ),
]


@pytest.mark.parametrize(("rule", "file", "text"), BROKEN)
def test_one_changed_fact_breaks_one_rule(rule, file, text):
    assert text in breaks(file, rule)


def test_every_rule_is_broken_by_some_case():
    assert {rule for rule, *_ in BROKEN} == rules_of(symbols)


def version_specific(**changes):
    """Return a file for the Python that runs this test, which calls what the stable ABI lacks."""
    cfgs = changes.pop("pyo3_cfgs", tuple(f"Py_3_{n}" for n in range(9, THIS.version[1] + 1)))
    tag, files = THIS.abi.tag, tuple(filter(None, (THIS.executable, THIS.library)))
    made = build(abi=tag, suffix=THIS.suffix, python=THIS.shown, interpreter=files)
    changes = {"imported": ("PyUnicode_New", "malloc"), **changes}
    binary = replace(ELF, stamp_section=stamp(abi=tag), **changes)
    return replace(made, binary=binary, artifact=replace(made.artifact, pyo3_cfgs=cfgs))


def test_a_file_for_one_python_may_call_all_that_this_python_has():
    assert check(version_specific()) == []


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"imported": ("PyString_FromString",)}, "`PyString_FromString` is not in CPython 3"),
        ({"pyo3_cfgs": ("Py_3_9",)}, "compiled for Python 3.9, the wheel says `cp3"),
        ({"pyo3_cfgs": ("Py_3_9", "Py_GIL_DISABLED")}, "Python 3.9 without the GIL"),
    ],
)
def test_a_file_of_another_python_than_its_tag_states_is_refused(changes, text):
    assert text in breaks(version_specific(**changes), "python-abi")


@pytest.mark.parametrize("allocator", ["system", "mimalloc"])
def test_other_allocators_pass_when_they_are_linked(allocator):
    names = {"system": b"\0PyInit__core\0", "mimalloc": b"\0PyInit__core\0mi_malloc\0"}[allocator]
    features = ("simd",) if allocator == "system" else ("simd", "mimalloc")
    build = changed(BUILD, allocator=allocator, cargo_features=features, page_size="")
    text = stamp(allocator=allocator, page_size="")
    native = BuiltFile(
        replace(ARTIFACT, build=build, features=features),
        replace(ELF, symbol_names=names, stamp_section=text), b"",
    )  # fmt: skip
    assert check(native) == []


def test_the_hint_for_a_file_of_microsofts_linker_names_the_linker_to_use():
    (problem,) = check(for_windows("x86_64-pc-windows-msvc", symbol_names=None))
    assert problem.hint.startswith("Microsoft's linker writes them into a PDB alone: ")
    assert "`CARGO_TARGET_X86_64_PC_WINDOWS_MSVC_LINKER`" in problem.hint
