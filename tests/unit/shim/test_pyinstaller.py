"""The entry point of PyInstaller's hook in a wheel, in addition to existing ones."""

import importlib
import sys

from rtvariants.archives.wheel import Wheel
from rtvariants.shim import pyinstaller
from rtvariants.wheels.insert import entry_points

OURS = "[pyinstaller40]\nhook-dirs = _sample_loader.pyinstaller:hook_dirs\n"


def test_the_entry_point_is_added_to_existing_ones(capsys):
    theirs = "[console_scripts]\nSayIt = sample.cli:main\n\n[a.b]\nx = y:z [extra]\n"
    assert pyinstaller.entered("", "_sample_loader") == OURS
    assert pyinstaller.entered(theirs, "_sample_loader") == f"{theirs}\n{OURS}"
    assert pyinstaller.entered(OURS, "_sample_loader") == OURS
    assert capsys.readouterr().err == ""


def test_a_hook_of_the_package_itself_stays_and_a_warning_says_what_to_do(capsys):
    theirs = "[pyinstaller40]\nhook-dirs = sample.hooks:folders\ntests = sample.hooks:tests\n"
    assert pyinstaller.entered(theirs, "_sample_loader") == theirs
    said = capsys.readouterr().err
    assert said.startswith("warning: PyInstaller finds only the hooks of `sample.hooks:folders`\n")
    assert "`_sample_loader.pyinstaller:hook_dirs` too" in said


def test_a_wheel_of_another_tool_gets_the_entry_point():
    wheel = Wheel("sample_pack", "1.2", "py3-none-any", {})
    assert entry_points(wheel, "_sample_loader") == {
        "sample_pack-1.2.dist-info/entry_points.txt": OURS.encode(),
    }


def test_the_entry_point_leads_to_the_folder_of_the_hook(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    files = dict(pyinstaller.files("_sample_loader"))
    for name, source in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(source.read_bytes())
    (tmp_path / "_sample_loader" / "__init__.py").write_text("PEERS = ('_sample__more_loader',)")
    module, _, function = OURS.split(" = ")[1].strip().partition(":")
    folder, more = getattr(importlib.import_module(module), function)()
    for loaded in [name for name in sys.modules if name.startswith("_sample_loader")]:
        monkeypatch.delitem(sys.modules, loaded)
    assert "_sample_loader/pyinstaller/hook-_sample_loader.py" in files
    assert {path.name for path in tmp_path.glob("*/pyinstaller/*.py")} == {
        "__init__.py", "hook-_sample_loader.py",
    }  # fmt: skip
    assert folder == str(tmp_path / "_sample_loader" / "pyinstaller")
    assert more == str(tmp_path / "_sample__more_loader" / "pyinstaller")
