"""`python -m mydf`: each command, the examples of its help, exit statuses, pipes and colors."""

import gzip
import os
import pty
import re
import shlex
import subprocess
import sys

import pytest

import mydf
from mydf import _command_line, _environment, _file_formats


@pytest.fixture
def folder(tmp_path, monkeypatch):
    rows = "carrier,dep_delay,origin\nUA,2,EWR\nAA,NA,JFK\nB6,-1,JFK\n"
    (tmp_path / "flights.csv").write_text(rows)
    mydf.read_csv(rows.encode(), null_values="NA").write_parquet(tmp_path / "made.parquet")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command(*words, text=True, **options):
    line = [sys.executable, "-m", "mydf", *words]
    return subprocess.run(line, capture_output=True, text=text, encoding="utf-8", **options)


def output(capsys, line):
    status = _command_line.run(shlex.split(line))
    found = capsys.readouterr()
    return status, found.out, found.err


def examples():
    for name, lines in _command_line.EXAMPLES.items():
        yield from (f"{name} {words}".strip() for words in lines)


@pytest.mark.parametrize("line", list(examples()))
def test_each_example_of_the_help_works(line, folder):
    if "flights.parquet" in line.split()[1:2]:
        (folder / "made.parquet").rename(folder / "flights.parquet")
    done = command(*shlex.split(line))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["head", "describe", "convert"])
def test_the_help_of_a_command_has_its_examples(name, capsys):
    with pytest.raises(SystemExit) as stopped:
        _command_line.run([name, "--help"])
    shown = capsys.readouterr().out
    assert stopped.value.code == 0
    assert all(f"python -m mydf {name} {words}" in shown for words in _command_line.EXAMPLES[name])


