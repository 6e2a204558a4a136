import pytest

from rtvariants.config import derived, load, toml

RUNTIMES = """
[tool.rtvariants]
runtimes = [
  { name = "v3", level = "x86_64_v3" },
  { name = "base", level = "x86_64" },
]
"""
#: What else pyproject.toml of a project has that is built with maturin, and what follows from it.
MATURIN = '[build-system]\nrequires = []\nbuild-backend = "rtvariants.backends.maturin"\n'


def crate(folder, text='[package]\nname = "fast-lib"\n'):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Cargo.toml").write_text(text)


@pytest.mark.parametrize(
    ("settings", "place", "module", "env"),
    [
        ('module-name = "a._core"', ".", "a._core", "A_RUNTIME"),
        ('manifest-path = "py/Cargo.toml"', "py", "fast_lib.fast_lib", "FAST_LIB_RUNTIME"),
        ('module-name = "_fast"', "rust", "_fast._fast", "FAST_RUNTIME"),
    ],
)
def test_a_table_for_maturin_is_its_runtimes_alone(settings, place, module, env, tmp_path):
    crate(tmp_path / place)
    text = f"{MATURIN}[tool.maturin]\n{settings}\n{RUNTIMES}"
    (tmp_path / "pyproject.toml").write_text(text)
    config = load.read(tmp_path)
    assert config.crate == (tmp_path / place).resolve()
    assert (config.module, config.env) == (module, env)
    assert len(RUNTIMES.strip().splitlines()) <= 10


def filled(text, root):
    data = toml.parse(text.encode())
    return derived.filled(data["tool"]["rtvariants"], data, root)


def test_maturin_needs_no_table_of_its_own(tmp_path):
    crate(tmp_path)
    (tmp_path / "pyproject.toml").write_text(MATURIN + RUNTIMES)
    assert load.read(tmp_path).module == "fast_lib.fast_lib"


def test_the_extension_module_of_setuptools_rust_names_crate_and_module(tmp_path):
    rust = '[[tool.setuptools-rust.ext-modules]]\ntarget = "a._b"\npath = "c/Cargo.toml"\n'
    found = filled(rust + RUNTIMES, tmp_path)
    assert (found["crate"], found["module"], found["env"]) == ("c", "a._b", "A_RUNTIME")


def test_of_several_extension_modules_the_first_is_the_module_and_others_are_further_ones(tmp_path):
    rust = '[[tool.setuptools-rust.ext-modules]]\ntarget = "a.{0}"\npath = "{0}/Cargo.toml"\n'
    text = rust.format("b") + rust.format("c") + RUNTIMES
    found = filled(text, tmp_path)
    assert (found["module"], found["crate"]) == ("a.b", "b")
    assert found["modules"] == [{"module": "a.c", "crate": "c"}]
    found = filled(text.replace("runtimes", 'module = "a.c"\nruntimes'), tmp_path)
    assert (found["module"], found["crate"]) == ("a.c", "c")
    assert found["modules"] == [{"module": "a.b", "crate": "b"}]


def test_what_the_table_says_itself_wins(tmp_path):
    crate(tmp_path)
    own = '[tool.rtvariants]\nmodule = "x.y"\nenv = "Z"\n[tool.maturin]\nmodule-name = "a._core"'
    found = filled(own, tmp_path)
    assert (found["crate"], found["module"], found["env"]) == (".", "x.y", "Z")


def test_the_variable_is_that_of_the_package_below_a_namespace(tmp_path):
    own = '[tool.rtvariants]\nmodule = "acme.x._core"\nnamespace = "acme"'
    assert filled(own, tmp_path)["env"] == "ACME_X_RUNTIME"
