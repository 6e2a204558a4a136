"""Who may call a loader: the package that it was built for, and programs outside of it."""

import pytest

from rtvariants.loader.caller import check
from rtvariants.loader.errors import OtherPackageError

CALLS = {
    "load": "from _sample_loader import load\n\ncore = load()\n",
    "bind": "import _sample_loader\n\n_sample_loader.bind()\n",
}


@pytest.fixture
def shared(sample):
    """Install `acme.y` with runtimes, and `acme.x`, whose loader `acme.y` has replaced."""
    sample.freeze(alias="acme.y._core", package="acme")
    for name in ("x", "y"):
        folder = sample.folder / "acme" / name
        folder.mkdir(parents=True)
        (folder / "_core.py").write_text(CALLS["bind"])

    for name in sample.table.names():
        path = sample.folder / f"_sample_{name}" / "rtvariants.stamp"
        path.write_bytes(path.read_bytes().replace(b"package=sample", b"package=acme"))
    sample.state()

    def shared(call, regular=False):
        for name in ("x", "y"):
            text = CALLS["load"] if call == "load" else "from . import _core as core\n"
            (sample.folder / "acme" / name / "__init__.py").write_text(text)
        if regular:
            (sample.folder / "acme/__init__.py").touch()
        return sample

    return shared


@pytest.mark.parametrize("call", CALLS)
def test_another_package_of_the_namespace_is_refused_its_own_is_not(shared, call):
    sample = shared(call)
    assert sample.python("-c", "import acme.y; print(acme.y.core.NAME)").stdout == "fast\n"
    # Whatever was imported before.
    for first in ("", "import acme.y; "):
        said = sample.python("-c", f"{first}import acme.x").stderr
        assert "OtherPackageError: `_sample_loader`, which `acme.x" in said
        assert "is the loader of `acme.y._core`" in said
        assert 'hint: to prevent this error, build both with `namespace = "acme"`' in said


def test_a_regular_package_may_load_its_module_from_anywhere(shared):
    sample = shared("load", regular=True)
    assert sample.python("-c", "import acme.x; print(acme.x.core.NAME)").stdout == "fast\n"


@pytest.mark.parametrize("caller", ["__main__", "test_acme", "acmes.x", ""])
def test_a_program_outside_may_call_any_loader(caller):
    check(caller, "acme.y._core", "ACME")
    check(caller, "acme.y._core", "ACME", bound=True)


def test_only_the_file_of_the_module_binds_it():
    check("pytest.api", "pytest._core", "X")  # One regular package.
    with pytest.raises(OtherPackageError) as caught:
        check("pytest._other", "pytest._core", "X", bound=True)
    assert (caught.value.name, caught.value.env) == ("pytest._core", "X")
