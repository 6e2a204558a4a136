"""The help of each command ends with examples: all are parsed, and the quick ones run."""

import argparse
import importlib
import os
import pty
import shlex
import subprocess
import sys

import pytest

from rtvariants.cli import COMMANDS, examples, main

EVERY = [(name, words) for name, lines in examples.EXAMPLES.items() for words in lines]
#: What runs in a moment, in the folder of the second package.
QUICK = [("plan", ""), ("version", ""), ("version", "check"), ("schema", "")]


def test_each_command_has_examples_in_the_order_of_the_overview():
    assert list(examples.EXAMPLES) == list(COMMANDS)
    assert all(examples.EXAMPLES.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_ends_with_the_examples(name, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([name, "--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    lines = "\n  ".join(examples.lines(name))
    assert shown.endswith(f"examples:\n  {lines}\n")


@pytest.mark.parametrize(("name", "words"), EVERY)
def test_each_example_is_a_command_line_that_is_taken(name, words):
    parser = argparse.ArgumentParser()
    importlib.import_module(f"rtvariants.cli.{name}").arguments(parser)
    parser.parse_args(shlex.split(words))


@pytest.mark.parametrize(("name", "words"), QUICK)
def test_a_quick_example_succeeds(name, words, root, monkeypatch, capsys):
    assert words in examples.EXAMPLES[name]
    monkeypatch.chdir(root / "tests/packages/greeter")
    assert main([name, *shlex.split(words)]) == 0
    assert capsys.readouterr().out


@pytest.mark.parametrize(("variable", "colored"), [("", True), ("1", False)])
def test_labels_of_errors_have_colors_only_on_a_terminal(variable, colored):
    ours, theirs = pty.openpty()
    env = os.environ | {"NO_COLOR": variable, "TERM": "xterm"}
    line = [sys.executable, "-m", "rtvariants", "plam"]
    subprocess.run(line, stderr=theirs, env=env)
    os.close(theirs)
    said = os.read(ours, 4096).decode().replace("\r\n", "\n")
    os.close(ours)
    label = "\x1b[1;31merror:\x1b[0m" if colored else "error:"
    assert said.startswith(f"{label} unknown command: `plam`\n")
    done = subprocess.run(line, capture_output=True, text=True, env=env)
    assert "\x1b[" not in done.stderr
