"""The threads that share sums between them."""

from __future__ import annotations

import functools
import os
from concurrent.futures import ThreadPoolExecutor


@functools.cache
def workers() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@functools.cache
def pool() -> ThreadPoolExecutor:
    """Return the threads that share sums between them; kernels run without the interpreter's lock."""
    return ThreadPoolExecutor(max_workers=workers(), thread_name_prefix="points")
