"""`redact`: text in, text without what identifies a person out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, BinaryIO

import typer

from api.cli.options import Json, WorkspaceOption, chosen, tell
from policies.errors import BadInput

if TYPE_CHECKING:
    from api.workflows.redact import Job
    from privacy.pseudonyms import PurposeKey
    from privacy.recognition import Operator

_TABLES = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
_MOST_MESSAGES = 20
_KEY_BYTES = 32


Columns = Annotated[
    list[str] | None, typer.Option("--column", help="A column to redact; may be repeated.")
]
Known = Annotated[
    list[str] | None,
    typer.Option("--known", help="COLUMN=TYPE: the row's own value, as name=PERSON."),
]
OperatorName = Annotated[
    str, typer.Option(help="replace, mask, remove, pseudonym, surrogate or date_shift.")
]


def redact(
    file: Annotated[str, typer.Argument(help="Text, CSV, TSV or Parquet, or - for text.")] = "-",
    column: Columns = None,
    known: Known = None,
    operator: OperatorName = "replace",
    head: Annotated[int, typer.Option(help="Characters that mask leaves at the start.")] = 0,
    tail: Annotated[int, typer.Option(help="Characters that mask leaves at the end.")] = 0,
    purpose: Annotated[
        str | None, typer.Option(help="Whose key of the workspace the keyed operators take.")
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option(help="A file of 32 bytes, readable by its owner only.")
    ] = None,
    person: Annotated[
        str | None, typer.Option(help="The column that tells whose row it is (date_shift).")
    ] = None,
    model: Annotated[Path | None, typer.Option(help="Another model of names.")] = None,
    threshold: Annotated[float, typer.Option(help="What scores less stays, 0 to 1.")] = 0.5,
    checked_only: Annotated[
        bool,
        typer.Option("--checked-only", help="Only identifiers with a check digit: a quick look."),
    ] = False,
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many work.")] = 1,
    out: Annotated[Path | None, typer.Option("--out", help="The file to write, whole.")] = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: Annotated[
        str, typer.Option("--language", help="zh, en or auto; both are read in every text.")
    ] = "auto",
) -> int:
    """Take out what identifies a person: one document a line, or columns of a table.

    Example: echo "王小明，电话13800138000" | commonground redact - --json
    """
    from api.workflows.redact import Job
    from privacy.recognition import Redactor
    from privacy.recognition.replacing.operators import Operator

    if language not in ("zh", "en", "auto"):
        raise typer.BadParameter("zh, en or auto", param_hint="--language")
    key = _key(key_file, purpose, workspace)
    chosen_operator: Operator = Operator(operator, key, head, tail)
    job = Job(
        Redactor(chosen_operator, model=model, threshold=threshold, checked_only=checked_only),
        columns=column or (),
        known=[_pair(k) for k in known or ()],
        person=person,
        processes=processes,
        as_json=json_,
    )
    if key is not None:
        from privacy.pseudonyms import Pseudonymiser

        whose = Pseudonymiser(key.for_field("text/person"))
        job.pseudonym = lambda value: whose.of([value])[0]
    _run(job, file, out)
    return _report(job, file)


def _run(job: Job, file: str, out: Path | None) -> None:
    from api.workflows.redact import redact_parquet, whole_file

    if file.endswith(".parquet") and not job.as_json:
        if out is None:
            raise BadInput("a Parquet table goes to a file", where=file, todo="give --out FILE")
        _need_columns(job, file)
        with whole_file(out) as part:
            redact_parquet(job, _existing(file), part)
    elif out is None:
        _write(job, file, sys.stdout)
    else:
        with whole_file(out) as part, part.open("w", encoding="utf-8", newline="") as target:
            _write(job, file, target)


def _write(job: Job, file: str, target: IO[str]) -> None:
    from api.workflows.redact import redact_csv, redact_lines, redact_parquet

    suffix = Path(file).suffix.lower()
    if suffix == ".parquet":
        _need_columns(job, file)
        redact_parquet(job, _existing(file), target)
    elif job.columns or suffix in _TABLES:
        _need_columns(job, file)
        with _opened(file) as source:
            import io

            text = io.TextIOWrapper(source, "utf-8-sig", errors="surrogateescape", newline="")
            redact_csv(job, text, target, file, _TABLES.get(suffix, ","))
    else:
        if job.known or job.person:
            raise BadInput("known values and persons stand in a table", where=file)
        with _opened(file) as source:
            redact_lines(job, source, target)


def _need_columns(job: Job, file: str) -> None:
    if not job.columns:
        raise BadInput("which columns are to be redacted?", where=file, todo="give --column NAME")


def _existing(file: str) -> Path:
    path = Path(file)
    if not path.is_file():
        raise BadInput("there is no such file", where=file)
    return path


def _opened(file: str) -> BinaryIO:
    try:
        return sys.stdin.buffer if file == "-" else _existing(file).open("rb")
    except OSError:
        raise BadInput("cannot be read", where=file) from None


def _pair(text: str) -> tuple[str, str]:
    name, equals, kind = text.rpartition("=")
    if not (name and equals and kind):
        raise typer.BadParameter("COLUMN=TYPE, as name=PERSON", param_hint="--known")
    return name, kind.upper()


def _key(file: Path | None, purpose: str | None, workspace: Path | None) -> PurposeKey | None:
    from privacy.pseudonyms import PurposeKey

    if file is not None and purpose is not None:
        raise typer.BadParameter("a key file or a purpose, not both", param_hint="--key-file")
    if file is not None:
        from api.keys.files import read_private

        if not file.is_file():
            raise BadInput("there is no such file", where=file.name)
        body = read_private(file)
        if len(body) != _KEY_BYTES:
            raise BadInput(f"a key file holds {_KEY_BYTES} bytes", where=file.name)
        return PurposeKey("text", 1, body)
    if purpose is not None:
        from api.workspace import open_workspace

        custody = open_workspace(chosen(workspace).workspace).custody
        if purpose not in custody.purposes():  # a slip of the pen must not make a key
            raise BadInput(
                "this workspace has no key of this purpose",
                where="--purpose",
                todo="make one with `commonground keys new`, or see `commonground keys list`",
            )
        return custody.purpose_key(purpose)
    return None


def _report(job: Job, file: str) -> int:
    for number, reason in job.broken[:_MOST_MESSAGES]:
        tell(f"{file}, line {number}: {reason}; left empty")
    more = len(job.broken) - _MOST_MESSAGES
    if more > 0:
        tell(f"{file}: {more:,} more of these")
    for name in dict.fromkeys(job.columns):
        if name not in job.touched:
            tell(
                f"{file}, column {name}: NOTHING was found to take out — where every cell is one kind "
                f"of value, say which: --known '{name}=DATE_OF_BIRTH'"
            )
    return 2 if job.broken else 0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("redact")(redact)
