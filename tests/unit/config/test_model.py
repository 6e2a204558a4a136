"""The model: what every setting of it has."""

from sample_settings import TABLE

from rtvariants.config import load, model
from rtvariants.config.fields import settings_of
from rtvariants.config.sections import Section, Sections


def all_settings(cls=model.Config):
    for each in settings_of(cls):
        yield each
        if isinstance(each.kind, (Section, Sections)):
            yield from all_settings(each.kind.cls)


def test_every_setting_has_a_docstring_that_is_a_sentence():
    texts = {each.key: each.text for each in all_settings()}
    assert len(texts) > 10
    assert {key: t for key, t in texts.items() if not t.endswith(".")} == {}


def test_no_two_settings_share_a_name_outside_the_file():
    names = [each.override for each in all_settings() if each.override]
    assert sorted(names) == sorted(set(names))
    assert {"runtimes", "jobs", "frugal"} <= set(names)


def test_defaults_are_read_as_if_they_stood_in_the_file():
    made = model.BuildConfig()
    assert (made.runtimes, made.jobs, made.frugal) == ((), 0, False)


def test_names_are_made_of_the_package_below_the_namespace(tmp_path):
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "a"\n')

    def made(module, namespace=""):
        config = load.parse({**TABLE, "module": module, "namespace": namespace}, tmp_path)
        return config.package, config.loader, config.runtime_package("v3"), config.extension

    assert made("a._core") == ("a", "_a_loader", "_a_v3", "_core")
    assert made("a.b._core") == ("a", "_a_loader", "_a_v3", "_core")
    assert made("a.b._core", "a") == ("a.b", "_a_b_loader", "_a_b_v3", "_core")
    assert made("_fast") == ("_fast", "__fast_loader", "__fast_v3", "_fast")
    assert made("a._core", "a") == ("a._core", "_a__core_loader", "_a__core_v3", "_core")
    assert made("a.b.c.d._core", "a.b") == ("a.b.c", "_a_b_c_loader", "_a_b_c_v3", "_core")


def test_a_further_module_has_its_own_names_and_its_own_features(tmp_path):
    for folder in (".", "more"):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "Cargo.toml").write_text('[package]\nname = "a"\n')
    runtimes = [{"name": "base", "level": "x86_64", "features": ["simd"]}]
    modules = [
        {"module": "a.b._more", "crate": "more", "features": ["text"]},
        {"module": "_top", "features": ["top"]},
    ]
    table = {**TABLE, "module": "a._core", "modules": modules, "runtimes": runtimes}
    config = load.parse(table, tmp_path)
    first, more, _ = config.units
    assert [u.loader for u in config.units] == ["_a_loader", "_a_b__more_loader", "__top_loader"]
    assert first.peers == ("_a_b__more_loader", "__top_loader")
    assert more.peers == ("_a_loader", "__top_loader")
    assert [u.crate for u in config.units] == [tmp_path, tmp_path / "more", tmp_path]
    assert [u.runtimes[0].features for u in config.units] == [("simd",), ("text",), ("top", "simd")]
    assert [u.folder("base") for u in config.units] == ["base", "base@a.b._more", "base@_top"]
    assert {u.folders("base") for u in config.units} == {
        tuple(u.folder("base") for u in config.units)
    }
