"""The dependencies of a release that a local index must serve too."""

from pathlib import Path

from rtvariants.release.rehearsal import dependencies


def test_dependencies_leave_out_the_release_itself_and_what_does_not_apply():
    requires = ["archspec<0.3,>=0.2.7", "Lamp_Fast==1; extra == 'fast'", "lamp-safe==1",
                "old; python_version < '3'", "more; extra == 'more'"]  # fmt: skip
    assert dependencies.of_others(requires, ["lamp-fast", "lamp-safe"]) == ("archspec<0.3,>=0.2.7",)
    more = dependencies.of_others(requires, ["lamp-fast", "lamp-safe"], "more")
    assert more == ("archspec<0.3,>=0.2.7", "more")
    assert dependencies.fetch([], Path("nowhere")) == []
