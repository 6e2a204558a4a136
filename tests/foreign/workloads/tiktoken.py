"""Encode and decode a text with a vocabulary of single bytes and short words."""

import tiktoken

TEXT = "No one who had ever seen her in her infancy would have supposed her born to be a hero. "


def prepare():
    ranks = {bytes([number]): number for number in range(256)}
    for word in TEXT.split():
        for end in range(2, len(word) + 1):
            ranks.setdefault(f" {word}"[:end].encode(), len(ranks))
    return tiktoken.Encoding("own", pat_str=r"\w+|\s?\w+|\s+|[^\w\s]+", mergeable_ranks=ranks,
                             special_tokens={})  # fmt: skip


def work(encoding):
    text = TEXT * 300
    assert encoding.decode(encoding.encode(text)) == text
