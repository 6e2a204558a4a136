"""Kinds of the settings of a runtime: the problem of each wrong value."""

import pytest

# What is changed in the good configuration; then the place, the fact and the hint of the problem.
WRONG = {
    "unknown level": (
        "x86_64_v3",
        "x86_64_v9",
        "level.x86_64",
        "unknown level: `x86_64_v9`",
        "x86_64_v",
    ),
    "other machine's level": (
        'aarch64 = "aarch64" }\nalloc',
        'aarch64 = "x86_64_v2" }\nalloc',
        "level.aarch64",
        "level of another machine",
        "",
    ),
    "unknown machine": (
        'x86_64 = "x86_64_v3"',
        'amd64 = "x86_64_v3"',
        "level.amd64",
        "unknown machine: `amd64`",
        "`x86_64`",
    ),
    "reserved name": (
        '"safe"',
        '"auto"',
        "runtimes[1].name",
        "reserved name: `auto`",
        "another name",
    ),
    "name of the loader": (
        '"safe"',
        '"loader"',
        "runtimes[1].name",
        "reserved name: `loader`",
        "",
    ),
    "unusable name": (
        '"safe"',
        '"Safe-1"',
        "runtimes[1].name",
        "unusable name: `Safe-1`",
        "lowercase letter",
    ),
    "unknown allocator": (
        "jemalloc",
        "jmalloc",
        "allocator",
        "unknown allocator: `jmalloc`",
        "`jemalloc`",
    ),
    "unknown system": (
        "{ linux",
        "{ linus",
        "allocator",
        "unknown system: `linus`",
        "`linux`",
    ),
    "allocator as feature": (
        '"simd"',
        '"jemalloc"',
        "features",
        "allocator among the features",
        'allocator = "jemalloc"',
    ),
    "width": (
        "index-bits = 32",
        "index-bits = 33",
        "index-bits",
        "unknown width: 33",
        "`64` or `32`",
    ),
    "width of a wrong type": (
        "index-bits = 32",
        "index-bits = true",
        "index-bits",
        "unknown width: True",
        "",
    ),
    "width in quotes": (
        "index-bits = 32",
        'index-bits = "32"',
        "index-bits",
        "unknown width: `32`",
        "without quotes: 32",
    ),
    "features of a wrong type": (
        '["simd"]',
        '"simd"',
        "features",
        "not a list of cargo features",
        '["simd"]',
    ),
    "name of a wrong type": (
        'name = "safe"',
        "name = 7",
        "runtimes[1].name",
        "not a text: 7",
        "in quotes",
    ),
    "half of a level's name": (
        'x86_64 = "x86_64_v3"',
        'x86_64 = "v3"',
        "level.x86_64",
        "unknown level: `v3`",
        "did you mean `x86_64_v3`",
    ),
    "jobs in quotes": (
        "[[tool.rtvariants.runtimes]]",
        '[tool.rtvariants.build]\njobs = "2"\n[[tool.rtvariants.runtimes]]',
        "build.jobs",
        "not a whole number of at least 0: `2`",
        "without quotes: 2",
    ),
    "select": (
        'name = "safe"',
        'name = "safe"\nselect = "never"',
        "select",
        "unknown value: `never`",
        "`explicit`",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_mistake_is_one_problem_with_a_place_and_a_hint(one_problem, case):
    one_problem(*WRONG[case])
