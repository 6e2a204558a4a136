import pytest

from rtvariants.config import load
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
