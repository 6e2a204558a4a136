"""No runtime is older than its sources: what is compiled again, and what cargo judges itself."""

import itertools
import os
import shutil
from dataclasses import replace

import pytest
from builds import CRATE, build_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_crates import run

from rtvariants.compile import freshness
from rtvariants.toolchain.metadata import Graph, Package

TARGET = "x86_64-unknown-linux-gnu"
OLD = (946_684_800, 946_684_800)
needs_cargo = pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo")


class Tree:
    """A project with a crate next to it, which a target directory is built from."""

    def __init__(self, root):
        self.root = root
        for folder in (root, root.parent / "beside"):
            (folder / "src").mkdir(parents=True, exist_ok=True)
            (folder / "src/lib.rs").write_text("pub fn f() {}\n")

    def write(self, name, text, times=None):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if times:
            os.utime(path, times)

    def settle(self, build, *, crate=None, scripted=False):
        crate = crate or self.root
        packages = {
            name: Package(name, "1.0.0", folder=folder, scripted=scripted)
            for name, folder in {"g": crate, "beside": self.root.parent / "beside"}.items()
        }
        mine = replace(CRATE, manifest=crate / "Cargo.toml", graph=Graph(packages))
        freshness.settle([build], self.root, mine)


@pytest.fixture
def tree(tmp_path):
    return lambda name="one": Tree(tmp_path / name / "project")


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
            (folder / "invoked.timestamp").touch()


def built(build, tree, *known):
    """Build a tree, as cargo would; `known` are files that it names then."""
    tree.settle(build)
    compiled(build)
    freshness.remember(Artifact(build, tuple(tree.root / name for name in known)))


class Artifact:
    def __init__(self, build, inputs):
        self.build, self.inputs = build, inputs


def units(build):
    return sorted({unit.name.split("-")[0] for unit in build.sharing.target_dir.rglob("*-00000*")})


ALL, THEIRS = ["memchr", "project"], ["memchr"]


def test_another_tree_with_other_content_takes_the_projects_own_crates(tree, build):
    built(build, tree("one"))
    # An equal tree is the same; an edited one is cargo's own affair.
    tree("one").settle(build)
    two = tree("two")
    two.settle(build)
    assert units(build) == ALL
    two.write("src/lib.rs", "pub fn g() {}\n")
    two.settle(build)
    assert units(build) == ALL
    tree("one").settle(build)
    assert units(build) == THEIRS


@pytest.mark.parametrize("name", ["../beside/src/lib.rs", "data.txt", "include/a.h", "src/x/y.bin"])
def test_any_file_of_a_crate_distinguishes_another_tree(tree, build, name):
    one, two = tree("one"), tree("two")
    one.write(name, "1")
    built(build, one)
    two.write(name, "2")
    two.settle(build)
    assert units(build) == THEIRS


def test_a_file_outside_of_all_crates_counts_once_cargo_has_named_it(tree, build):
    one, two = tree("one"), tree("two")
    for here, text in ((one, "1"), (two, "2")):
        here.write("../shared/data.txt", text)
        here.write("../shared/other.txt", text)
    built(build, one, "../shared/data.txt")
    two.settle(build)
    assert units(build) == THEIRS


@pytest.mark.parametrize("name", ["src/lib.rs", "data.txt", "new.rs", "../beside/src/lib.rs"])
def test_other_content_with_an_older_time_is_compiled(tree, build, name):
    here = tree()
    here.write("data.txt", "1")
    built(build, here)
    here.write(name, "pub fn older() {}\n", OLD)
    here.settle(build)
    assert units(build) == THEIRS


def test_the_same_content_with_another_time_is_fresh(tree, build):
    here = tree()
    built(build, here)
    text = (here.root / "src/lib.rs").read_text()
    here.write("src/lib.rs", text, OLD)
    here.settle(build)
    assert units(build) == ALL


def test_other_content_with_the_same_size_and_time_is_compiled(tree, build):
    here = tree()
    here.write("src/lib.rs", "pub fn f() {}\n", OLD)
    built(build, here)
    here.write("src/lib.rs", "pub fn g() {}\n", OLD)
    here.settle(build)
    assert units(build) == THEIRS


def test_a_file_that_is_gone_is_noticed(tree, build):
    here = tree()
    here.write("templates/a.html", "1")
    built(build, here)
    (here.root / "templates/a.html").unlink()
    here.settle(build)
    assert units(build) == THEIRS


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("native/known.c", ALL), ("src/lib.rs", ALL), ("README.md", ALL), ("tests/a.c", ALL),
        ("python/g/__init__.py", ALL), ("python/g/data.json", ALL), ("dist/g-1.tar.gz", ALL),
        ("ignored/a.c", ALL), ("native/a.c", THEIRS), ("data/table.bin", THEIRS),
    ],
)  # fmt: skip
def test_a_newer_file_is_left_to_cargo_unless_only_a_script_or_a_macro_reads_it(
    tree, build, name, left
):
    here = tree()
    here.write(".gitignore", "ignored/\n")
    here.write("python/g/__init__.py", "")
    here.write(name, "before")
    built(build, here, "native/known.c")
    later = max(os.stat(f).st_mtime for f in build.sharing.target_dir.rglob("*")) + 9
    here.write("native/new.c", "a new file is named by one that was there", (later, later))
    here.write(name, "after", (later, later))
    here.settle(build)
    assert units(build) == left


