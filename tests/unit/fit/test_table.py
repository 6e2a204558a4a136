from dataclasses import replace
from pathlib import Path

import pytest

from rtvariants.archives.wheel import Wheel
from rtvariants.config import toml
from rtvariants.errors import ConfigError
from rtvariants.fit import table
from rtvariants.fit.asked import Asked
from rtvariants.fit.plain import Call, Plain
from rtvariants.toolchain.stand_in import MARK

CALL = Call((), None, (), ("cdylib",), {})


def plain(files, calls=1, **more):
    return Plain(Wheel("a", "1", "py3-none-any", files), [CALL] * calls, **more)


def test_the_native_of_a_call_is_found_by_its_mark_and_others_stay():
    found = plain({"a/x.so": f"ELF{MARK}0;".encode(), "a/y.so": b"of a C compiler"})
    assert table.natives(found) == {"a/x.so": 0}


def test_where_the_real_cargo_built_the_only_native_is_the_one():
    assert table.natives(plain({"a/x.so": b"ELF"}, compiled=True)) == {"a/x.so": 0}


@pytest.mark.parametrize(
    ("files", "calls", "said"),
    [
        ({}, 0, "no library is built by cargo for the wheel of a"),
        ({"a/x.py": b""}, 1, "no extension module of cargo in the wheel of a"),
    ],
)
def test_a_wheel_without_a_native_of_cargo_is_an_error(files, calls, said):
    with pytest.raises(table.FitError, match=said):
        table.natives(plain(files, calls))


def test_natives_are_in_the_order_of_the_calls():
    files = {"a/x.so": f"{MARK}1;".encode(), "a/y.so": f"{MARK}0;".encode()}
    assert list(table.natives(plain(files, 2)).items()) == [("a/y.so", 0), ("a/x.so", 1)]


def test_of_several_natives_that_the_real_cargo_built_none_is_taken():
    with pytest.raises(table.FitError, match="2 extension modules in the wheel of a, from 2 calls"):
        table.natives(plain({"a/x.so": b"ELF", "a/y.so": b"ELF"}, 2, compiled=True))


def filled(given, native, files, tmp_path, profile="release", *, more=()):
    wheel = Wheel("a", "1", "py3-none-any", dict.fromkeys(files, b""))
    asked = Asked(tmp_path / "rust", (), True, profile, {}, False)
    found = {native: asked, **dict.fromkeys(more, replace(asked, features=("x",)))}
    return table.filled(given, found, wheel, tmp_path)


def test_further_natives_are_modules(tmp_path):
    files, more = ["a/__init__.py"], ["a/more.so"]
    made = filled({}, "a/_core.so", files, tmp_path, more=more)
    assert made["module"] == "a._core"
    assert made["modules"] == [{"module": "a.more", "crate": "rust", "features": ["x"]}]
    assert len(toml.parse(table.text(made).encode())["tool"]["rtvariants"]["modules"]) == 1
    given = {"module": "a.more", "modules": [{"module": "a._core", "features": ["y"]}]}
    made = filled(given, "a/_core.so", files, tmp_path, more=more)
    assert made["module"] == "a.more"
    assert made["modules"] == [{"module": "a._core", "crate": "rust", "features": ["y"]}]
    with pytest.raises(ConfigError, match=r"has `a\.more` as well"):
        filled({"modules": [{"module": "a.x"}]}, "a/_core.so", files, tmp_path, more=more)


def test_what_a_table_leaves_out_is_filled_in(tmp_path):
    found = filled({"glibc": "2.17"}, "my_pkg/_core.abi3.so", ["my_pkg/__init__.py"], tmp_path)
    # The variable is derived from the module's name.
    assert found == {"crate": "rust", "module": "my_pkg._core", "glibc": "2.17"}


def test_packages_without_a_file_of_their_own_are_a_namespace(tmp_path):
    found = filled({}, "acme/x/_core.so", ["acme/x/__init__.py"], tmp_path)
    assert (found["module"], found["namespace"]) == ("acme.x._core", "acme")


def test_a_module_may_be_right_below_a_namespace(tmp_path):
    found = filled({}, "acme/_core.so", [], tmp_path)
    assert (found["module"], found["namespace"]) == ("acme._core", "acme")


def test_a_profile_other_than_release_is_stated(tmp_path):
    files = ["a/__init__.py"]
    assert filled({}, "a/b.so", files, tmp_path, "dist")["profile"] == "dist"
    assert "profile" not in filled({}, "a/b.so", files, tmp_path)


@pytest.mark.parametrize("given", [{"module": "a.b"}, {"crate": "other"}])
def test_a_table_that_contradicts_the_wheel_is_refused(given, tmp_path):
    with pytest.raises(ConfigError, match="and the project's own wheel has"):
        filled(given, "a/_core.so", ["a/__init__.py"], tmp_path)


def test_the_text_is_toml_of_at_most_ten_lines_and_reads_back():
    runtimes = [
        {"name": "v3", "level": "x86_64_v3"},
        {"name": "base", "level": {"x86_64": "x86_64"}, "features": ["a"]},
    ]
    given = {"crate": ".", "module": "a._b", "env": "A_RUNTIME", "runtimes": runtimes}
    text = table.text(given)
    assert toml.parse(text.encode())["tool"]["rtvariants"] == given
    assert len(text.splitlines()) <= 10


def test_tables_inside_the_table_are_written_too():
    given = {"crate": ".", "runtimes": [{"name": "v3"}], "build": {"jobs": 2}}
    given["allow-instructions"] = [{"crate": "x", "reason": "it asks"}]
    assert toml.parse(table.text(given).encode())["tool"]["rtvariants"] == given


def test_features_of_the_backend_come_before_those_of_a_runtime():
    asked = Asked(Path(), ("x",), False, "release", {}, False)
    made = table.complete({"runtimes": [{"name": "a", "features": ["y", "x"]}]}, asked)
    assert made["runtimes"] == [{"name": "a", "features": ["x", "y"], "default-features": False}]
    plain = Asked(Path(), (), True, "release", {}, False)
    assert table.complete({"runtimes": [{"name": "a"}]}, plain)["runtimes"] == [{"name": "a"}]
