"""What uv would not notice: sources that its cache keys leave out."""

import pytest

from rtvariants.uvcache import problem, uses_uv

FILES = ["Cargo.lock", "Cargo.toml", "crates/a/Cargo.toml", "crates/a/src/lib.rs"]


@pytest.fixture
def root(tmp_path):
    for name in FILES:
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
        "tool.uv.cache-keys: uv takes a cached build although Rust sources changed\n"
        'hint: add { file = "Cargo.lock" }, { file = "Cargo.toml" }, '
        '{ file = "crates/**/*.rs" }, { file = "crates/**/*.toml" }'
    )


def test_keys_that_leave_something_out(root):
    found = problem(root, keys("Cargo.toml", "crates/**/Cargo.toml"), FILES)
    assert found.what == "file that uv does not look at: `Cargo.lock`, and 1 more"
    assert found.hint == 'add { file = "Cargo.lock" }, { file = "crates/**/*.rs" }'


def test_the_hint_mends_it(root):
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
