"""The worker: reads one request after another, draws by OpenDP, answers.

It lives in a process of its own, so that an abort inside the library takes down a draw and
not the service. It writes nothing but answers: no message, no core file; after a fault it ends. Before a draw
it asks OpenDP's map again: what passes the charge is not drawn.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import IO, TYPE_CHECKING, Any

from privacy.accounting import Charge
from privacy.noise import frames
from privacy.noise.drawing import BLOCK, THREADS, chosen, noisy, shown
from privacy.noise.measurements import Measurement

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def answer(head: dict[str, Any], stream: IO[bytes]) -> list[NDArray[np.int64]]:
    """Draw what a request asks for.

    Parameters
    ----------
    head
        `measurements` (fields of `Measurement`), `charge` (nano-ρ, atto-δ), `level` (num, den, or None), `shift`,
        and `shapes` of the one array that follows.

    Raises
    ------
    ValueError
        The request is malformed, or what it would lose passes its charge.
    """
    measurements = tuple(_measurement(m) for m in head["measurements"])
    charge = sum((m.charge() for m in measurements), Charge(0))
    allowed = Charge(*head["charge"])
    if charge.nano_rho > allowed.nano_rho or charge.atto_delta > allowed.atto_delta:
        raise ValueError("loss beyond the charge")
    ((rows, width),) = head["shapes"]
    if not 0 <= rows * width <= frames.LARGEST_ARRAY or width < 1:
        raise ValueError("too many integers")
    blocks = _blocks(stream, rows, width)
    first = measurements[0]
    if first.threshold is not None:
        return list(shown(first, blocks))
    if first.mechanism in ("discrete_gaussian", "discrete_laplace"):
        return [noisy(first, blocks)]
    level = None if head["level"] is None else Fraction(*head["level"])
    return [chosen(measurements, level, head["shift"], blocks)]


def _measurement(fields: dict[str, Any]) -> Measurement:
    distance = fields["distance"]
    if isinstance(distance, list):
        fields = fields | {"distance": tuple(distance)}
    return Measurement(**fields)


def _blocks(stream: IO[bytes], rows: int, width: int) -> Iterator[NDArray[np.int64]]:
    """Read an array in blocks of whole rows, so that no more than a few are in memory."""
    step = max(1, min(BLOCK, max(256, -(-rows * width // THREADS))) // width)
    for start in range(0, rows, step):
        yield frames.read_rows(stream, min(step, rows - start), width)


def main() -> None:
    """Serve requests until standard input closes."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    try:
        while (head := frames.read_head(source)) is not None:
            frames.write(sink, {"ticket": head["ticket"]}, answer(head, source))
    except Exception as error:
        # never the message: it may quote a cell
        frames.write(sink, {"fault": type(error).__name__}, [])
        sys.exit(1)


if __name__ == "__main__":
    main()
