"""Trees that share a target directory: when the project's own crates are compiled again."""

from types import SimpleNamespace

import pytest
from builds import build_of

from rtvariants.compile import shared_target
from rtvariants.project.tree import Project

TARGET = "x86_64-unknown-linux-gnu"


@pytest.fixture
def tree(tmp_path):
    """Return a function that makes a tree with a crate next to it, as a project."""

    def tree(name, text="pub fn f() {}\n"):
        root = tmp_path / name / "project"
        for folder, more in (
            (root, '[dependencies]\nbeside.path = "../beside"\n'),
            (root.parent / "beside", ""),
        ):
            (folder / "src").mkdir(parents=True, exist_ok=True)
            (folder / "src/lib.rs").write_text(text)
            (folder / "Cargo.toml").write_text(
                f'[package]\nname = "{folder.name}"\nversion = "1.0.0"\n{more}'
            )
        (root / "pyproject.toml").write_text("")
        return Project(root, {}, SimpleNamespace(root=root, crate=root))

    return tree


@pytest.fixture
def build(tmp_path):
    """Return a build whose target directory holds a unit of the project and one of another's."""
    found = build_of(target_dir=tmp_path / "target", own=("project", "beside"))
    compiled(found)
    return found


def compiled(build):
    for place in (f"{TARGET}/release", "release"):
        for unit in ("project-00000000000000aa", "memchr-00000000000000bb"):
            folder = build.sharing.target_dir / place / ".fingerprint" / unit
            folder.mkdir(parents=True, exist_ok=True)


def built(build, project):
    """Build a tree, as cargo would."""
    shared_target.settle([build], project)
    compiled(build)


def units(build):
    return sorted({unit.name.split("-")[0] for unit in build.sharing.target_dir.rglob("*-00000*")})


ALL, THEIRS = ["memchr", "project"], ["memchr"]


def test_another_tree_with_other_content_takes_the_projects_own_crates(tree, build):
    built(build, tree("one"))
    # An equal tree is the same; an edited one is cargo's own affair.
    for it in (("one",), ("two",), ("two", "pub fn g() {}\n")):
        shared_target.settle([build], tree(*it))
        assert units(build) == ALL
    shared_target.settle([build], tree("one"))
    assert units(build) == THEIRS


def test_a_crate_next_to_the_project_counts(tree, build):
    built(build, tree("one"))
    other = tree("two")
    (other.root.parent / "beside/src/lib.rs").write_text("pub fn h() {}\n")
    shared_target.settle([build], other)
    assert units(build) == THEIRS


@pytest.mark.parametrize("text", ["", "[]", '{"root": 1}', "\xff"])
def test_a_directory_of_unknown_origin_is_another_tree(tree, build, text):
    (build.sharing.target_dir / "tree.json").write_text(text, encoding="latin-1")
    shared_target.settle([build], tree("one"))
    assert units(build) == THEIRS
