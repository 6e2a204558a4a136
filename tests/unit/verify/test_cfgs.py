"""What reads a `--cfg`: sources that the compiler read, build scripts and manifests."""

from dataclasses import replace

import pytest

from rtvariants.compile.artifact import Unit
from rtvariants.verify.cfgs import of_flags, reads, unread


@pytest.mark.parametrize(
    ("source", "cfg", "expected"),
    [
        ("#[cfg(fast)] fn f() {}", "fast", True),
        ("#[cfg(all(unix, not(fast)))] fn f() {}", "fast", True),
        ("#[cfg_attr(fast, inline)] fn f() {}", "fast", True),
        ("let a = cfg!(fast);", "fast", True),
        ("cfg_select! { fast => {} _ => {} }", "fast", True),
        ('#[cfg(kind = "a")]', 'kind="a"', True),
        ('#[cfg(any(kind="b", kind = "a"))]', 'kind="a"', True),
        ('#[cfg(kind = "b")]', 'kind="a"', False),
        ('#[cfg(kind = "a")]', "kind", False),
        ("#[cfg(faster)]", "fast", False),
        ("fn fast() { if cfg!(slow) { fast() } }", "fast", False),
        ("// #[cfg(fast)]\n/* #[cfg(fast)] */", "fast", False),
        ('let a = "#[cfg(fast)]";', "fast", False),
        ('let a = r#"cfg!(fast)"#;', "fast", False),
        ("let a = '\"'; #[cfg(fast)] let b = '\"';", "fast", True),
        ("fn f<'a>(x: &'a str) { cfg!(fast) }", "fast", True),
        ('#[cfg(path = ")", fast)]', "fast", True),
    ],
)
def test_source_reads_a_flag(source, cfg, expected):
    assert reads(source, cfg) is expected


def test_flags_are_read_in_both_spellings():
    assert of_flags(["-Cx", "--cfg", "a", '--cfg=b="c"', "--cfg"]) == ("a", 'b="c"')
    assert of_flags([]) == ()


@pytest.fixture
def unit(tmp_path):
    """Return a crate whose compiler read two files of three, and noted them in its dep-info."""
    (tmp_path / "src").mkdir()
    (tmp_path / "deps").mkdir()
    (tmp_path / "Cargo.toml").write_text("[package]\nname = 'g'\n")
    (tmp_path / "src/lib.rs").write_text("mod some_part;\n#[cfg(one)] mod one;")
    (tmp_path / "src/a part.rs").write_text("#[cfg(two)] fn f() {}")
    (tmp_path / "src/unread.rs").write_text("#[cfg(three)] fn f() {}")
    note = f"{tmp_path}/deps/g-1.d: src/lib.rs {tmp_path}/src/a\\ part.rs\n\nsrc/lib.rs:\n"
    (tmp_path / "deps/g-1.d").write_text(note)
    return Unit(
        "path+file:///g#0.1.0", "g", ("lib",), (), tmp_path / "Cargo.toml",
        tmp_path / "src/lib.rs", (tmp_path / "deps/libg-1.rlib",), for_host=False,
    )  # fmt: skip


def test_only_files_that_the_compiler_read_count(unit):
    assert unread(["one", "two", "three", "four"], [unit]) == ("three", "four")
    assert unread(["one"], []) == ("one",)


def test_flags_do_not_reach_code_that_runs_during_the_build(unit):
    assert unread(["one"], [replace(unit, for_host=True)]) == ("one",)


def test_a_build_script_and_a_manifest_can_read_a_flag(unit, tmp_path):
    (tmp_path / "build.rs").write_text('fn main() { std::env::var("CARGO_CFG_FOUR"); }')
    (tmp_path / "Cargo.toml").write_text("[target.'cfg(five)'.dependencies]\n# cfg(six)\n")
    script = replace(unit, kinds=("custom-build",), source=tmp_path / "build.rs", for_host=True)
    assert unread(["three", "four", "five", "six"], [unit, script]) == ("three", "six")
