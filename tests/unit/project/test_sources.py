"""Which files the runtimes are built of: read from manifests, version control not asked."""

from types import SimpleNamespace

import pytest
from folders import lay_out

from rtvariants.errors import RtvariantsError
from rtvariants.loader.editable.rebuild import signature
from rtvariants.project.sources import find


def project(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    data = {"build-system": {"backend-path": ["tools/plugin"]}}
    (root / "pyproject.toml").touch()
    return lambda crate: find(
        SimpleNamespace(root=root, crate=root / crate, units=[SimpleNamespace(crate=root / crate)]),
        data,
    )


WORKSPACE = {
    "Cargo.toml": (
        '[workspace]\nmembers = ["crates/*"]\n'
        '[workspace.dependencies]\nshared = { path = "vendored/shared" }\n'
    ),
    "Cargo.lock": "",
    ".cargo/config.toml": "",
    ".gitignore": "Cargo.lock\n",
    "rust-toolchain.toml": "",
    "crates/a/Cargo.toml": '[target."cfg(unix)".dependencies]\nb = { path = "../../lib/b" }\n',
    "crates/a/src/lib.rs": "",
    "crates/a/csrc/sum.c": "",
    "crates/a/tests/data/big.bin": "",
    "crates/a/tests/all.rs": "",
    "crates/a/target/debug/x": "",
    "crates/unused/Cargo.toml": "[package]\n",
    "lib/b/Cargo.toml": "[package]\n",
    "lib/b/build.rs": "",
    "vendored/shared/Cargo.toml": "[package]\n",
    "vendored/other/Cargo.toml": "[package]\n",
    "tools/plugin/p/__init__.py": "",
    "tools/plugin/p/__pycache__/x.pyc": "",
    "python/pkg/__init__.py": "",
}


def test_a_workspace_gives_its_members_what_they_name_and_the_plugin(tmp_path):
    found = project(tmp_path, WORKSPACE)("crates/a").files()
    assert list(found) == [
        ".cargo/config.toml",
        "Cargo.lock",
        "Cargo.toml",
        "crates/a/Cargo.toml",
        "crates/a/csrc/sum.c",
        "crates/a/src/lib.rs",
        "crates/a/tests/all.rs",
        "crates/unused/Cargo.toml",
        "lib/b/Cargo.toml",
        "lib/b/build.rs",
        "rust-toolchain.toml",
        "tools/plugin/p/__init__.py",
        "vendored/shared/Cargo.toml",
    ]


def test_a_crate_in_the_projects_own_folder_gives_only_what_cargo_reads(tmp_path):
    files = {
        "Cargo.toml": '[package]\nbuild = "make.rs"\n[[bench]]\nname = "b"\npath = "speed/b.rs"\n',
        "src/lib.rs": "",
        "make.rs": "",
        "speed/b.rs": "",
        "python/pkg/__init__.py": "",
        "notes.rs": "",
    }
    found = project(tmp_path, files)(".").files()
    assert list(found) == ["Cargo.toml", "make.rs", "speed/b.rs", "src/lib.rs"]


def test_what_cargos_configuration_includes_is_a_source(tmp_path):
    files = {
        "Cargo.toml": '[package]\nname = "a"\n',
        ".cargo/config.toml": 'include = ["flags.toml", { path = "no.toml", optional = true }]\n',
        ".cargo/flags.toml": 'include = "../more/flags.toml"\n',
        "more/flags.toml": 'include = ["../.cargo/flags.toml"]\n',
    }
    assert set(project(tmp_path, files)(".").files()) == {*files}


def test_a_linked_crate_keeps_the_name_of_the_link(tmp_path):
    (tmp_path / "elsewhere/src").mkdir(parents=True)
    (tmp_path / "elsewhere/Cargo.toml").write_text("[package]\n")
    (tmp_path / "elsewhere/src/lib.rs").write_text("")
    root = tmp_path / "project"
    find_in = project(root, {"Cargo.toml": '[package]\n[dependencies]\nx = { path = "x" }\n'})
    (root / "x").symlink_to(tmp_path / "elsewhere")
    assert list(find_in(".").files()) == ["Cargo.toml", "x/Cargo.toml", "x/src/lib.rs"]


def test_a_crate_of_another_workspace_brings_the_manifest_that_it_inherits_from(tmp_path):
    files = {
        "Cargo.toml": '[package]\n[dependencies]\nx = { path = "sub/crates/x" }\n',
        "sub/Cargo.toml": (
            '[workspace]\nmembers = ["crates/*"]\n[workspace.dependencies]\n'
            'y = { path = "crates/y" }\nz = { path = "crates/z" }\nw = "1"\n'
        ),
        "sub/Cargo.lock": "",
        "sub/crates/x/Cargo.toml": "[dependencies]\ny.workspace = true\nw.workspace = true\n",
        "sub/crates/y/Cargo.toml": "[package]\n",
        "sub/crates/z/Cargo.toml": "[package]\n",
    }
    assert list(project(tmp_path, files)(".").files()) == [
        "Cargo.toml", "sub/Cargo.toml", "sub/crates/x/Cargo.toml", "sub/crates/y/Cargo.toml",
    ]  # fmt: skip


@pytest.mark.parametrize("spec", ['{ path = "sub/x" }', "{ workspace = true }"])
def test_a_missing_crate_is_reported(tmp_path, spec):
    shared = 'unused = { path = "nowhere" }\nx = { path = "sub/x" }\n'
    text = f"[package]\n[dependencies]\nx = {spec}\n[workspace.dependencies]\n{shared}"
    find_in = project(tmp_path, {"Cargo.toml": text})
    with pytest.raises(RtvariantsError) as caught:
        find_in(".").files()
    hint = "hint: where it is a submodule: git submodule update --init"
    assert str(caught.value) == f"no crate in {tmp_path / 'sub/x'}\n{hint}"
    (tmp_path / "sub/x").mkdir(parents=True)
    (tmp_path / "sub/x/Cargo.toml").write_text("[package]\n")
    assert list(find_in(".").files()) == ["Cargo.toml", "sub/x/Cargo.toml"]


def test_a_crate_outside_is_reported(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/Cargo.toml").write_text("[package]\n")
    text = '[package]\n[build-dependencies]\nx = { path = "../out" }\n'
    find_in = project(tmp_path / "project", {"Cargo.toml": text})
    with pytest.raises(RtvariantsError, match=r"crate outside of the project: .*out"):
        find_in(".").files()


def test_what_an_editor_keeps_next_to_a_file_is_no_change(tmp_path):
    found = project(tmp_path, WORKSPACE)("crates/a")
    before = found.times()
    sources = tmp_path / "crates/a/src"
    for name in (".lib.rs.swp", "lib.rs~", "#lib.rs#", ".#lib.rs"):
        (sources / name).write_text("x")
    assert found.times() == before
    folders = tuple(map(str, found.folders()))
    state = signature(folders, ())
    (sources / ".lib.rs.swp").unlink()
    assert signature(folders, ()) == state
    (sources / "new.rs").touch()
    assert set(found.times()) - set(before) == {str(sources / "new.rs")}
    assert signature(folders, ()) != state


def test_links_in_a_circle_and_to_nowhere_are_no_files(tmp_path):
    find_in = project(tmp_path, WORKSPACE)
    before = find_in("crates/a").files()
    sources = tmp_path / "crates/a/src"
    (sources / "up").symlink_to("..")
    (sources / "self").symlink_to(".")
    (sources / ".#lib.rs").symlink_to("me@here.123")
    assert find_in("crates/a").files() == before
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside/x.c").touch()
    (sources / "linked").symlink_to("../../../beside")
    assert set(find_in("crates/a").files()) - set(before) == {"crates/a/src/linked/x.c"}


def test_an_edit_during_the_build_is_reported(tmp_path, capsys):
    found = project(tmp_path, WORKSPACE)("crates/a")
    before = found.times()
    found.warn_of_edits(before)
    assert capsys.readouterr().err == ""
    source = tmp_path / "crates/a/src/lib.rs"
    source.write_text("// edited")
    (tmp_path / "crates/a/csrc/sum.c").unlink()
    (tmp_path / "crates/a/src/new.rs").touch()
    found.warn_of_edits(before)
    first, second = capsys.readouterr().err.splitlines()
    removed = tmp_path / "crates/a/csrc/sum.c"
    assert first == f"warning: changed during the build: `{removed}`, and 2 more"
    assert second.startswith("hint: build again")


ROOT_CRATE = {
    "Cargo.toml": '[package]\nname = "a"\nreadme = "docs/README.md"\n',
    "build.rs": (
        'fn main() { cc::Build::new().file("csrc/sum.c"); '
        'println!("cargo::rerun-if-changed=schema"); format!("proto/{name}.proto"); }'
    ),
    "src/lib.rs": (
        'mod dist;\nconst A: &[u8] = include_bytes!("../data/table.bin");\n'
        '#[folder = "assets/"]\nstruct B;\nconst C: &str = "python/";\n'
    ),
    "src/dist/mod.rs": "",
    "csrc/sum.c": "",
    "csrc/sum.h": "",
    "schema/x.json": "",
    "proto/a.proto": "",
    "data/table.bin": "",
    "assets/logo.svg": "",
    "docs/README.md": "",
    "python/pkg/__init__.py": "",
    "python/pkg/data.bin": "",
    "tests/data/big.bin": "",
    "fuzz/Cargo.toml": "",
    "fuzz/a.rs": "",
    ".github/workflow.yml": "",
    ".editorconfig": "",
    "setup.py": "",
    "target/debug/x": "",
    "dist/a-1.tar.gz": "",
}


def test_a_crate_in_the_projects_own_folder_ships_all_of_its_files(tmp_path):
    found = project(tmp_path, ROOT_CRATE)(".")
    read = [
        "Cargo.toml", "assets/logo.svg", "build.rs", "csrc/sum.c", "data/table.bin",
        "docs/README.md", "proto/a.proto", "schema/x.json", "src/dist/mod.rs", "src/lib.rs",
    ]  # fmt: skip
    assert list(found.files()) == read
    assert sorted(found.shipped()) == sorted([*read, "csrc/sum.h"])
    # A new file in a folder that the code names is a change.
    watched = {str(folder.relative_to(tmp_path)) for folder in found.folders()}
    assert watched == {"src", "assets", "schema", "proto"}


def test_what_code_names_outside_of_its_crate_is_a_source(tmp_path):
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["crates/a"]\n',
        "README.md": "",
        "other.md": "",
        "csrc/x.c": "",
        "crates/a/Cargo.toml": '[package]\nname = "a"\n',
        "crates/a/build.rs": '"../../csrc"',
        "crates/a/src/lib.rs": (
            '#![doc = include_str!("../../../README.md")]\n'
            'const X: &str = include_str!("../../../../outside.txt");\n'
            'const Y: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), \n'
            '"/../../../y.txt"));\n'
        ),
    }
    root = tmp_path / "project"
    found = project(root, files)("crates/a")
    assert set(found.files()) == {*files} - {"other.md"}
    assert found.unreachable() == []
    for name in ("outside.txt", "y.txt"):
        (tmp_path / name).touch()
    outside = [path for path, _ in found.unreachable()]
    assert outside == [tmp_path / "outside.txt", tmp_path / "y.txt"]


@pytest.mark.parametrize(
    ("above", "own"),
    [
        ('[workspace]\nmembers = ["project"]\n', ""),
        ('[workspace]\nmembers = ["p*"]\nexclude = ["other"]\n', ""),
        ("[workspace]\n", 'workspace = "../elsewhere"\n'),
    ],
)
def test_a_workspace_above_the_project_is_found_by_cargos_rules(tmp_path, above, own):
    find_in = project(tmp_path / "project", {"Cargo.toml": f'[package]\nname = "a"\n{own}'})
    (tmp_path / "elsewhere").mkdir()
    for folder in (tmp_path, tmp_path / "elsewhere"):
        (folder / "Cargo.toml").write_text(above)
    found = find_in(".")
    assert found.incomplete()
    assert found.workspace == tmp_path / ("elsewhere" if own else "")


@pytest.mark.parametrize(
    ("above", "own"),
    [
        ('[workspace]\nexclude = ["project"]\n', ""),
        ('[workspace]\nmembers = ["project"]\n', "[workspace]\n"),
        ('[package]\nname = "other"\n', ""),
    ],
)
def test_a_manifest_above_that_has_nothing_to_do_with_the_project_does_not_matter(
    tmp_path, above, own
):
    find_in = project(tmp_path / "project", {"Cargo.toml": f'[package]\nname = "a"\n{own}'})
    (tmp_path / "Cargo.toml").write_text(above)
    assert find_in(".").workspace == tmp_path / "project"
    assert list(find_in(".").files()) == ["Cargo.toml"]


def test_each_extension_module_may_have_a_workspace_with_a_lock_file_of_its_own(tmp_path):
    lay_out(
        tmp_path,
        {
            "pyproject.toml": "",
            **{f"{name}/{file}": "" for name in "abc" for file in ("Cargo.lock", "src/lib.rs")},
            **{f"{name}/Cargo.toml": f'[package]\nname = "{name}"\n' for name in "abc"},
        },
    )
    units = [SimpleNamespace(crate=tmp_path / name) for name in ("a", "b", "a")]
    found = find(SimpleNamespace(root=tmp_path, crate=tmp_path / "a", units=units), {})
    assert found.workspaces == (tmp_path / "a", tmp_path / "b")
    assert sorted(found.files()) == [
        f"{name}/{file}" for name in "ab" for file in ("Cargo.lock", "Cargo.toml", "src/lib.rs")
    ]
    # An editable install watches it: another version of a crate is another build.
    assert tmp_path / "b/Cargo.lock" in found.single()
