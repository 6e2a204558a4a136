"""The distributions of split packages, their names and the requirements of the base."""

import pytest
from sample_wheels import RUNTIMES

from rtvariants.errors import ConfigError
from rtvariants.wheels import distributions


def test_names_and_the_requirements_of_the_base_are_settings(fat, table_of):
    named = [RUNTIMES[0] | {"distribution": "quick"}, *RUNTIMES[1:]]
    made = distributions.of(table_of(named, split={"requires": ["safe"]}), "sample-pack")
    assert made.names["fast"] == "quick"
    assert made.required == ("safe",)
    for wrong in ("Quick", "a--b", "a_b"):
        with pytest.raises(ConfigError, match="not the normalised name"):
            table_of([RUNTIMES[0] | {"distribution": wrong}, *RUNTIMES[1:]])
    with pytest.raises(ConfigError, match="two runtimes in one distribution: `quick`"):
        table_of([r | {"distribution": "quick"} for r in RUNTIMES])


@pytest.mark.parametrize(
    ("names", "project", "said"),
    [
        (
            ("rt_32", "rt32"),
            "s",
            "runtimes[1]: distribution `s-runtime-32` belongs to the runtime `rt_32`",
        ),
        (("fast_", "safe"), "s", "runtimes[0]: not the name of an extra: `fast_`"),
        (("a__b", "safe"), "s", 'hint: write `distribution = "s-runtime-a-b"`'),
        (
            ("fast", "safe"),
            "quick",
            "runtimes[0]: distribution `quick` belongs to the package itself",
        ),
        (("fast", "safe"), "quick-runtime-safe", ""),
    ],
)
def test_every_distribution_has_a_name_of_its_own(table_of, names, project, said):
    named = [{**RUNTIMES[i], "name": n} for i, n in zip((0, 2), names, strict=True)]
    if project == "quick":
        named[0]["distribution"] = "quick"
    made = distributions.of(table_of(named), project)
    found = "\n".join(
        f"{p.where}: {p.what}\nhint: {p.hint}" for p in distributions.problems(made.names, project)
    )
    assert said in found
    assert bool(said) == bool(found)
