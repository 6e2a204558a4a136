"""The variants of greeter are greeter with small differences."""

import pytest
import sample_crates

EDITED = {"Cargo.lock", "Cargo.toml", "pyproject.toml", "src/lib.rs"}


def files(folder):
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize("name", sample_crates.VARIANTS)
def test_a_variant_differs_from_greeter_only_by_its_edits(name, tmp_path):
    base = files(sample_crates.write(tmp_path / "base"))
    made = files(sample_crates.write(tmp_path / "made", name))
    changed = "pyproject.toml" if name.startswith("greeter-") else "src/lib.rs"
    assert made[changed] != base[changed]
    assert base.keys() <= made.keys()
    assert sample_crates.EDITS not in made
    assert {name for name in base if made[name] != base[name]} <= EDITED


def test_every_folder_is_a_package_or_a_variant():
    others = {"greeter", "probe"}
    folders = {path.name for path in sample_crates.PACKAGES.iterdir() if path.is_dir()}
    assert folders == others | set(sample_crates.VARIANTS)
    assert len(sample_crates.VARIANTS) >= 16


@pytest.mark.parametrize(("text", "count"), [("a c", 0), ("a b b", 2)])
def test_an_edit_that_does_not_fit_one_place_fails(text, count, tmp_path):
    path = tmp_path / "lib.rs"
    path.write_text(text)
    with pytest.raises(AssertionError, match=f"{count} places"):
        sample_crates.replace(path, "b", "d")
    assert path.read_text() == text


def test_a_lock_gets_the_crates_that_a_crate_depends_on():
    lock = (sample_crates.PACKAGES / "greeter/Cargo.lock").read_text()
    before = sample_crates.entries(lock)
    after = sample_crates.entries(sample_crates.locked(lock, ["mimalloc"]))
    assert set(after) - set(before) == {
        "cc",
        "find-msvc-tools",
        "libmimalloc-sys",
        "mimalloc",
        "shlex",
    }
    assert list(after) == sorted(after)
    assert sample_crates.dependencies(after["greeter"]) == ["mimalloc", "pyo3", "rtvariants-guard"]
    assert {name: after[name] for name in before if name != "greeter"} == {
        name: before[name] for name in before if name != "greeter"
    }
