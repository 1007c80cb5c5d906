"""Compiling with numba: the compiled code is kept beside the source, or in the user's cache where the
package's folder cannot be written, or made anew where neither can.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any]) -> Any:
    """Compile with numba, with a cache on disk where one can be written."""
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # "no locator available": neither folder can be written
        return njit(nogil=True)(function)
