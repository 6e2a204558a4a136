"""A project's own backend that can't be asked."""

import pytest

from rtvariants.errors import RtvariantsError
from rtvariants.project import frontend

HEAD = '[build-system]\nrequires = ["absent-tool>=1", "b"]\nbuild-backend = "{}"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "ModuleNotFoundError: No module named 'absent_tool'"),
        ("import absent_part", "ModuleNotFoundError: No module named 'absent_part'"),
    ],
)
def test_the_hint_for_a_missing_backend_installs_it(tmp_path, text, said):
    (tmp_path / "pyproject.toml").write_text(
        HEAD.format("absent_tool") + ('backend-path = ["."]\n' if text else "")
    )
    if text:
        (tmp_path / "absent_tool.py").write_text(text)
    with pytest.raises(RtvariantsError) as error:
        frontend.wheel(tmp_path, tmp_path / "out")
    assert str(error.value) == (
        f"no backend `absent_tool`: {said}\nhint: install what the project is built with: "
        "pip install 'absent-tool>=1' 'b'"
    )


def test_a_project_that_names_no_backend_is_asked_by_setuptools(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "a"\nversion = "1"\n')
    (tmp_path / "setup.py").write_text("raise SystemExit(3)\n")
    with pytest.raises(RtvariantsError, match=r"of `setuptools\.build_meta:__legacy__` failed"):
        frontend.wheel(tmp_path, tmp_path / "out")
