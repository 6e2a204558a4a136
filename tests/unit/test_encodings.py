"""Text has an encoding wherever it is read or written: Python's default differs by machine."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tables import LEAST

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*sorted((ROOT / "build_plugin/src").rglob("*.py")), ROOT / "dev.py"]
PROCESSES = {"run", "Popen", "check_output", "call", "check_call"}
#: Where the encoding stands in the arguments of each function, without a keyword.
POSITIONS = {"read_text": 0, "write_text": 1, "open": 3, "NamedTemporaryFile": 2}
MODES = {"open": 1, "NamedTemporaryFile": 0}


def faults(source):
    """Yield (line, what) for each call that takes its encoding from the machine."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        method = isinstance(node.func, ast.Attribute)
        words = {word.arg: word.value for word in node.keywords}
        encoded = "encoding" in words or None in words
        if name in PROCESSES and {"text", "universal_newlines"} & set(words) and not encoded:
            yield node.lineno, f"{name}(text=True)"
        if name in POSITIONS and not encoded and not of_other_kind(node):
            # `Path.open` has no argument for the file.
            shift = 1 if name == "open" and method else 0
            mode = words.get("mode") or at(node, MODES.get(name, 99) - shift)
            binary = isinstance(mode, ast.Constant) and "b" in str(mode.value)
            if not binary and at(node, POSITIONS[name] - shift) is None:
                yield node.lineno, name


def of_other_kind(node):
    """Return whether a call has the name of one that reads text, and reads none."""
    owner = getattr(getattr(node.func, "value", None), "id", "")
    if owner in {"os", "tarfile", "gzip", "zipfile"}:
        return True
    # `Distribution.read_text(name)` reads UTF-8; a kind of setting reads a text with its place.
    names = [a.value for a in node.args if isinstance(a, ast.Constant)]
    called = getattr(node.func, "attr", "")
    return called == "read_text" and (names == ["RECORD"] or len(node.args) > 1)


def at(node, place):
    return node.args[place] if 0 <= place < len(node.args) else None


def test_no_encoding_is_left_to_the_machine():
    read = {path: list(faults(path.read_text(encoding="utf-8"))) for path in SOURCES}
    assert {path: found for path, found in read.items() if found} == {}


@pytest.mark.parametrize(
    "fault",
    [
        "subprocess.run(argv, text=True)",
        "run(argv, universal_newlines=True, errors='replace')",
        "path.read_text()",
        "path.write_text('a')",
        "path.open()",
        "path.open('w')",
        "open('a')",
        "open('a', 'r', -1)",
        "NamedTemporaryFile('w')",
    ],
)
def test_a_planted_fault_is_found(fault):
    assert list(faults(fault))


@pytest.mark.parametrize(
    "fine",
    [
        "subprocess.run(argv, encoding='utf-8')",
        "subprocess.run(argv, capture_output=True)",
        "path.read_text('utf-8')",
        "path.write_text('a', 'utf-8')",
        "path.open('rb')",
        "open('a', mode='rb')",
        "open('a', encoding='utf-8')",
        "os.open('a', flags)",
        "tarfile.open('a')",
    ],
)
def test_what_states_an_encoding_is_fine(fine):
    assert list(faults(fine)) == []


CRATE = """
[package]
name = "pkg"
version = "1.0.0"
edition = "2021"
authors = ["Álvaro"]
[lib]
crate-type = ["cdylib"]
[workspace]
"""
# What Windows does with its code page, and a system without a UTF-8 locale.
ELSEWHERE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}


@pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["plan"], b"pkg 1.0.0"),  # It reads all that cargo says of the crate.
        (["version"], b"1.0.0"),
        (["schema"], b"$schema"),
        (["explain", "pytest"], b"package without runtimes"),
        (["--help"], b"usage: rtvariants COMMAND"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_no_command_takes_an_encoding_from_the_machine(tmp_path, command, said):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/lib.rs").touch()
    (tmp_path / "Cargo.toml").write_text(CRATE, encoding="utf-8")
    project = '[project]\nname = "pkg"\nversion = "1.0.0"\n'
    (tmp_path / "pyproject.toml").write_text(project + LEAST, encoding="utf-8")
    flags = ["-X", "warn_default_encoding", "-W", "error::EncodingWarning"]
    done = subprocess.run(
        [sys.executable, *flags, "-m", "rtvariants", *command],
        cwd=tmp_path, env={**os.environ, **ELSEWHERE}, capture_output=True, check=False,
    )  # fmt: skip
    assert said in done.stdout + done.stderr
    assert b"Traceback" not in done.stderr
