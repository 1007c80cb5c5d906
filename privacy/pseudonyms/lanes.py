"""HMAC-SHA-256 of many short messages at once, sixteen side by side (FIPS 180-4, RFC 2104).

The engine's own `sha256` hashes the padded key anew for every value and a loop over a library's
HMAC pays the interpreter for each; here the two padded key blocks are hashed once and the
compiler lays the sixteen lanes into vector registers. The result is HMAC's, bit for bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

TAG_BYTES = 16
_BLOCK_BYTES = 64
_INNER_PAD = bytes([0x36] * _BLOCK_BYTES)
_OUTER_PAD = bytes([0x5C] * _BLOCK_BYTES)
_LANES = 16
_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)
_WORD = 0xFFFFFFFF


def _padded(key: bytes) -> tuple[bytes, bytes]:
    """Return the first blocks of the inner and the outer hash (RFC 2104, section 2)."""
    if not 0 < len(key) <= _BLOCK_BYTES:
        raise ValueError("a field key has 1 to 64 bytes")
    whole = key.ljust(_BLOCK_BYTES, b"\0")
    return (
        bytes(a ^ b for a, b in zip(whole, _INNER_PAD, strict=True)),
        bytes(a ^ b for a, b in zip(whole, _OUTER_PAD, strict=True)),
    )


def _primes(n: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < n:
        if all(candidate % p for p in found):
            found.append(candidate)
        candidate += 1
    return found


def _root_bits(p: int, power: int) -> int:
    """Return the first 32 bits of the fraction of the root of a prime (FIPS 180-4, 4.2.2, 5.3.3)."""
    low, high = 0, p << 40
    while low < high - 1:  # floor of the root, scaled by 2³²
        middle = (low + high) // 2
        low, high = (middle, high) if middle**power <= p << (32 * power) else (low, middle)
    return low & _WORD


_K = np.array([_root_bits(p, 3) for p in _primes(64)], np.uint32)
_START = np.array([_root_bits(p, 2) for p in _primes(8)], np.uint32)


@njit(cache=True, inline="always")
def _turned(x, n):  # type: ignore[no-untyped-def]
    return (x >> np.uint32(n)) | (x << np.uint32(32 - n))


@njit(cache=True, nogil=True)
def _compress(state, w, v, k):  # type: ignore[no-untyped-def]
    """Take one block a lane into the state (FIPS 180-4, 6.2.2); `w` holds 16 words, room for 64."""
    for t in range(16, 64):
        for lane in range(16):
            a, b = w[t - 15, lane], w[t - 2, lane]
            s0 = _turned(a, 7) ^ _turned(a, 18) ^ (a >> np.uint32(3))
            s1 = _turned(b, 17) ^ _turned(b, 19) ^ (b >> np.uint32(10))
            w[t, lane] = w[t - 16, lane] + s0 + w[t - 7, lane] + s1
    v[:] = state
    for t in range(64):
        a, b, c, d = v[-t & 7], v[(1 - t) & 7], v[(2 - t) & 7], v[(3 - t) & 7]
        e, f, g, h = v[(4 - t) & 7], v[(5 - t) & 7], v[(6 - t) & 7], v[(7 - t) & 7]
        for lane in range(16):
            x, y = e[lane], a[lane]
            s1 = _turned(x, 6) ^ _turned(x, 11) ^ _turned(x, 25)
            t1 = h[lane] + s1 + ((x & f[lane]) ^ (~x & g[lane])) + k[t] + w[t, lane]
            s0 = _turned(y, 2) ^ _turned(y, 13) ^ _turned(y, 22)
            t2 = s0 + ((y & b[lane]) ^ (y & c[lane]) ^ (b[lane] & c[lane]))
            d[lane] += t1
            h[lane] = t1 + t2
    for i in range(8):
        for lane in range(16):
            state[i, lane] += v[i, lane]


@njit(cache=True, nogil=True)
def _load(w, lane, data, start, length, block):  # type: ignore[no-untyped-def]
    """Put block `block` of the padded message into a lane (FIPS 180-4, 5.1.1); 64 bytes stand before."""
    for t in range(16):
        w[t, lane] = 0
    first = block * 64
    for i in range(max(0, min(64, length - first))):
        w[i >> 2, lane] |= np.uint32(data[start + first + i]) << np.uint32(24 - 8 * (i & 3))
    end = length - first
    if 0 <= end < 64:
        w[end >> 2, lane] |= np.uint32(0x80) << np.uint32(24 - 8 * (end & 3))
    if end < 56:  # the last block: the length of key block and message in bits
        bits = (64 + length) * 8
        w[14, lane] = np.uint32(bits >> 32)
        w[15, lane] = np.uint32(bits & 0xFFFFFFFF)


@njit(cache=True, nogil=True)
def _tags(data, offsets, inner, outer, k, out):  # type: ignore[no-untyped-def]
    n = len(offsets) - 1
    state, kept = np.empty((8, 16), np.uint32), np.empty((8, 16), np.uint32)
    w, v = np.zeros((64, 16), np.uint32), np.empty((8, 16), np.uint32)
    for base in range(0, n, 16):
        lanes = min(16, n - base)
        blocks = 1
        for lane in range(lanes):
            length = offsets[base + lane + 1] - offsets[base + lane]
            blocks = max(blocks, (length + 8) // 64 + 1)
        for i in range(8):
            state[i, :] = inner[i]
        for block in range(blocks):
            for lane in range(lanes):
                start = offsets[base + lane]
                _load(w, lane, data, start, offsets[base + lane + 1] - start, block)
            _compress(state, w, v, k)
            for lane in range(lanes):
                length = offsets[base + lane + 1] - offsets[base + lane]
                if (length + 8) // 64 == block:  # this lane's message ends here
                    kept[:, lane] = state[:, lane]
        for i in range(8):
            w[i, :] = kept[i]
            state[i, :] = outer[i]
        w[8, :] = 0x80000000
        w[9:15, :] = 0
        w[15, :] = 96 * 8
        _compress(state, w, v, k)
        for lane in range(lanes):
            for i in range(16):
                out[base + lane, i] = (state[i >> 2, lane] >> np.uint32(24 - 8 * (i & 3))) & 0xFF


def hmac_tags(
    key: bytes, data: NDArray[np.uint8], offsets: NDArray[np.int64], out: NDArray[np.uint8]
) -> None:
    """Write the first 128 bits of HMAC-SHA-256 of each message into `out` (n × 16).

    Parameters
    ----------
    key
        1 to 64 bytes.
    data, offsets
        Message i is `data[offsets[i]:offsets[i + 1]]`.
    """
    inner, outer = (_after_block(block) for block in _padded(key))
    _tags(data, offsets, inner, outer, _K, out)


@njit(cache=True, nogil=True)
def _hex(tags, digits, out):  # type: ignore[no-untyped-def]
    for i in range(len(tags)):
        for j in range(16):
            out[i, 2 * j] = digits[tags[i, j] >> 4]
            out[i, 2 * j + 1] = digits[tags[i, j] & 15]


def write_hex(tags: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    """Write tags (n × 16 bytes) as hex digits into `out` (n × 32)."""
    _hex(tags, _DIGITS, out)


def _after_block(block: bytes) -> NDArray[np.uint32]:
    words = np.frombuffer(block, ">u4").astype(np.uint32)
    w = np.zeros((64, _LANES), np.uint32)
    w[:16] = words[:, None]
    state = np.repeat(_START[:, None], _LANES, axis=1)
    _compress(state, w, np.empty((8, _LANES), np.uint32), _K)
    return np.ascontiguousarray(state[:, 0])
