"""What uv would not notice: sources that its cache keys leave out."""

import pytest

from rtvariants.project import tree
from rtvariants.project.uv_cache import problem, uses_uv, warn

FILES = ["Cargo.lock", "Cargo.toml", "crates/a/Cargo.toml", "crates/a/src/lib.rs"]


@pytest.fixture
def root(tmp_path):
    for name in ("pyproject.toml", *FILES):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


def keys(*patterns):
    return {"tool": {"uv": {"cache-keys": [{"file": p} for p in patterns]}}}


def test_keys_that_name_everything_are_fine(root):
    data = keys("pyproject.toml", "Cargo.*", "crates/**/*.rs", "crates/**/Cargo.toml")
    assert problem(root, data, FILES) is None


def test_no_keys_at_all(root):
    found = problem(root, {"tool": {"uv": {}}}, FILES).render()
    assert found == (
        "tool.uv.cache-keys: uv uses a cached build although Rust sources changed\n"
        'hint: add to `[tool.uv]`: cache-keys = [{ file = "pyproject.toml" }, '
        '{ file = "Cargo.lock" }, { file = "Cargo.toml" }, '
        '{ file = "crates/**/*.toml" }, { file = "crates/**/*.rs" }]'
    )


def test_keys_that_leave_something_out(root):
    found = problem(root, keys("pyproject.toml", "Cargo.toml", "crates/**/Cargo.toml"), FILES)
    assert found.what == "file that uv does not watch: `Cargo.lock`, and 1 more"
    assert found.hint == 'add to them: { file = "Cargo.lock" }, { file = "crates/**/*.rs" }'


def test_keys_take_the_place_of_uvs_own(root):
    found = problem(root, keys("Cargo.*", "crates/**/*"), FILES)
    assert found.what == "file that uv does not watch: `pyproject.toml`"


def test_keys_outside_of_the_project_are_uvs_matter(root):
    assert problem(root, keys("../**/*.rs", "/etc/hosts", "**/*"), FILES) is None


def test_a_file_below_a_link_is_watched_under_its_own_name(tmp_path):
    (tmp_path / "crates").mkdir()
    for name in ("pyproject.toml", "crates/lib.rs"):
        (tmp_path / name).touch()
    (tmp_path / "copy").symlink_to("crates")
    assert problem(tmp_path, keys("pyproject.toml", "crates/*.rs"), ["copy/lib.rs"]) is None
    left = problem(tmp_path, keys("pyproject.toml", "crates/*.c"), ["copy/lib.rs"])
    assert "`copy/lib.rs`" in left.what


def test_c_code_is_looked_at_too(tmp_path, capsys, monkeypatch):
    crate = tmp_path / "crates/a"
    for name in ("src/lib.rs", "csrc/mix.c", "csrc/mix.h", "data/table.bin", "README.md"):
        (crate / name).parent.mkdir(parents=True, exist_ok=True)
        (crate / name).touch()
    (crate / "Cargo.toml").write_text('[package]\nname = "a"\n')
    (tmp_path / "pyproject.toml").write_text(
        '[tool.rtvariants]\ncrate = "crates/a"\nmodule = "a._core"\nenv = "A"\n'
        '[[tool.rtvariants.runtimes]]\nname = "one"\nlevel = "x86_64"\n'
    )
    monkeypatch.setenv("UV", "/bin/uv")
    warn(tree.read(tmp_path))
    said = capsys.readouterr().err
    for suffix in ("rs", "toml", "c", "h", "bin"):
        assert f'{{ file = "crates/**/*.{suffix}" }}' in said
    assert ".md" not in said
    line = said.partition("`[tool.uv]`: ")[2]
    with (tmp_path / "pyproject.toml").open("a") as file:
        file.write(f"[tool.uv]\n{line}")
    warn(tree.read(tmp_path))
    assert capsys.readouterr().err == ""


def test_the_hint_fixes_it(root):
    import re

    hint = problem(root, {}, FILES).hint
    assert problem(root, keys(*re.findall('"(.*?)"', hint)), FILES) is None


@pytest.mark.parametrize(
    ("data", "environ", "expected"),
    [({}, {}, False), ({"tool": {"uv": {}}}, {}, True), ({}, {"UV": "/bin/uv"}, True)],
)
def test_projects_that_use_uv(tmp_path, data, environ, expected):
    assert uses_uv(tmp_path, data, environ) is expected


def test_a_lock_file_of_uv_tells_too(tmp_path):
    (tmp_path / "uv.lock").write_text("")
    assert uses_uv(tmp_path, {}, {})


@pytest.mark.parametrize("folder", [".", "tests/packages/greeter"])
def test_uv_looks_at_all_that_this_project_is_built_of(request, folder, capsys):
    warn(tree.read(request.config.rootpath / folder))
    assert capsys.readouterr().err == ""
