"""What cargo's features turn on, through the crates that lead to one another."""

from rtvariants.toolchain.metadata import Line, Package, identity, read

METADATA = {
    "packages": [
        {
            "id": "app", "name": "app", "version": "1.0.0", "source": None, "license": None,
            "dependencies": [
                {"name": "core", "rename": "engine", "kind": None, "features": ["fast"],
                 "uses_default_features": False, "optional": False, "target": None},
                {"name": "serde", "rename": None, "kind": None, "features": ["alloc"],
                 "uses_default_features": True, "optional": True, "target": None},
                {"name": "core", "rename": None, "kind": "build", "features": ["script"],
                 "uses_default_features": True, "optional": False, "target": None},
                {"name": "core", "rename": "engine", "kind": None, "features": ["old"],
                 "uses_default_features": True, "optional": False, "target": "cfg(windows)"},
            ],
            "features": {
                "default": ["small"], "small": [], "big": ["engine/wide", "dep:serde"],
                "all": ["big", "serde?/derive"], "both": ["serde/derive"], "again": ["engine/fast"],
            },
        },
        {
            "id": "core2", "name": "core", "version": "0.2.0", "source": "registry+x",
            "license": "MIT", "dependencies": [],
            "features": {"wide": ["wider"], "wider": [], "fast": ["faster"], "faster": []},
        },
        {
            "id": "serde1", "name": "serde", "version": "1.0.0", "source": "registry+x",
            "license": None, "license_file": "LICENSE", "dependencies": [],
            "features": {"default": ["std"], "std": []},
        },
    ],
    "resolve": {"nodes": [
        {"id": "app", "deps": [
            {"name": "engine", "pkg": "core2", "dep_kinds": [{"kind": None, "target": None}]},
            {"name": "core", "pkg": "core2", "dep_kinds": [{"kind": "build", "target": None}]},
            {"name": "serde", "pkg": "serde1", "dep_kinds": [{"kind": None, "target": None}]},
        ]},
        {"id": "core2", "deps": []}, {"id": "serde1", "deps": []},
    ]},
}  # fmt: skip


def test_a_feature_leads_through_renamed_crates():
    graph = read(METADATA)
    core = {("core2", "wide"), ("core2", "wider")}
    big = {("app", "big"), ("app", "dep:serde"), *core}
    assert graph.asked("app", ["big"]) == big
    assert graph.asked("app", ["all"]) == {("app", "all"), ("serde1", "derive"), *big}
    assert graph.asked("app", ["engine/wide"]) == core
    assert graph.asked("app", ["app/big"]) == big
    assert graph.asked("app", ["both"]) == {
        ("app", "both"), ("app", "dep:serde"), ("serde1", "derive"),
    }  # fmt: skip
    assert graph.asked("app", []) == frozenset()


def test_what_a_crates_own_lines_ask_for_is_implied_and_is_no_request_of_a_feature():
    graph = read(METADATA)
    lines = {("core2", "fast"), ("core2", "faster")}
    assert graph.implied("app", []) == lines
    assert graph.implied("app", ["default"]) == {("app", "default"), ("app", "small"), *lines}
    assert graph.asked("app", ["again"]) == {("app", "again")}
    assert graph.implied("app", ["again"]) == {("app", "again"), *lines}
    # The line of an optional dependency counts where a feature turns the dependency on.
    serde = {("serde1", feature) for feature in ("alloc", "default", "std", "derive")}
    assert graph.implied("app", ["both"]) == {("app", "both"), ("app", "dep:serde"), *serde, *lines}


def test_the_facts_of_a_package():
    graph = read(METADATA)
    assert graph.packages["app"].dependencies == ("core2", "core2", "serde1")
    assert graph.packages["app"].lines == {
        "engine": (Line("core2", ("fast",)),),
        "serde": (Line("serde1", ("default", "alloc"), optional=True),),
    }
    table = {
        "wide": (("core2", "wider"),), "wider": (), "fast": (("core2", "faster"),), "faster": (),
    }  # fmt: skip
    assert graph.packages["core2"] == Package("core", "0.2.0", "registry+x", "MIT", table)
    assert graph.packages["serde1"].license_file == "LICENSE"
    assert read({"packages": [], "resolve": None}).packages == {}


def of_workspace(**changes):
    """Return the graph of app → io → core → memchr and app → guard; core's tests use proptest."""
    uses = {
        "app": ["io", "guard"], "io": ["core"], "guard": [], "core": ["memchr", "proptest"],
        "memchr": [], "proptest": ["app"], "derive": [],
    }  # fmt: skip
    uses |= {name: change for name, change in changes.items() if isinstance(change, list)}
    kinds = {name: change for name, change in changes.items() if isinstance(change, str)}
    packages = [
        {
            "id": name, "name": name, "version": "1.0.0", "license": None, "dependencies": [],
            "source": "registry+x" if name in ("memchr", "proptest") else None, "features": {},
            "manifest_path": f"/w/{name}/Cargo.toml",
            "targets": [{"kind": ["lib"]}, {"kind": [kinds.get(name, "test")]}],
        }
        for name in uses
    ]  # fmt: skip
    nodes = [
        {
            "id": name,
            "deps": [
                {"pkg": d, "dep_kinds": [{"kind": "dev" if d == "proptest" else None}]}
                for d in names
            ],
        }
        for name, names in uses.items()
    ]
    return read({"packages": packages, "resolve": {"nodes": nodes}})


def alike(graph, *differing):
    return [p.name for p in graph.alike("app", {"app", *differing})]


def test_the_crates_that_are_alike_for_all_runtimes():
    graph = of_workspace()
    assert [p.folder.as_posix() for p in graph.alike("app", {"app"})] == [
        "/w/core", "/w/guard", "/w/io",
    ]  # fmt: skip
    # A crate that knows a runtime, and what depends on it.
    assert alike(graph, "core") == ["guard"]
    assert alike(graph, "memchr") == ["guard"]
    assert alike(graph, "io") == ["core", "guard"]


def test_scripts_and_macros_of_the_project_may_know_a_runtime():
    assert alike(of_workspace(core="custom-build")) == ["guard"]
    assert alike(of_workspace(memchr="custom-build")) == ["core", "guard", "io"]
    macro = of_workspace(derive="proc-macro", io=["core", "derive"])
    assert alike(macro) == ["core", "derive", "guard"]
    assert alike(of_workspace(memchr="proc-macro")) == ["core", "guard", "io"]


def test_package_ids_of_both_spellings():
    assert identity("registry+https://example.org/index#memchr@2.8.0") == ("memchr", "2.8.0")
    assert identity("path+file:///w/greeter#1.4.0") == ("greeter", "1.4.0")
    assert identity("path+file:///w/x#greeter@1.4.0") == ("greeter", "1.4.0")


def test_the_oldest_python_is_read_from_the_manifest_of_pyo3_ffi():
    stated = {"cpython": {"min-version": "3.9", "max-version": "3.15"}}
    said = {**METADATA["packages"][1], "metadata": stated}
    assert read({"packages": [said]}).packages["core2"].oldest_python == "3.9"
    for other in (None, {}, {"cpython": "3.9"}, {"docs": {}}):
        found = read({"packages": [{**said, "metadata": other}]})
        assert found.packages["core2"].oldest_python == ""
