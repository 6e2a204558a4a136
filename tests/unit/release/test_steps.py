"""The steps of a release: their order, and what each module must have."""

import dataclasses

from rtvariants.release.steps import STEPS, WHOLE
from rtvariants.release.steps.options import Facts


def test_a_whole_release_does_its_steps_in_order():
    assert [name for name in STEPS if name in WHOLE] == list(WHOLE)
    assert WHOLE.index("freeze") < WHOLE.index("preflight") < WHOLE.index("publish")


def test_each_step_has_options_that_the_command_line_can_show_and_says_what_it_does():
    for name, step in STEPS.items():
        assert callable(step.module.run), name
        assert callable(getattr(step.module, "summary", None)) or not step.whole, name
        fields = dataclasses.fields(step.module.Options)
        assert all(isinstance(f.metadata["option"], Facts) for f in fields), name
        assert 20 < len(step.help) < 100, name
        assert step.help[0].islower(), name
        assert not step.help.endswith("."), name


def test_only_steps_that_change_something_elsewhere_are_journaled():
    assert [s.name for s in STEPS.values() if s.sends] == ["publish", "forge", "notify", "yank"]
