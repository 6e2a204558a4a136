"""TOML files: one reader, whose errors name the file."""

import pytest

from rtvariants.config import toml
from rtvariants.errors import ConfigError


def test_a_file_is_read(tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes(b'a = """x\r\ny"""\r\n')
    assert toml.read(path) == {"a": "x\ny"}


@pytest.mark.parametrize("text", [b"a = ", b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_named(tmp_path, text):
    path = tmp_path / "a.toml"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(ConfigError, match=r"\Aa\.toml: unreadable file: "):
        toml.read(path)


def test_a_byte_order_mark_is_refused_where_python_reads_the_file():
    marked = b"\xef\xbb\xbfa = 1"
    assert toml.parse(marked, "Cargo.toml") == {"a": 1}, "cargo ignores it"
    with pytest.raises(ConfigError, match=r"byte order mark.*\nhint: save it as UTF-8"):
        toml.parse(marked, "pyproject.toml")


def test_values_that_are_nested_too_deeply_are_no_traceback():
    with pytest.raises(ConfigError, match=r"\Aa\.toml: unreadable file: .*nested too deeply"):
        toml.parse(b"a = " + b"[" * 5000 + b"]" * 5000, "a.toml")


def test_a_manifest_with_a_value_in_the_place_of_a_table_is_named():
    with pytest.raises(ConfigError) as caught:
        toml.parse(b"dependencies = 3\nlib = []\n", "Cargo.toml")
    said = "Cargo.toml: lib: not a table: `[]`\nCargo.toml: dependencies: not a table: `3`"
    assert str(caught.value) == said
