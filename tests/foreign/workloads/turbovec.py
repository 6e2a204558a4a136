"""Search 64 vectors among 20,000."""

import numpy as np
from turbovec import TurboQuantIndex


def prepare():
    vectors = np.random.default_rng(1).standard_normal((20000, 256), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = TurboQuantIndex(dim=256, bit_width=4)
    index.add(vectors)
    return index, vectors[:64]


def work(given):
    index, queries = given
    index.search(queries, k=10)
