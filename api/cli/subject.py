"""`subject find/export/correct/delete/object/reveal`, and `subject list/approve/reject/withdraw`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.options import Json, LanguageOption, WorkspaceOption, chosen, say, say_json
from api.cli.persons import (
    KeyFile,
    Out,
    PersonFile,
    Reason,
    RequestId,
    Words,
    by_minute,
    in_words,
    now,
    one_of,
    read_apart,
    review_with,
    signer,
    tell_result,
)

_HERE = Path("subject-answers")
Days = Annotated[
    int, typer.Option(help="Until the answer is due: GDPR Art. 12(3) one month, PIPL Art. 50.")
]
Id = Annotated[str, typer.Argument(help="The id of a request.")]


def _right(kind: str, **given: Any) -> int:
    """Open a request, or carry it out."""
    from api.workflows import subject
    from api.workspace import open_workspace

    settings = chosen(given["workspace"], given["language"])
    opens = one_of(given["reason"], given["request"])
    ws, who = open_workspace(settings.workspace), signer(given["key_file"], given["words"])
    ids = read_apart(given["person"], "--person")
    more = {"value": read_apart(given["value"], "--value-file")} if kind == "correct" else {}
    if opens:
        more |= {name: given[name] for name in ("dataset", "field") if name in given}
        done = subject.request_right(
            ws, who, kind, ids, given["reason"], now(), days=given["days"], **more
        )
    else:
        act = getattr(subject, _ACTS[kind])
        out = given["out"] / given["request"]
        desk = subject.Desk(who, now(), out, given["backup_days"])
        done = act(ws, desk, given["request"], ids, **more)
    tell_result(done, given["json_"], settings)
    return 0


_ACTS = {
    "find": "find_rows", "export": "export_rows", "correct": "correct_rows",
    "delete": "delete_rows", "object": "object_to_sessions",
}  # fmt: skip


def find(
    key_file: KeyFile,
    person: PersonFile = None,
    reason: Reason = None,
    request: RequestId = None,
    days: Days = 30,
    out: Out = _HERE,
    words: Words = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Say which snapshots hold rows of a person, as counts (PIPL 44, GDPR 15).

    Example: commonground subject find --person ids.txt --reason "letter of 3 May" --key-file olga.key
    """
    return _right("find", **locals(), backup_days=30, value=None)


