"""pip and uv are run without the settings of this machine."""

from rtvariants.release import install


def test_settings_of_this_machine_are_ignored(monkeypatch, tmp_path):
    settings = {"PIP_INDEX_URL": "x", "UV_INDEX": "x", "PYTHONPATH": "x", "VIRTUAL_ENV": "x"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    env = install.environ()
    assert not set(settings) & set(env)
    assert env["PIP_CONFIG_FILE"] == "/dev/null"
    assert env["UV_NO_CONFIG"] == "1"
