"""The entry point: commands, exit codes, and no traceback for a user."""

from __future__ import annotations

import os
import sys
from typing import Any

import click
import typer

from api.cli import (
    audit,
    backup,
    city,
    contract,
    demo,
    ingest,
    keys,
    link,
    policy,
    query,
    record,
    redact,
    retention,
    risk,
    serve,
    subject,
    survey,
    user,
)
from policies.errors import CommonGroundError

RESERVED = [
    "request",
    "review",
    "council",
    "permit",
    "profile",
    "heatmap",
    "scorecard",
    "restore",
]
"""Names promised to users whose commands are not built yet: they exit 2 and say so."""

_USAGE: Any = (click.ClickException, *typer.BadParameter.__mro__[2:3])
"""Wrong usage: Typer has its own copy of Click's errors, or Click's own, by its version."""

app = typer.Typer(
    name="commonground",
    help="Private figures and audited allocations for a city, with a record a stranger can check.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for group in (
    demo, city, contract, ingest, link, risk, retention, redact, query, audit, policy, record, keys, subject, survey,
    user, backup, serve,
):  # fmt: skip
    group.register(app)


def main() -> None:
    """Run the command line and exit with the promised code.

    Files are made for their owner alone; what is published is opened to others by who publishes.
    """
    os.umask(0o077)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line; return its exit code.

    0 done or PASS · 1 FAIL, or a proof does not hold · 2 bad input or usage ·
    3 INSUFFICIENT · 4 refused · 5 fault of the service.
    """
    if arguments and arguments[0] in RESERVED:
        sys.stderr.write(f"commonground {arguments[0]}: not built yet; see --help for what is\n")
        return 2
    # a question from a file may begin with a comment (`-- …`), which is no option
    arguments = [f" {a}" if a.startswith("-- ") else a for a in arguments]
    try:
        result = app(arguments, standalone_mode=False)
    except CommonGroundError as error:
        sys.stderr.write(f"{error.sentence()}\n")
        return error.exit_code
    except (click.exceptions.Exit, typer.Exit) as leaving:
        return int(leaving.exit_code)
    except _USAGE as error:
        error.show(file=sys.stderr)
        return int(error.exit_code)
    except (KeyboardInterrupt, click.exceptions.Abort, typer.Abort):
        sys.stderr.write("stopped\n")
        return 5
    except Exception as error:  # the last resort: a fault of ours, without a value or a traceback
        if os.environ.get("COMMONGROUND_DEBUG"):
            raise
        sys.stderr.write(
            f"a fault of the service ({type(error).__name__}) — try again; "
            "with COMMONGROUND_DEBUG=1 a developer sees where\n"
        )
        return 5
    return int(result or 0)
