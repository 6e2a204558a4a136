"""The SBOM: what was compiled with which features, and the same bytes each time."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import feature_workspace
import pytest
from builds import build_of, changed
from feature_workspace import TARGET

from rtvariants.compile.artifact import Artifact, Unit, units
from rtvariants.toolchain.metadata import Graph, Package
from rtvariants.verify.sbom import Facts, leaks, read, text

INDEX = "registry+https://github.com/rust-lang/crates.io-index"
REPOSITORY = "git+https://example.org/r.git?rev=1#abcdef"


def unit(name, *features, source=INDEX, kind="lib", host=False):
    return Unit(
        f"{source}#{name}@1.0.0", name, (kind,), features, Path("/home/me/Cargo.toml"),
        Path("/home/me/lib.rs"), (Path("/home/me/t/x.rlib"),), for_host=host,
    )  # fmt: skip


UNITS = (
    unit("app", "big", source="path+file:///home/me/app", kind="cdylib"),
    unit("serde", "std"),
    unit("serde", "std", "build", kind="custom-build", host=True),
    unit("syn", "full", host=True),
    unit("forked", source=REPOSITORY.partition("#")[0]),
)
GRAPH = Graph(
    {
        UNITS[0].package_id: Package(
            "app", "1.0.0", dependencies=(UNITS[1].package_id, "not built")
        ),
        UNITS[1].package_id: Package("serde", "1.0.0", INDEX, "MIT/Apache-2.0", checksum="ab" * 32),
        UNITS[3].package_id: Package("syn", "1.0.0", INDEX, "MIT"),
        UNITS[4].package_id: Package("forked", "1.0.0", REPOSITORY),
    }
)
BUILD = build_of(
    lib="app", cargo_features=("big",), rust_features=("avx",), index_bits=32,
    rustflags=("-Ctarget-cpu=x86-64-v3", "--remap-path-prefix=/home/me=/x"),
    c_flags=("-march=x86-64-v3", "-ffile-prefix-map=/home/me=/x"),
)  # fmt: skip


@pytest.fixture
def make(tmp_path):
    native = tmp_path / "native.so"
    native.write_bytes(b"\x7fELF")

    def make(allowed=(("it asks", 3),), **changes):
        artifact = Artifact(BUILD, native, ("big",), (), 1, UNITS)
        stamp = {"package": "app", "version": "2.0", "toolchain": "rustc 1.95.0 (x 2026-04-14)"}
        facts = Facts(stamp, native, "2.17", allowed)
        return text(replace(artifact, **changes), GRAPH, facts)

    return make


def test_it_lists_the_crates_of_the_build_and_marks_those_that_only_ran(make):
    sbom = json.loads(make())
    found = {c["name"]: c for c in sbom["components"]}
    assert list(found) == ["app", "forked", "serde", "syn", "rust-std"]
    assert [c["scope"] for c in found.values()] == [
        "required", "required", "required", "excluded", "required",
    ]  # fmt: skip
    # The features are the library's, not those of what ran while building.
    assert found["serde"]["properties"][0]["value"] == "std"
    assert found["serde"]["purl"] == "pkg:cargo/serde@1.0.0"
    assert found["serde"]["licenses"] == [{"expression": "MIT OR Apache-2.0"}]
    assert found["serde"]["hashes"] == [{"alg": "SHA-256", "content": "ab" * 32}]
    assert found["forked"]["purl"].startswith("pkg:cargo/forked@1.0.0?vcs_url=git%2Bhttps%3A%2F%2F")
    assert "purl" not in found["app"]
    assert found["rust-std"]["version"] == "1.95.0"


def of_packages(*packages, **changes):
    """Return the components of a build from packages, by their names, in their order."""
    units = tuple(
        replace(unit(p.name), package_id=f"{p.source or 'path+file:///w'}#{p.name}@{p.version}")
        for p in packages
    )
    graph = Graph({u.package_id: p for u, p in zip(units, packages, strict=True)})
    artifact = Artifact(BUILD, NATIVE, ("big",), (), 1, units)
    facts = Facts({"toolchain": "rustc 1.95.0"}, NATIVE, "2.17", **changes)
    return json.loads(text(artifact, graph, facts))


NATIVE = Path(__file__)


def test_a_crate_of_another_place_is_not_one_of_crates_io():
    mine = "sparse+https://me:secret@crates.example.org/index/"
    packages = [
        Package("a", "1.0.0", "sparse+https://index.crates.io/"),
        Package("b", "1.0.0", mine),
        Package("c", "1.0.0", "git+https://token@example.org/c.git#abc"),
        Package("d", "1.0.0", "git+ssh://git@example.org/d.git#abc"),
        Package("e", "1.0.0", "git+file:///home/me/e#abc"),
    ]
    made = of_packages(*packages)
    assert [c.get("purl") for c in made["components"][:-1]] == [
        "pkg:cargo/a@1.0.0",
        "pkg:cargo/b@1.0.0?repository_url=https%3A%2F%2Fcrates.example.org%2Findex%2F",
        "pkg:cargo/c@1.0.0?vcs_url=git%2Bhttps%3A%2F%2Fexample.org%2Fc.git%23abc",
        "pkg:cargo/d@1.0.0?vcs_url=git%2Bssh%3A%2F%2Fexample.org%2Fd.git%23abc",
        "pkg:cargo/e@1.0.0",
    ]
    said = json.dumps(made)
    assert not any(word in said for word in ("secret", "token", "%2Fhome%2Fme", "/home/me"))


def test_licenses_are_expressions_or_the_name_of_a_file():
    packages = [
        Package("a", "1.0.0", INDEX, "MIT / Apache-2.0"),
        Package("b", "1.0.0", INDEX, license_file="docs/LICENSE.txt"),
        Package("c", "1.0.0", INDEX),
    ]
    assert [c.get("licenses") for c in of_packages(*packages)["components"][:-1]] == [
        [{"expression": "MIT OR Apache-2.0"}],
        [{"license": {"name": "file LICENSE.txt of the crate"}}],
        None,
    ]


def test_several_versions_and_two_sources_of_one_have_names_of_their_own():
    packages = [
        Package("a", "1.0.0", INDEX),
        Package("a", "2.0.0", INDEX),
        Package("a", "2.0.0", REPOSITORY.partition("#")[0]),
    ]
    made = of_packages(*packages)
    names = [c["bom-ref"] for c in made["components"][:-1]]
    assert names[0] == "cargo:a@1.0.0"
    assert len(set(names)) == 3
    assert [d["ref"] for d in made["dependencies"][1:]] == names


def test_static_libraries_of_c_code_are_listed_with_their_crate():
    made = of_packages(
        Package("zstd-sys", "2.1.3+zstd.1.5.7", INDEX), libraries=[("zstd-sys", "libzstd.a")]
    )
    assert {"name": "rtvariants:static-library", "value": "libzstd.a"} in made["components"][0][
        "properties"
    ]


def test_a_package_that_cargo_metadata_does_not_name_is_described_by_its_manifest(tmp_path):
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "late"\nlicense = "MIT"\n')
    late = replace(unit("late", "std"), manifest=tmp_path / "Cargo.toml")
    artifact = Artifact(BUILD, NATIVE, ("big",), (), 1, (late,))
    (found, _) = json.loads(text(artifact, Graph(), Facts({}, NATIVE, "")))["components"]
    assert (found["purl"], found["licenses"]) == ("pkg:cargo/late@1.0.0", [{"expression": "MIT"}])


def test_it_lists_exactly_what_cargo_compiles(tmp_path):
    app = feature_workspace.write(tmp_path)
    options = ["--target", TARGET, "--features", "python,both"]
    argv = ["cargo", "build", "--lib", "--offline", "--message-format=json", *options]
    said = subprocess.run(argv, cwd=app, check=True, capture_output=True, text=True).stdout
    messages = [json.loads(line) for line in said.splitlines()]
    build = changed(BUILD, target=TARGET, target_dir=tmp_path / "target", lib="app")

    def listed(messages):
        artifact = Artifact(build, NATIVE, (), (), 1, units(build, messages))
        components = json.loads(text(artifact, Graph(), Facts({}, NATIVE, "")))["components"]
        return {
            (c["name"], tuple(filter(None, c["properties"][0]["value"].split(","))),
             c["scope"] == "required")
            for c in components[:-1]
        }  # fmt: skip

    compiled = feature_workspace.compiled(app, options, {})
    linked = {node.name for node in compiled if node.linked}
    expected = {
        (n.name, n.features, n.linked) for n in compiled if n.linked or n.name not in linked
    }
    assert listed(messages) == expected
    # One message less is a crate less.
    planted = [m for m in messages if "middle" not in m.get("package_id", "")]
    assert listed(planted) == {each for each in expected if each[0] != "middle"}


def test_dependencies_lead_from_the_native_to_its_crates(make):
    edges = {d["ref"]: d["dependsOn"] for d in json.loads(make())["dependencies"]}
    assert edges["app-fast"] == ["cargo:app@1.0.0", "rust-std"]
    assert edges["cargo:app@1.0.0"] == ["cargo:serde@1.0.0"]
    assert edges["cargo:syn@1.0.0"] == []


def test_the_native_is_described_without_folders_of_the_machine(make):
    native = json.loads(make())["metadata"]["component"]
    said = {p["name"]: p["value"] for p in native["properties"]}
    assert (native["name"], native["version"]) == ("app", "2.0")
    assert said["rtvariants:rustflags"] == "-Ctarget-cpu=x86-64-v3"
    assert said["rtvariants:cflags"] == "-march=x86-64-v3"
    assert said["rtvariants:glibc"] == "2.17"


def test_a_single_function_that_is_allowed_is_counted_in_the_singular(make):
    native = json.loads(make(allowed=(("it asks", 1),)))["metadata"]["component"]
    said = {p["name"]: p["value"] for p in native["properties"]}
    assert said["rtvariants:instructions-allowed"] == "1 function: it asks"


def test_folders_with_spaces_are_left_out_too(make):
    flags = ("-ffile-prefix-map=/my home/target=/target", "-march=x86-64-v3")
    build = changed(BUILD, c_flags=flags)
    native = json.loads(make(build=build))["metadata"]["component"]
    said = {p["name"]: p["value"] for p in native["properties"]}
    assert said["rtvariants:cflags"] == "-march=x86-64-v3"
    assert said["rtvariants:instructions-allowed"] == "3 functions: it asks"
    assert "/home/me" not in make()


def test_equal_builds_give_equal_bytes_and_other_builds_another_number(make):
    assert make() == make()
    other = make(features=("big", "more"))
    numbers = {json.loads(sbom)["serialNumber"] for sbom in (make(), other)}
    assert len(numbers) == 2
    assert all(number.startswith("urn:uuid:") for number in numbers)


def test_the_published_schema_accepts_it(make):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    judge = JsonStrictValidator(SchemaVersion.V1_6)
    assert judge.validate_str(make()) is None
    assert judge.validate_str(make().replace('"scope"', '"skope"', 1)) is not None


def test_a_path_of_the_machine_in_it_is_a_violation():
    said = '{"value": "-L/home/me/lib"}'
    (problem,) = leaks(said, [Path("/home/me"), Path("/root"), Path("/other/place")])
    assert problem.rule == "build-paths"
    assert "`/home/me`" in problem.what


def test_it_is_read_back_as_it_was_written(make):
    found = read(make().encode())
    native = json.loads(make())["metadata"]["component"]
    assert found.package == native["name"] == "app"
    assert found.hashes == {native["hashes"][0]["content"]}
    assert found.properties["cargo-features"] == "big"


def test_a_property_that_stands_several_times_has_a_line_each():
    properties = [{"name": "rtvariants:code-bytes", "value": f"{n} 1"} for n in ("core", "std")]
    native = {"name": "app", "properties": properties, "hashes": []}
    found = read(json.dumps({"metadata": {"component": native}}).encode())
    assert found.properties == {"code-bytes": "core 1\nstd 1"}
    assert found.runtime == ""


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[", b"{}", b"\xff", b"[" * 100_000, b"null",
        b'{"metadata": {"component": null}}',
        b'{"metadata": {"component": {"name": "a", "properties": null, "hashes": []}}}',
        b'{"metadata": {"component": {"name": "a", "properties": [{}], "hashes": []}}}',
        b'{"metadata": {"component": {"properties": [], "hashes": []}}}',
        b'{"metadata": {"component": {"name": "a", "properties": []}}}',
    ],
)  # fmt: skip
def test_any_other_text_is_an_error(data):
    with pytest.raises(ValueError, match="not the SBOM of a runtime"):
        read(data)
