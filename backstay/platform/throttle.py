"""How often something may be tried: buckets in the database, so that all processes count together.

A bucket fills with each try and drains with time. One statement takes from a bucket, so tries at the same moment
are counted one by one. What a bucket is about is kept as a hash only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from backstay.base import clock
from backstay.platform import rows


@dataclass(frozen=True, slots=True)
class Bucket:
    """``size`` tries at once; full, it is empty again after ``minutes``."""

    about: tuple[str, ...]
    size: int
    minutes: int

    @property
    def key(self) -> str:
        return hashlib.sha256("\0".join(self.about).encode()).hexdigest()


_LEVEL = "greatest(0, a.level - extract(epoch FROM %(now)s - a.at) / 60 * %(size)s / %(minutes)s)"
_TAKE = f"""
INSERT INTO platform_attempt AS a (bucket, level, at, ends_at) VALUES (%(key)s, 1, %(now)s, %(ends)s)
ON CONFLICT (bucket) DO UPDATE SET level = {_LEVEL} + 1, at = %(now)s, ends_at = %(ends)s WHERE {_LEVEL} + 1 <= %(size)s
RETURNING level
"""


def take(buckets: Sequence[Bucket]) -> int:
    """Count one try in every bucket: 0, or the minutes until the next one when a bucket is full (then none counts)."""
    now = clock.now()
    for number, bucket in enumerate(buckets):
        given = {"key": bucket.key, "now": now, "size": bucket.size, "minutes": bucket.minutes, "ends": now + timedelta(minutes=bucket.minutes)}  # fmt: skip
        if not rows.execute(_TAKE, given):
            give_back(buckets[:number])
            return ceil(bucket.minutes / bucket.size)
    return 0


def taken(bucket: Bucket) -> tuple[int, int]:
    """Count one try: (tries that are left, seconds until one more is free); -1 where the bucket is full and none counts."""
    now = clock.now()
    given = {"key": bucket.key, "now": now, "size": bucket.size, "minutes": bucket.minutes, "ends": now + timedelta(minutes=bucket.minutes)}  # fmt: skip
    found = rows.execute(_TAKE, given)
    return (int(bucket.size - found[0][0]) if found else -1), ceil(bucket.minutes * 60 / bucket.size)


def give_back(buckets: Sequence[Bucket]) -> None:
    """The try was a good one: it does not count."""
    rows.execute(
        "UPDATE platform_attempt SET level = greatest(0, level - 1) WHERE bucket = ANY(%s) RETURNING 1",
        [[bucket.key for bucket in buckets]],
    )


def empty(buckets: Sequence[Bucket]) -> None:
    """Forget what was tried."""
    rows.execute(
        "DELETE FROM platform_attempt WHERE bucket = ANY(%s) RETURNING 1", [[b.key for b in buckets]]
    )


def prune() -> None:
    """Forget buckets that have drained."""
    rows.execute("DELETE FROM platform_attempt WHERE ends_at < %s RETURNING 1", [clock.now()])
