"""The Python examples of README.md run on the real flights and give the output they show."""

import re


def test_the_first_example_prints_what_the_readme_shows(root, flights_data, monkeypatch, capsys):
    page = (root / "README.md").read_text()
    ((code, shown),) = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", page, re.DOTALL)
    monkeypatch.chdir(flights_data)
    names: dict = {}
    exec(compile(code, "README.md", "exec"), names)
    assert len(names["flights"]) == 336_776
    assert capsys.readouterr().out == shown
