"""Make and print UUIDs."""

import uuid_utils


def prepare():
    return [str(uuid_utils.uuid5(uuid_utils.NAMESPACE_DNS, str(n))) for n in range(4000)]


def work(texts):
    for text in texts:
        assert str(uuid_utils.UUID(text)) == text
        uuid_utils.uuid5(uuid_utils.NAMESPACE_DNS, text)
