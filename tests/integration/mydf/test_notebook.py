"""The notebook among the examples runs, and shows frames as tables."""

import os
import sys

import nbformat
import pytest

pytest.importorskip("nbclient")


def test_the_notebook_runs_on_the_flights(root, flights_data, tmp_path):
    from jupyter_client.kernelspec import KernelSpecManager
    from nbclient import NotebookClient

    book = nbformat.read(root / "docs/examples/flights.ipynb", as_version=4)
    os.environ["FLIGHTS"] = str(flights_data)
    try:
        manager = KernelSpecManager(kernel_dirs=[str(kernel(tmp_path))])
        client = NotebookClient(
            book, timeout=120, startup_timeout=300, resources={"metadata": {"path": tmp_path}}
        )
        client.create_kernel_manager()
        client.km.kernel_spec_manager = manager
        client.execute()
    finally:
        del os.environ["FLIGHTS"]
    first, by_hour, latest, runtime = (
        cell.outputs[0].data for cell in book.cells if cell.cell_type == "code"
    )
    assert "<table" in first["text/html"]
    assert "<table" in by_hour["text/html"]
    # The delay grows over the day.
    assert latest["text/plain"] in ("19", "np.int64(19)")
    assert "Runtime(name=" in runtime["text/plain"]
    # The committed notebook has no output: it would be of one machine.
    stored = nbformat.read(root / "docs/examples/flights.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in stored.cells)


def kernel(folder):
    """Return a folder with one kernel: this Python."""
    import json

    spec = folder / "kernels" / "python3"
    spec.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    text = json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"})
    (spec / "kernel.json").write_text(text)
    return spec.parent
