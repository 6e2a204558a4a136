"""`rtvariants release`: help, options of steps, and refusals."""

import json

import pytest
import release_kit as kit

from rtvariants import cli
from rtvariants.release.steps import STEPS


def test_every_step_shows_its_own_help(capsys):
    for name in STEPS:
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
