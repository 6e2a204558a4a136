"""`rtvariants release` as a person runs it, against a local index and a local forge."""

import json

from rtvariants import cli

TOKEN = "pypi-0123456789abcdefghijklmnop"
FORGE_TOKEN = "ghp_0123456789abcdefghijklmnop"


class Command:
    """Runs the command on a project with the two servers; `run` returns status, output, errors."""

    def __init__(self, root, index, forge, capsys):
        self.root, self.index, self.forge, self.capsys = root, index, forge, capsys

    def run(self, *words, **_):
        where = ["--project", str(self.root), "--forge-api", self.forge.api]
        where += ["--index", self.index.simple, "--upload", self.index.upload]
        status = cli.main(["release", *where, *map(str, words)])
        said = self.capsys.readouterr()
        return status, said.out, said.err

    def ok(self, *words):
        status, out, err = self.run(*words)
        assert status == 0, err
        return out

    def json(self, *words):
        status, out, _ = self.run("--json", *words)
        return status, json.loads(out)

    def refused(self, *words):
        """Run what must be refused; returns the errors, which are only facts and hints."""
        status, out, err = self.run(*words)
        assert status == 1, out
        assert "Traceback" not in out + err
        assert err.startswith("error: ")
        for secret in (TOKEN, FORGE_TOKEN):
            assert secret not in out + err
        return err
