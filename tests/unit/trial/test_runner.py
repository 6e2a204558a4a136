"""Options that are refused before anything is installed."""

import pytest

from rtvariants.cli import main


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--python", "x86='"], "no interpreter: `--python x86='`\nhint: write"),
        (["--python", "sparc=python3"], "no wheel for `--python sparc=…`\nhint: write a part of"),
        (["--project", "/absent"], "no pyproject.toml in /absent\nhint: run"),
        (["--find-links", "/absent"], "no folder: `--find-links /absent`\nhint: name a folder"),
    ],
)
def test_an_option_without_a_meaning_is_refused_before_anything_runs(
    fat, tmp_path, capsys, words, said
):
    assert main(["test", *words, str(fat.write(tmp_path))]) == 1
    out, err = capsys.readouterr()
    assert (out, said in err) == ("", True)