@pytest.mark.parametrize("words", [[], ["head"], ["describe"], ["convert"]])
def test_help_fits_a_terminal_of_80_columns(words, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        _command_line.run([*words, "--help"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_head_shows_as_many_rows_as_are_asked_for(folder, capsys):
    mydf.DataFrame({"n": range(100)}).write_parquet("long.parquet")
    status, out, _ = output(capsys, "head -n 40 long.parquet")
    assert status == 0
    assert "shape: (40, 1)" in out
    assert "…" not in out
    assert "│  39 │" in out


@pytest.mark.usefixtures("folder")
def test_describe_counts_rows_and_nulls(capsys):
    status, out, _ = output(capsys, "describe --null NA flights.csv")
    assert status == 0
    assert "3 rows, 3 columns" in out
    assert re.search(r"null_count +│ 0 +│ +1", out)


def test_convert_writes_what_was_read(folder, capsys):
    assert output(capsys, "convert --null NA flights.csv out.parquet")[0] == 0
    assert mydf.read_parquet("out.parquet").equals(mydf.read_parquet("made.parquet"))
    status, out, _ = output(capsys, "convert --columns origin,carrier out.parquet -")
    assert (status, out) == (0, "origin,carrier\nEWR,UA\nJFK,AA\nJFK,B6\n")
    assert output(capsys, "convert out.parquet out.tsv")[0] == 0
    assert (folder / "out.tsv").read_text().startswith("carrier\tdep_delay\torigin\n")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("suffix", sorted(_file_formats.SUFFIXES))
def test_convert_reads_and_writes_every_format(suffix, capsys):
    for line in (f"made.parquet out{suffix}", f"--columns origin,carrier out{suffix} -"):
        status, out, err = output(capsys, f"convert {line}")
        assert (status, err) == (0, "")
    assert out == "origin,carrier\nEWR,UA\nJFK,AA\nJFK,B6\n"
    assert output(capsys, f"head -n 1 out{suffix}")[1].startswith("shape: (1, 3)")


def test_every_format_that_mydf_reads_and_writes_has_the_end_of_a_name():
    readers = {name.removeprefix("read_") for name in mydf.__all__ if name.startswith("read_")}
    writers = {name.removeprefix("write_") for name in dir(mydf.DataFrame) if "write_" in name}
    assert readers & writers == set(_file_formats.SUFFIXES.values())


def test_compressed_text_is_read(folder, capsys):
    lines = b'{"n":1}\n{"n":2}\n'
    (folder / "data.jsonl.gz").write_bytes(gzip.compress(lines))
    (folder / "data.tsv.gz").write_bytes(gzip.compress(b"n\tm\n1\tx\n2\ty\n"))
    assert output(capsys, "convert data.jsonl.gz -")[:2] == (0, "n\n1\n2\n")
    assert output(capsys, "convert data.tsv.gz -")[:2] == (0, "n,m\n1,x\n2,y\n")


def test_convert_replaces_a_file_only_with_force(folder, capsys):
    (folder / "out.csv").write_text("mine\n")
    status, _, err = output(capsys, "convert made.parquet out.csv")
    assert status == 1
    assert err == "error: `out.csv`: the file exists\nhint: add `--force` to replace it\n"
    assert (folder / "out.csv").read_text() == "mine\n"
    assert output(capsys, "convert --force made.parquet out.csv")[0] == 0
    assert (folder / "out.csv").read_text().startswith("carrier,")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("head gone.csv", "gone.csv"),
        ("head notes.txt", "known ends: .csv"),
        ("head --columns gone flights.csv", "hint: the columns are: carrier"),
        ("head --null NA made.parquet", "`--null` is for CSV"),
        ("head --separator ; made.arrow", "is for CSV, and `made.arrow` is Arrow IPC"),
        ("head made.parquet.gz", "known ends: .csv"),
        ("convert flights.csv out.csv.gz", "can be read, not written"),
        ("convert flights.csv out.jsonl.zst", "can be read, not written"),
        ("convert flights.csv gone/out.csv", "gone/out.csv"),
    ],
)
def test_an_error_is_a_fact_and_status_1(line, said, capsys):
    status, out, err = output(capsys, line)
    assert (status, out) == (1, "")
    assert err.startswith("error: ")
    assert said in err


@pytest.mark.parametrize("words", [[], ["hed"], ["head"], ["head", "-n", "-1", "x.csv"]])
def test_a_wrong_command_line_is_status_2(words):
    done = command(*words)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: python -m mydf")


@pytest.mark.usefixtures("folder")
def test_standard_input_is_csv():
    done = command("head", "-", input="a,b\n1,x\n")
    assert done.returncode == 0
    assert "shape: (1, 2)" in done.stdout


def test_a_closed_pipe_is_no_error(folder):
    mydf.DataFrame({"n": range(200_000)}).write_parquet("long.parquet")
    line = f"{shlex.quote(sys.executable)} -m mydf convert long.parquet - | head -n 1"
    shell = ["bash", "-o", "pipefail", "-c", line]
    done = subprocess.run(shell, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "n\n", "")


def test_a_full_disk_is_an_error(folder):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    with open("/dev/full", "w") as full:
        line = [sys.executable, "-m", "mydf", "head", "flights.csv"]
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr == "error: standard output: No space left on device\n"


@pytest.mark.parametrize(("variable", "colored"), [("", True), ("1", False)])
def test_colors_only_go_to_a_terminal(variable, colored, tmp_path):
    ours, theirs = pty.openpty()
    env = os.environ | {"NO_COLOR": variable, "TERM": "xterm"}
    line = [sys.executable, "-m", "mydf", "head", "gone.csv"]
    subprocess.run(line, stderr=theirs, cwd=tmp_path, env=env)
    os.close(theirs)
    said = os.read(ours, 4096).decode()
    os.close(ours)
    assert ("\x1b[" in said) is colored
    assert "error:" in said
    assert "\x1b[" not in command("head", "gone.csv", env=env).stderr


def test_the_list_of_variables_is_what_code_and_page_have(root):
    sources = [*root.glob("crates/mydf-*/src/**/*.rs"), *root.glob("python/mydf/*.py")]
    named = {name for path in sources for name in re.findall(r'"(MYDF_[A-Z_]+)"', path.read_text())}
    # The loader reads the variable of the table, and the same name with an ending.
    named |= {"MYDF_RUNTIME", "MYDF_RUNTIME_UNSAFE", "NO_COLOR"}
    assert set(_environment.VARIABLES) == named
    page = (root / "docs/mydf/environment.md").read_text()
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*) \|$", page, re.MULTILINE))
    assert rows == {
        name: f"{values} | {text}" for name, (values, text) in _environment.VARIABLES.items()
    }
    assert list(rows) == list(_environment.VARIABLES)


@pytest.mark.parametrize("name", ["MYDF_RUNTIME", "MYDF_RUNTIME_UNSAFE", "MYDF_THREADS"])
def test_each_variable_is_read(name):
    code = "import mydf; mydf.Series('a', [1]).sort()"
    env = os.environ | {name: "wrong"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert name in done.stderr
