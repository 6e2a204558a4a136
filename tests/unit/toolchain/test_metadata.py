"""What cargo's features turn on, through the crates that lead to one another."""

from rtvariants.toolchain.metadata import Package, identity, read

METADATA = {
    "packages": [
        {
            "id": "app", "name": "app", "version": "1.0.0", "source": None, "license": None,
            "dependencies": [
                {"name": "core", "rename": "engine"}, {"name": "serde", "rename": None},
            ],
            "features": {
                "default": ["small"], "small": [], "big": ["engine/wide", "dep:serde"],
                "all": ["big", "serde?/derive"],
            },
        },
        {
            "id": "core", "name": "core", "version": "0.2.0", "source": "registry+x",
            "license": "MIT", "dependencies": [], "features": {"wide": ["wider"], "wider": []},
        },
    ],
    "resolve": {"nodes": [
        {"id": "app", "deps": [{"pkg": "core"}]}, {"id": "core", "deps": []},
    ]},
}  # fmt: skip


def test_a_feature_leads_through_renamed_crates():
    graph = read(METADATA)
    core = {("core", "wide"), ("core", "wider")}
    big = {("app", "big"), ("app", "dep:serde"), *core}
    assert graph.turned_on("app", ["big"]) == big
    assert graph.turned_on("app", ["all"]) == {("app", "all"), ("serde", "derive"), *big}
    assert graph.turned_on("app", ["core/wide"]) == core
    assert graph.turned_on("app", []) == frozenset()


def test_the_facts_of_a_package():
    graph = read(METADATA)
    assert graph.packages["app"].dependencies == ("core",)
    core = graph.packages["core"]
    assert core == Package(
        "core", "0.2.0", "registry+x", "MIT",
        {"wide": (("core", "wider"),), "wider": ()}, (),
    )  # fmt: skip
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
