"""A seeded town as arrays: who was at which occasion, with what weight. See README.md."""

import numpy as np

SIZES = {
    "tiny": (10_000, 1_000, 88_000),
    "small": (100_000, 10_000, 880_000),
    "att": (1_000_000, 100_000, 10_000_000),
}
REGION, CUT, QUERIES = 5_000, 20_000, 60


def make(size, seed=1):
    """Enterprise and occasion of every tie (both from 0), its weight, and the enterprises that ask."""
    enterprises, occasions, ties = SIZES[size]
    rng = np.random.default_rng(seed)
    shape = np.arange(1, occasions + 1) ** -0.9
    sizes = np.minimum(np.maximum((shape / shape.sum() * ties).astype(int), 1), min(CUT, enterprises // 2))
    occasion = np.repeat(np.arange(occasions, dtype=np.uint32), sizes)
    region = rng.integers(0, max(enterprises // REGION, 1), occasions)[occasion] * REGION
    local = region + rng.integers(0, min(REGION, enterprises), len(occasion))
    anywhere = rng.integers(0, enterprises, len(occasion))
    enterprise = np.where(rng.random(len(occasion)) < 0.8, local, anywhere).astype(np.uint32)
    tie = np.unique(occasion.astype(np.uint64) * enterprises + enterprise)
    occasion, enterprise = (tie // enterprises).astype(np.uint32), (tie % enterprises).astype(np.uint32)
    age = rng.integers(0, 1_095, occasions)
    weight = (0.5 * 2.0 ** (-age / 1_460)).astype(np.float32)[occasion]
    asking = rng.permutation(np.unique(enterprise))[:QUERIES].astype(np.uint32)
    return enterprises, occasions, enterprise, occasion, weight, asking


def write(path, town):
    """The town as bytes that the Rust side reads: counts, then arrays, little-endian."""
    enterprises, occasions, enterprise, occasion, weight, asking = town
    with open(path, "wb") as file:
        np.array([enterprises, occasions, len(enterprise), len(asking)], dtype="<u8").tofile(file)
        for array in (enterprise.astype("<u4"), occasion.astype("<u4"), weight.astype("<f4"), asking.astype("<u4")):
            array.tofile(file)


def read(path):
    """The town that `write` wrote."""
    with open(path, "rb") as file:
        enterprises, occasions, ties, queries = (int(n) for n in np.fromfile(file, "<u8", 4))
        enterprise, occasion = np.fromfile(file, "<u4", ties), np.fromfile(file, "<u4", ties)
        weight, asking = np.fromfile(file, "<f4", ties), np.fromfile(file, "<u4", queries)
    return enterprises, occasions, enterprise, occasion, weight, asking