def export(
    key_file: KeyFile,
    person: PersonFile = None,
    reason: Reason = None,
    request: RequestId = None,
    days: Days = 30,
    out: Out = _HERE,
    words: Words = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Write a person's own rows to a file (PIPL 45, GDPR 15, 20); notes are named only.

    Example: commonground subject export --person ids.txt --request q-0f3a… --key-file olga.key
    """
    return _right("export", **locals(), backup_days=30, value=None)


def correct(
    key_file: KeyFile,
    person: PersonFile = None,
    dataset: Annotated[str, typer.Option(help="Whose newest version is corrected.")] = "",
    field: Annotated[str, typer.Option(help="A column that the contract keeps.")] = "",
    value: Annotated[
        str | None, typer.Option("--value-file", help="File with the right value.")
    ] = None,
    reason: Reason = None,
    request: RequestId = None,
    days: Days = 30,
    out: Out = _HERE,
    words: Words = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Correct one field of a person's rows in a new version (PIPL 46, GDPR 16).

    Example: commonground subject correct --person ids.txt --dataset residents --field community
    --value-file right.txt --reason "letter of 3 May" --key-file olga.key
    """
    return _right("correct", **locals(), backup_days=30)


def delete(
    key_file: KeyFile,
    person: PersonFile = None,
    reason: Reason = None,
    request: RequestId = None,
    days: Days = 30,
    backup_days: Annotated[int, typer.Option(min=0, help="When the last back-up is gone.")] = 30,
    out: Out = _HERE,
    words: Words = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Delete a person's rows from the store and all snapshots (PIPL 47, GDPR 17).

    Released figures stay; their privacy loss is not given back. 已发布的结果与隐私损失不予撤回。

    Example: commonground subject delete --person ids.txt --request q-0f3a… --key-file olga.key
    """
    return _right("delete", **locals(), value=None)


def object_(
    key_file: KeyFile,
    person: PersonFile = None,
    reason: Reason = None,
    request: RequestId = None,
    days: Days = 30,
    out: Out = _HERE,
    words: Words = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Leave a person out of all later sessions (PIPL 44, GDPR 21).

    Example: commonground subject object --person - --request q-0f3a… --key-file olga.key < ids.txt
    """
    return _right("object", **locals(), backup_days=30, value=None)


def reveal(
    key_file: KeyFile,
    pseudonym: Annotated[
        str | None, typer.Option("--pseudonym-file", help="File with the pseudonym, or -.")
    ] = None,
    purpose: Annotated[str, typer.Option(help="Its pseudonym_purpose.")] = "records",
    field: Annotated[str, typer.Option(help="Its field, `action: reversible`.")] = "",
    reason: Reason = None,
    request: RequestId = None,
    days: Annotated[int, typer.Option(help="How long the grant holds; at most 7.")] = 1,
    out: Out = _HERE,
    words: Words = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Learn, once, the identifier behind one reversible pseudonym, when two others approved it.

    Example: commonground subject reveal --pseudonym-file p.txt --field case_number
    --reason "court order" --key-file olga.key
    """
    from api.workflows import subject
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    opens = one_of(reason, request)
    ws, who = open_workspace(settings.workspace), signer(key_file, words)
    text = read_apart(pseudonym, "--pseudonym-file")
    if opens:
        asked = (text, purpose, field, reason or "", now())
        done = subject.request_reveal(ws, who, *asked, days=days)
    else:
        desk = subject.Desk(who, now(), out / (request or ""))
        done = subject.reveal(ws, desk, request or "", text)
    tell_result(done, json_, settings)
    return 0


def list_(
    json_: Json = False, workspace: WorkspaceOption = None, language: LanguageOption = None
) -> int:
    """List the requests with state and deadline; nobody's id stands in them.

    Example: commonground subject list --workspace workspace
    """
    from api.database.cases import list_cases
    from api.database.engine import transaction
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    with transaction(open_workspace(settings.workspace).engine) as connection:
        found = list_cases(connection)
    rows = [
        {
            "request": c.case.id,
            "kind": c.case.kind,
            "state": c.state,
            "requester": c.case.requester,
            "deadline": c.case.expires.isoformat(),
            "reason": c.case.reason,
            "overdue": c.state in ("requested", "approved_once", "approved")
            and c.case.expires <= now(),
        }
        for c in found
    ]
    if json_:
        say_json(rows)
    else:
        for r in rows:
            late = ("  逾期" if settings.language == "zh" else "  OVERDUE") if r["overdue"] else ""
            kind, state = (in_words(r[name], settings) for name in ("kind", "state"))
            say(
                f"{r['request']}  {kind}  {state}  {by_minute(str(r['deadline']))}{late}  {r['reason']}"
            )
    return 0


def approve(
    request: Id,
    key_file: KeyFile,
    words: Words = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Approve a request with your own key; two people are needed, neither of whom asked.

    Example: commonground subject approve q-0f3a… --key-file ana.key
    """
    return review_with("approve", request, key_file, words, json_, chosen(workspace, language))


def reject(
    request: Id,
    key_file: KeyFile,
    words: Words = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Reject a request with your own key; it ends there.

    Example: commonground subject reject q-0f3a… --key-file ana.key
    """
    return review_with("reject", request, key_file, words, json_, chosen(workspace, language))


def withdraw(
    request: Id,
    key_file: KeyFile,
    words: Words = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Withdraw what you asked for.

    Example: commonground subject withdraw q-0f3a… --key-file olga.key
    """
    return review_with("withdraw", request, key_file, words, json_, chosen(workspace, language))


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="Rights of the person. / 个人权利。", no_args_is_help=True)
    for name, command in (
        ("find", find), ("export", export), ("correct", correct), ("delete", delete),
        ("object", object_), ("reveal", reveal), ("list", list_), ("approve", approve),
        ("reject", reject), ("withdraw", withdraw),
    ):  # fmt: skip
        group.command(name)(command)
    app.add_typer(group, name="subject")
