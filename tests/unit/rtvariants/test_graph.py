"""What cargo's features turn on, through the crates that lead to one another."""

from rtvariants.graph import Package, identity, read

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


def test_package_ids_of_both_spellings():
    assert identity("registry+https://example.org/index#memchr@2.8.0") == ("memchr", "2.8.0")
    assert identity("path+file:///w/greeter#1.4.0") == ("greeter", "1.4.0")
    assert identity("path+file:///w/x#greeter@1.4.0") == ("greeter", "1.4.0")
