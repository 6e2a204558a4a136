"""`rtvariants release`: help, options of steps, and refusals."""

import json

import pytest
import release_kit as kit

from rtvariants import cli
from rtvariants.release import steps
from rtvariants.release.steps import STEPS


def test_every_step_shows_its_own_help(capsys):
    for name in (*STEPS, "rehearse"):
        with pytest.raises(SystemExit) as ended:
            cli.main(["release", name, "--help"])
        assert ended.value.code == 0
        assert "--dry-run" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (["plan", "--upload", "http://127.0.0.1:1/"], "`--upload` without `--index`"),
        (["preflight"], "no manifest: "),
        (["verify", "one"], "not a version: `one`"),
        (["build", "--platform", "x"], "no commit: "),
    ],
)
def test_an_error_is_a_fact_and_a_hint_in_text_and_in_json(tmp_path, capsys, words, fact):
    kit.declare(tmp_path)
    arguments = ["release", "--project", str(tmp_path), *words]
    assert cli.main(arguments) == 1
    said = capsys.readouterr()
    assert f"error: {fact}" in said.err
    assert "Traceback" not in said.err
    if "--upload" not in words:
        assert cli.main([*arguments, "--json"]) == 1
        problems = json.loads(capsys.readouterr().out)["problems"]
        assert fact in problems[0]["what"]


def test_a_missing_section_is_reported(tmp_path, capsys):
    kit.declare(tmp_path)
    path = tmp_path / "pyproject.toml"
    path.write_text(path.read_text().partition("[tool.rtvariants.release]")[0])
    assert cli.main(["release", "plan", "--project", str(tmp_path)]) == 1
    assert "missing table: `[tool.rtvariants.release]`" in capsys.readouterr().err


@pytest.fixture
def options_of(tmp_path, monkeypatch):
    """Return a function: the options that each step of a command gets."""
    kit.declare(tmp_path)

    def run(*words):
        found = {}
        monkeypatch.setattr(
            steps, "do", lambda step, _, options: found.setdefault(step.name, options)
        )
        monkeypatch.setattr(steps, "summary", lambda *_: "")
        assert cli.main(["release", "--project", str(tmp_path), *words]) == 0
        return found

    return run


def test_each_step_of_a_whole_release_gets_the_options_that_it_has(options_of):
    found = options_of("--platform", "linux-x64", "--no-emulation", "--no-install")
    assert tuple(found) == steps.WHOLE
    assert found["build"].platform == found["test"].platform == ("linux-x64",)
    assert (found["test"].no_emulation, found["test"].strict) == (True, False)
    assert found["verify"] == STEPS["verify"].module.Options(no_install=True)
    assert found["freeze"] == STEPS["freeze"].module.Options()


def test_an_option_counts_before_and_after_the_name_of_its_step(options_of):
    (after,) = options_of("yank", "1.3.0", "--runtime", "fast", "--runtime", "safe").values()
    assert (after.version, after.runtime, after.reason) == ("1.3.0", ("fast", "safe"), "")
    (before,) = options_of("--collect", "build", "--runtime", "fast").values()
    assert (before.collect, before.runtime, before.platform) == (True, "fast", ())
