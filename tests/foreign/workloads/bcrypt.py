"""Hash a password at cost 8."""

import bcrypt


def prepare():
    return bcrypt.gensalt(8)


def work(salt):
    assert bcrypt.checkpw(b"correct horse", bcrypt.hashpw(b"correct horse", salt))
