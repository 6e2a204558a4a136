"""What a wheel needs is installed by pip with its own settings; archspec is never needed."""

import os

import pytest

from rtvariants.errors import RtvariantsError
from rtvariants.trial.dependencies import Needs, install

# Stands for the environment's interpreter: it notes its words, and fails where one is in `absent`.
PIP = """#!/bin/sh
echo "$PIP_INDEX_URL|$PIP_USER|$*" >> {log}
for word in "$@"; do
  case "$word" in {absent}) echo '{said}'; echo "ERROR: No matching distribution found for $word"
  exit 1;; esac
done
"""


@pytest.fixture
def pip(tmp_path, monkeypatch):
    """Return a function that makes the interpreter, and gives a function to read what it got."""
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.invalid/simple")
    monkeypatch.setenv("PIP_USER", "1")
    log = tmp_path / "log"

    def make(absent="nothing", said=""):
        program = tmp_path / "python"
        program.write_text(PIP.format(log=log, absent=absent, said=said))
        program.chmod(0o755)
        return program, lambda: [
            line.partition("pip install -q --disable-pip-version-check ")[::2]
            for line in (log.read_text().splitlines() if log.exists() else ())
        ]

    return make


pytestmark = pytest.mark.skipif(os.name == "nt", reason="the interpreter is a script of the shell")


def test_requirements_and_more_packages_come_from_where_pip_finds_them(pip):
    python, ran = pip()
    assert install(python, ["numpy>=2"], Needs(more=("pandas",)), "a.whl") == []
    assert ran() == [("https://index.invalid/simple||-I -m ", "numpy>=2 pandas")]


def test_nothing_is_installed_where_nothing_is_needed(pip):
    python, ran = pip()
    assert install(python, [], Needs(), "a.whl") == []
    assert ran() == []


def test_without_dependencies_only_the_named_packages_are_installed(pip):
    python, ran = pip()
    assert install(python, ["numpy"], Needs(wanted=False), "a.whl") == ["numpy"]
    assert ran() == []
    install(python, ["numpy"], Needs(more=("pandas",), wanted=False), "a.whl")
    assert [words for _, words in ran()] == ["pandas"]


def test_folders_are_added_to_the_index_or_replace_it(pip, tmp_path):
    python, ran = pip()
    install(python, ["numpy"], Needs(links=(tmp_path,)), "a.whl")
    install(python, ["numpy"], Needs(links=(tmp_path,), index=False), "a.whl")
    words = f"--find-links {tmp_path} numpy"
    assert [said for _, said in ran()] == [words, f"--no-index {words}"]


def test_a_missing_archspec_is_said_and_no_error(pip):
    python, ran = pip(absent="archspec*")
    assert install(python, ["archspec<0.3,>=0.2.7", "numpy"], Needs(), "a.whl") == [
        "archspec<0.3,>=0.2.7"
    ]
    assert [words for _, words in ran()][-1] == "numpy"


def test_another_missing_package_is_an_error_with_a_way_out(pip):
    python, _ = pip(absent="numpy*")
    with pytest.raises(RtvariantsError) as caught:
        install(python, ["archspec", "numpy"], Needs(), "a.whl")
    assert str(caught.value) == (
        "a.whl: pip can't install what it needs: No matching distribution found for numpy\n"
        "hint: name a folder that has the packages with `--find-links DIR`; `--no-deps` installs "
        "none of them"
    )


def test_an_index_that_is_not_reached_is_said(pip):
    python, _ = pip(absent="numpy", said="WARNING: Retrying after NewConnectionError: refused")
    with pytest.raises(RtvariantsError, match=r"a\.whl: package index not reached, and the wheel"):
        install(python, ["numpy"], Needs(), "a.whl")


def test_a_text_that_is_no_requirement_is_refused(tmp_path):
    with pytest.raises(RtvariantsError, match=r"no requirement: `--with num py`\nhint: write it"):
        Needs(more=("num py",)).check()
    (tmp_path / "x-1-py3-none-any.whl").touch()
    Needs(more=(str(tmp_path / "x-1-py3-none-any.whl"), "numpy>=2")).check()


def test_the_names_of_packages_are_those_of_the_requirements():
    assert Needs(more=("pandas[all]>=2",)).names(["numpy<3", "ruamel.yaml"]) == [
        "numpy", "ruamel.yaml", "pandas",
    ]  # fmt: skip
    assert Needs(wanted=False).names(["numpy"]) == []
