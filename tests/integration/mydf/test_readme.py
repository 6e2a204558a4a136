"""The Python examples of README.md run on the real flights and give the output they show."""

import re


def test_the_first_example_runs(root, flights_data, monkeypatch, capsys):
    code = re.findall(r"```python\n(.*?)```", (root / "README.md").read_text(), re.DOTALL)[0]
    monkeypatch.chdir(flights_data)
    names: dict = {}
    exec(compile(code, "README.md", "exec"), names)
    assert len(names["flights"]) == 336_776
    shown = capsys.readouterr().out
    # Frontier has the worst mean delay of departure in 2013, of 16 airlines.
    assert "Frontier Airlines Inc." in shown
    assert shown.index("Frontier Airlines Inc.") < shown.index("ExpressJet Airlines Inc.")