@pytest.mark.parametrize("scripted", [False, True])
def test_a_header_of_the_project_outside_of_its_crates_counts_if_a_script_may_compile_c(
    tree, build, scripted
):
    here = tree()
    crate = here.root / "crates/g"
    for name in ("include/a.h", "crates/g/src/lib.rs"):
        here.write(name, "1")
    here.settle(build, crate=crate, scripted=scripted)
    compiled(build)
    later = max(os.stat(f).st_mtime for f in build.sharing.target_dir.rglob("*")) + 9
    here.write("include/a.h", "2", (later, later))
    here.settle(build, crate=crate, scripted=scripted)
    assert units(build) == (THEIRS if scripted else ALL)


def test_what_is_not_compiled_does_not_count(tree, build):
    here = tree()
    built(build, here)
    for name in (".git/index", "python/a.py", "node_modules/a.js", "src/.lib.rs.swp", "a.so"):
        here.write(name, "x", OLD)
    for folder, mark in (("venv", "pyvenv.cfg"), ("cache", "CACHEDIR.TAG")):
        here.write(f"{folder}/{mark}", "x", OLD)
        here.write(f"{folder}/file", "x", OLD)
    here.settle(build)
    assert units(build) == ALL


@pytest.mark.parametrize("text", ["", "[]", '{"root": 1}', "\xff", '{"root": "/", "files": [1]}'])
def test_a_directory_of_unknown_origin_is_another_tree(tree, build, text):
    (build.sharing.target_dir / "sources.json").write_text(text, encoding="latin-1")
    tree().settle(build)
    assert units(build) == THEIRS


def test_a_file_that_comes_while_cargo_runs_with_an_older_time_is_compiled_again(tree, build):
    here = tree()
    here.settle(build)
    compiled(build)
    here.write("../shared/late.txt", "x", OLD)
    freshness.remember(Artifact(build, (here.root / "../shared/late.txt",)))
    here.settle(build)
    assert units(build) == THEIRS


# ------------------------------------------------------------------------ against cargo itself

#: A crate whose library holds the text of each of these files, by the way in which it reads them.
FILES = (
    "src/part.rs",
    "data.txt",
    "named/a.txt",
    "native/a.c",
    "helper/src/lib.rs",
    "helper/h.txt",
)
LIB = """
mod part;
pub static HOLD: [&str; 6] = [
    part::TEXT, include_str!("../data.txt"), env!("NAMED"),
    include_str!(concat!(env!("OUT_DIR"), "/c")), helper::TEXT, helper::OTHER,
];
#[unsafe(no_mangle)] pub extern "C" fn f(i: usize) -> *const u8 { HOLD[i].as_ptr() }
"""
# As the crate `cc` does: it names variables alone, and reads a file that cargo does not know of.
SCRIPT = """
fn main() {
    println!("cargo::rerun-if-env-changed=CC");
    println!("cargo::rerun-if-changed=named");
    let text = std::fs::read_to_string("named/a.txt").unwrap();
    println!("cargo::rustc-env=NAMED={text}");
    let out = std::env::var("OUT_DIR").unwrap();
    std::fs::write(out + "/c", std::fs::read_to_string("native/a.c").unwrap()).unwrap();
}
"""


@pytest.fixture(scope="module")
def counter():
    return itertools.count()


@pytest.fixture
def small(crate, tmp_path, counter):
    """Return functions that write a file of the small crate, and that build the crate."""
    held = dict.fromkeys(FILES, "")

    def write(name, times=None):
        held[name] = f"text{next(counter):06}"
        path = tmp_path / name
        new = path.with_name(f".{path.name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        text = held[name]
        if name.endswith("part.rs"):
            text = f'pub static TEXT: &str = "{text}";'
        elif name.endswith("lib.rs"):
            text = f'pub static TEXT: &str = "{text}";'
            text += 'pub static OTHER: &str = include_str!("../h.txt");'
        new.write_text(text)
        if times:
            os.utime(new, times)
        os.replace(new, path)

    for name in FILES:
        write(name)
    (tmp_path / "src/lib.rs").write_text(LIB)
    (tmp_path / "build.rs").write_text(SCRIPT)
    (tmp_path / "helper/Cargo.toml").write_text('[package]\nname = "helper"\nversion = "1.0.0"\n')
    with (tmp_path / "Cargo.toml").open("a") as file:
        file.write('[dependencies]\nhelper.path = "helper"\n')
    build = crate("one", "one", others=("helper",))
    packages = {
        name: Package(name, "1.0.0", folder=folder, scripted=name == "small")
        for name, folder in {"small": tmp_path, "helper": tmp_path / "helper"}.items()
    }
    mine = replace(CRATE, manifest=tmp_path / "Cargo.toml", graph=Graph(packages))

    def made():
        """Build, and return the files whose text the library does not hold."""
        freshness.settle([build], tmp_path, mine)
        (data,) = run([build], lambda artifact: artifact.path.read_bytes())
        return [name for name, text in held.items() if text.encode() not in data]

    return write, made


@needs_cargo
@settings(
    max_examples=3, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(st.tuples(st.sampled_from(FILES), st.booleans()), min_size=2, max_size=4))
def test_a_library_holds_what_its_sources_say_whatever_their_times(small, changes):
    write, made = small
    assert made() == []
    for name, old in changes:
        write(name, OLD if old else None)
        assert made() == [], (name, old)


@needs_cargo
def test_a_build_that_takes_cargos_word_holds_old_sources(small, monkeypatch):
    # The control of the test before: without the record, three of the four are missed.
    write, made = small
    assert made() == []
    monkeypatch.setattr(freshness, "_forget", lambda _: None)
    for name in ("src/part.rs", "native/a.c", "helper/h.txt"):
        write(name, OLD)
    assert made() == ["src/part.rs", "native/a.c", "helper/h.txt"]
