"""The one small hierarchy of errors: what is wrong, where, and what to do.

Each error knows the exit code that the command line promises for it and the HTTP status
that the API answers. No message ever carries a value from a person's record.
"""

from __future__ import annotations

from typing import ClassVar


class CommonGroundError(Exception):
    """A fault that a user can act upon.

    Parameters
    ----------
    what
        What is wrong, in one sentence; never a value from a person's record.
    where
        File, row, column, rule or position; empty when there is no place to name.
    todo
        What the user can do next; empty when nothing can be done.
    """

    exit_code: ClassVar[int] = 5
    status: ClassVar[int] = 500

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        self.what = what
        self.where = where
        self.todo = todo
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """Return the message as people read it: `where: what — todo`."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head} — {self.todo}" if self.todo else head


class BadInput(CommonGroundError):
    """What was handed in cannot be used: a file, an option, a query (exit 2)."""

    exit_code = 2
    status = 422


class NotFound(BadInput):
    """A dataset, release or report of that name does not exist (exit 2)."""

    status = 404


class Refused(CommonGroundError):
    """A policy, a role or a budget says no; nothing was spent (exit 4)."""

    exit_code = 4
    status = 403


class ProofFailed(CommonGroundError):
    """A signature, digest or inclusion proof does not hold (exit 1)."""

    exit_code = 1
    status = 409


class ServiceFault(CommonGroundError):
    """The service itself failed; what was asked may be tried again (exit 5)."""
