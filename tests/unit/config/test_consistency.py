"""Problems that no single value shows: names, machines, platforms."""

import pytest
from sample_settings import GOOD

# What is changed in the good configuration; then the place, the fact and the hint of the problem.
WRONG = {
    "module named twice": (
        "[[tool.rtvariants.runtimes]]",
        '[[tool.rtvariants.modules]]\nmodule = "greeter._hello"\n[[tool.rtvariants.runtimes]]',
        "modules[0].module",
        "extension module named twice: `greeter._hello`",
        "remove one",
    ),
    "module inside of another one": (
        "[[tool.rtvariants.runtimes]]",
        '[[tool.rtvariants.modules]]\nmodule = "greeter"\n[[tool.rtvariants.runtimes]]',
        "modules[0].module",
        "extension module inside of another one: `greeter._hello` in `greeter`",
        "next to each other",
    ),
    "profiles of several modules": (
        'env = "GREETER_RUNTIME"',
        'env = "GREETER_RUNTIME"\nmodules = [{ module = "a._b" }]\npgo = { command = "x" }',
        "rtvariants.pgo",
        "profile-guided builds of several extension modules are not supported",
        "off",
    ),
    "named twice": (
        '"safe"',
        '"fast"',
        "runtimes[1].name",
        "runtime named twice: `fast`",
        "entry 0",
    ),
    "unknown runtime to build": (
        "[[tool.rtvariants.runtimes]]",
        '[tool.rtvariants.build]\nruntimes = ["fats"]\n[[tool.rtvariants.runtimes]]',
        "build.runtimes",
        "unknown runtime to build: `fats`",
        "`fast`",
    ),
    "index width of one runtime alone": (
        "index-bits = 32\n",
        "",
        "runtimes",
        "no `index-bits` of `fast`, which other runtimes have",
        "for none",
    ),
    "no baseline": (
        'x86_64 = "x86_64",',
        'x86_64 = "x86_64_v2",',
        "runtimes",
        "no runtime that is chosen automatically on every x86_64 CPU",
        "`x86_64`",
    ),
    "baseline is explicit": (
        'name = "safe"',
        'name = "safe"\nselect = "explicit"',
        "runtimes",
        "no runtime that is chosen automatically",
        "auto",
    ),
    "no folder of stored profiles": (
        "[[tool.rtvariants.runtimes]]",
        '[tool.rtvariants.pgo]\nmode = "stored"\n[[tool.rtvariants.runtimes]]',
        "pgo.mode",
        "no folder of stored profiles for the mode `stored`",
        "`rtvariants pgo` to fill it",
    ),
    "namespace of another module": (
        'env = "GREETER_RUNTIME"',
        'env = "GREETER_RUNTIME"\nnamespace = "greet"',
        "namespace",
        "not a namespace of `greeter._hello`: `greet`",
        "`module` begins with",
    ),
    "level of one machine is missing": (
        'x86_64 = "x86_64_v3", aarch64',
        "aarch64",
        "runtimes",
        "no level of runtime `fast` for `x86_64`",
        "`x86_64`",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_mistake_is_one_problem_with_a_place_and_a_hint(one_problem, case):
    one_problem(*WRONG[case])


RELEASE = "[tool.rtvariants.release]\nplatforms = "
ONE_MACHINE = GOOD.replace(', aarch64 = "aarch64"', "")


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        (GOOD + RELEASE + '["linux-x64", {name = "linux-x64"}]', "platforms[1]", "named twice"),
        (ONE_MACHINE + RELEASE + '["linux-arm64"]', "platforms[0]", "no level for `aarch64`"),
        (
            GOOD + RELEASE + '["linux-x64"]\nnotify = [{repository = "a/b"}]',
            "notify[0]",
            "neither or both of `event` and `workflow`",
        ),
    ],
)
def test_a_release_has_each_platform_once_and_runtimes_for_it(problems, text, where, what):
    (problem,) = problems(text)
    assert problem.where == f"tool.rtvariants.release.{where}"
    assert what in problem.what


def test_problems_of_runtimes_hide_no_problem_of_the_release(problems):
    found = problems(GOOD.replace("x86_64_v3", "v3") + RELEASE + '["linux-x46"]')
    assert [each.what for each in found] == [
        "unknown level: `v3`", "unknown platform: `linux-x46`",
    ]  # fmt: skip
