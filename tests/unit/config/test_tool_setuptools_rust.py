import pytest

from rtvariants.config import load, tool_setuptools_rust
from rtvariants.errors import ConfigError

TEXT = """
[build-system]
requires = ["setuptools", "setuptools-rust", "rtvariants"]
build-backend = "setuptools.build_meta"

[[tool.setuptools-rust.ext-modules]]
target = "fast._core"
path = "Cargo.toml"
{}
[tool.rtvariants]
runtimes = [
  {{ name = "v3", level = "x86_64_v3", features = ["b"] }},
  {{ name = "base", level = "x86_64" }},
]
"""


@pytest.fixture
def adopted(tmp_path):
    """Return a function that reads a project whose extension module has more settings."""

    def read(more="", text=TEXT):
        (tmp_path / "Cargo.toml").write_text('[package]\nname = "fast"\n')
        (tmp_path / "pyproject.toml").write_text(text.format(more))
        return load.read(tmp_path)

    return read


def test_the_table_of_runtimes_is_all_that_such_a_project_adds(adopted, tmp_path):
    config = adopted()
    assert (config.module, config.env) == ("fast._core", "FAST_RUNTIME")
    assert config.crate == tmp_path.resolve()
    assert len(TEXT.partition("[tool.rtvariants]")[2].strip().splitlines()) < 10


def test_features_and_arguments_hold_for_every_runtime(adopted):
    config = adopted(
        'features = ["a"]\nargs = ["--features=c", "--no-default-features", "--profile", "dist"]'
    )
    assert [r.features for r in config.runtimes] == [("a", "c", "b"), ("a", "c")]
    assert not any(r.default_features for r in config.runtimes)
    assert config.profile == "dist"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("debug = true", "ext-modules.debug: setting that can't be followed"),
        ('rustc-flags = ["-Cx"]', "ext-modules.rustc-flags: setting that can't be followed"),
        ('binding = "RustCPython"', "`binding = 'RustCPython'`"),
        ('args = ["--offline"]', "argument that can't be followed: `--offline`"),
    ],
)
def test_what_no_runtime_can_get_is_refused_by_name(adopted, more, said):
    with pytest.raises(ConfigError) as caught:
        adopted(more)
    assert said in str(caught.value)


def test_another_module_than_the_one_of_the_runtimes_is_refused(adopted):
    other = TEXT.replace("[tool.rtvariants]", '[tool.rtvariants]\nmodule = "fast._other"')
    with pytest.raises(ConfigError, match="two builders of extension modules"):
        adopted(text=other)


def test_any_other_backend_does_not_read_it(adopted):
    other = TEXT.replace("setuptools.build_meta", "hatchling.build")
    assert adopted("debug = true", other).profile == "release"


def test_a_crate_may_write_its_init_function_itself(adopted):
    assert adopted('binding = "NoBinding"').module == "fast._core"


SEVERAL = """
features = ["a"]
[[tool.setuptools-rust.ext-modules]]
target = "fast._more"
path = "{}/Cargo.toml"
features = [{}]
"""


@pytest.fixture
def several(adopted, tmp_path):
    """Return a function that reads a project with two modules, the second in a crate's folder."""

    def read(crate, features, more=""):
        (tmp_path / "more").mkdir(exist_ok=True)
        (tmp_path / "more/Cargo.toml").write_text('[package]\nname = "more"\n')
        return adopted(SEVERAL.format(crate, features) + more)

    return read


def test_several_modules_are_those_of_one_distribution(several, tmp_path):
    first, more = several("more", '"b"').units
    assert (first.module, more.module) == ("fast._core", "fast._more")
    assert more.crate == (tmp_path / "more").resolve()
    assert [r.features for r in first.runtimes] == [("a", "b"), ("a",)]
    assert [r.features for r in more.runtimes] == [("b",), ("b",)]


@pytest.mark.parametrize(
    ("crate", "features", "more", "said"),
    [
        (".", '"b"', "", "features of `fast._core` that `fast._more` of the same crate lacks: `a`"),
        ("more", "", 'args = ["--no-default-features"]', "different default features"),
        ("more", "", 'args = ["--profile=x"]', "different profiles"),
        ("other", "", "", "no crate"),
    ],
)
def test_what_several_modules_must_have_in_common_is_reported(several, crate, features, more, said):
    with pytest.raises(ConfigError) as caught:
        several(crate, features, more)
    assert said in str(caught.value)


def test_one_module_of_two_builds_is_named_once(adopted):
    again = '[[tool.setuptools-rust.ext-modules]]\ntarget = "fast._core"\nfeatures = ["avx"]'
    with pytest.raises(ConfigError, match="named twice"):
        adopted(again)


def test_another_crate_than_that_of_the_runtimes_is_refused(adopted, tmp_path):
    (tmp_path / "rust").mkdir()
    (tmp_path / "rust/Cargo.toml").write_text('[package]\nname = "fast"\n')
    other = TEXT.replace("[tool.rtvariants]", '[tool.rtvariants]\ncrate = "rust"')
    with pytest.raises(ConfigError, match="another crate of"):
        adopted(text=other)


def test_a_profile_of_the_environment_is_not_ignored(adopted, monkeypatch):
    monkeypatch.setenv("SETUPTOOLS_RUST_CARGO_PROFILE", "dev")
    with pytest.raises(ConfigError, match="another profile"):
        adopted()


SETUP = {"target": "fast._core", "path": "Cargo.toml", "features": ("b",), "args": ()}


def bare(adopted):
    text = TEXT.replace("[tool.rtvariants]", '[tool.rtvariants]\nmodule = "fast._core"')
    return adopted(text=text.replace("[[tool.setuptools-rust.ext-modules]]", "[tool.x]"))


@pytest.mark.parametrize(
    ("setup", "said"),
    [
        ({}, 'features of `fast._core` that `[tool.rtvariants]` lacks: "b"'),
        ({"target": "fast.x"}, "two builders of extension modules"),
        ({"path": "rust/Cargo.toml"}, "another crate of `fast._core`"),
        ({"args": ("--no-default-features",)}, "`default-features = false`"),
        ({"args": ("--profile", "x")}, 'write `profile = "x"`'),
        ({"rustc-flags": ("-Cx",)}, "setup.py: setting that can't be followed: `rustc-flags`"),
    ],
)
def test_what_setup_py_says_must_be_in_the_table(adopted, setup, said):
    config = bare(adopted)
    with pytest.raises(ConfigError) as caught:
        tool_setuptools_rust.require(config, [SETUP | setup], "setup.py")
    assert said in str(caught.value)


def test_a_table_with_all_that_setup_py_says_is_enough(adopted):
    tool_setuptools_rust.require(bare(adopted), [SETUP | {"features": ()}], "setup.py")
