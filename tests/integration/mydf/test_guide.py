"""The guide of mydf runs: its Python blocks, the output below them, and each row of its tables."""

import datetime as dt
import math
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import mydf

ROOT = Path(__file__).resolve().parents[3]
GUIDE = sorted((ROOT / "docs/mydf").glob("*.md"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
#: The names that the left column of a table uses for the two frames.
TABLES = {"from-pandas.md": ("df", "df2"), "from-polars.md": ("df", "df2")}


def blocks(page):
    """Return language and text of each block of a page, in order."""
    return FENCE.findall(page.read_text(encoding="utf-8"))


def steps(page):
    """Return code and expected output of each Python block, in order."""
    found = blocks(page)
    for place, (language, code) in enumerate(found):
        if language == "python":
            after = found[place + 1] if place + 1 < len(found) else ("", "")
            yield code, after[1] if after[0] == "text" else ""


def plain(text):
    """Return a text without spaces at the ends of lines, which editors remove from pages."""
    return [line.rstrip() for line in text.strip("\n").splitlines()]


@pytest.fixture
def folder(request, tmp_path, monkeypatch):
    """Change to a folder of its own, with the flights if the page reads them."""
    page = request.getfixturevalue("page")
    if "flights.csv" in page.read_text(encoding="utf-8"):
        for file in request.getfixturevalue("flights_data").glob("*.csv"):
            (tmp_path / file.name).symlink_to(file)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("page", GUIDE, ids=lambda page: page.name)
def test_the_blocks_of_a_page_run_in_order_and_print_what_it_shows(page, capsys):
    names: dict = {}
    for number, (code, shown) in enumerate(steps(page), 1):
        exec(compile(code, f"{page.name}, block {number}", "exec"), names)
        assert plain(capsys.readouterr().out) == plain(shown), f"block {number}:\n{code}"


def rows():
    """Yield the rows of the tables of names: what is typed elsewhere, what here, and the note."""
    for page in GUIDE:
        if page.name in TABLES:
            for line in page.read_text(encoding="utf-8").splitlines():
                if line.startswith("| `"):
                    cells = re.split(r"(?<!\\)\|", line)[1:-1]
                    left, right, note = (cell.strip().replace("\\|", "|") for cell in cells)
                    found = pytest.param(page.name, left, right, note, id=f"{page.stem}: {right}")
                    yield found


def lines(cell):
    """Return the lines of code of a cell."""
    return re.findall(r"`([^`]+)`", cell)


def small_frames():
    """Return the two frames that the pages introduce, and the names that their rows use."""
    (code, _), *_ = steps(ROOT / "docs/mydf/from-pandas.md")
    names: dict = {"dt": dt}
    exec(code, names)
    return names


def run(line, names):
    """Run a line, and return the value of an expression, or the frame that a statement changes."""
    try:
        value = eval(compile(line, "row", "eval"), names)
    except SyntaxError:
        exec(compile(line, "row", "exec"), names)
        value = names[re.match(r"\w+", line)[0]]
    return value


def evaluated(result, names):
    """Return a frame for an expression of either library."""
    if isinstance(result, mydf.Expr):
        return names["frame"].select(result)
    return names["df"].select(result) if hasattr(result, "over") else result


def values(result, names):
    """Return the rows of a result in one order, whatever the library."""
    result = evaluated(result, names)
    kind = type(result).__module__.partition(".")[0]
    if kind == "pandas" and hasattr(result, "index"):
        result = result.reset_index() if any(result.index.names) else result
        columns = result.to_dict("series").values() if result.ndim == 2 else [result]
        result = list(zip(*(column.tolist() for column in columns), strict=True))
    elif kind == "numpy":
        result = result.tolist()
    elif hasattr(result, "rows"):
        result = result.rows()
    elif hasattr(result, "to_list"):
        result = [(value,) for value in result.to_list()]
    found = result if isinstance(result, list) else [result]
    return sorted((normal(row) for row in found), key=repr)


def normal(row):
    return [one(value) for value in (row if isinstance(row, (tuple, list)) else [row])]


def one(value):
    """Return a value as it compares across libraries: numbers as floats, and one kind of null."""
    if value is None or str(value) in ("NaT", "<NA>", "nan"):
        return None
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime()
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    if isinstance(value, (bool, int, float)) or hasattr(value, "dtype"):
        return None if math.isnan(value) else round(float(value), 9)
    return value


@pytest.fixture
def example(tmp_path, monkeypatch):
    """Change to a folder with the files that the rows read, and return the frames."""
    names = small_frames()
    monkeypatch.chdir(tmp_path)
    names["frame"].write_csv("data.csv")
    names["frame"].write_parquet("data.parquet")
    names["frame"].write_ndjson("data.ndjson")
    names["frame"].write_ipc("data.arrow")
    return names


@pytest.mark.parametrize(("page", "left", "right", "note"), list(rows()))
def test_each_row_of_a_table_runs_and_gives_the_same_here_as_there(
    page, left, right, note, example
):
    here, there = dict(example), dict(example)
    results = [run(line, here) for line in lines(right)]
    assert results
    library = page.removeprefix("from-").removesuffix(".md")
    for name, frame in zip(TABLES[page], ("frame", "other"), strict=True):
        there[name] = getattr(example[frame], f"to_{library}")()
    exec("import pandas as pd\nimport polars as pl\nimport numpy as np", there)
    others = [run(line, there) for line in lines(left)]
    if note:
        for result in results:
            # An expression is complete only where a frame evaluates it.
            evaluated(result, here)
        return
    expected, *more = [values(result, there) for result in others]
    for found in [*more, *(values(result, here) for result in results)]:
        assert found == expected


def test_the_tables_have_as_many_rows_as_we_think():
    assert len(list(rows())) >= 100


def test_a_wrong_row_would_be_seen(example):
    assert values(run('mydf.col("x").sum()', example), example) != values([[7]], example)
    with pytest.raises(mydf.errors.UnknownNameError):
        run("frame.sort_values('x')", example)


def commands():
    """Yield the lines of all shell blocks, without installs: no release is on an index yet."""
    for page in GUIDE:
        for language, text in blocks(page):
            if language == "sh":
                lines = [line for line in text.splitlines() if not line.startswith("pip ")]
                yield from (pytest.param(line, id=line) for line in lines)


@pytest.mark.parametrize("line", list(commands()))
def test_each_command_succeeds(line, tmp_path):
    env = {key: os.environ[key] for key in os.environ if key != "MYDF_RUNTIME"}
    words = shlex.split(line)
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        env[name] = value
    assert words.pop(0) == "python"
    done = subprocess.run(
        [sys.executable, *words], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    if "can't run here" in done.stdout + done.stderr:
        pytest.skip("this CPU can't run the runtime")
    assert done.returncode == 0, done.stdout + done.stderr
