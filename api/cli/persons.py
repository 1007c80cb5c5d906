"""What the commands of dual control share: who signs, what is read apart from the command line."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import say, say_json, tell
from policies.errors import BadInput, NotFound

if TYPE_CHECKING:
    from api.settings import Settings
    from policies.decisions import Act
    from policies.record import Signer

KeyFile = Annotated[
    Path, typer.Option("--key-file", envvar="COMMONGROUND_KEY_FILE", help="Your own key file.")
]
Words = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="Of your key; default: a prompt.", show_default=False),
]
PersonFile = Annotated[
    str | None,
    typer.Option("--person", help="File with the person's ids, one a line; - is standard input."),
]
Reason = Annotated[str | None, typer.Option(help="Why; no identifier in it.", show_default=False)]
RequestId = Annotated[
    str | None,
    typer.Option("--request", help="Carry out this approved request.", show_default=False),
]
Out = Annotated[Path, typer.Option(help="Folder for the answer, readable by you only.")]


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def signer(key_file: Path, words: Path | None) -> Signer:
    """Open the key of who is acting."""
    from api.keys.person_keys import open_person_key

    return open_person_key(key_file, words)


def read_apart(file: str | None, what: str) -> str:
    """Read an identifier from a file, standard input (-) or a prompt, never from an argument.

    The command line stands in the shell's history and in the list of processes.
    """
    if file == "-":
        return sys.stdin.read()
    if file is not None:
        try:
            return Path(file).read_text("utf-8")
        except FileNotFoundError:
            raise NotFound("there is no such file", where=what) from None
        except (OSError, UnicodeDecodeError):
            raise BadInput("is not UTF-8 text", where=what) from None
    if not sys.stdin.isatty():
        raise BadInput(f"{what}: give a file, or - for standard input", where=what)
    return getpass.getpass(f"{what}: ")


def one_of(reason: str | None, request: str | None) -> bool:
    """Tell whether a request is opened (a reason) or carried out (its id); exactly one is given."""
    if (reason is None) == (request is None):
        raise BadInput(
            "give --reason to open a request, or --request to carry out an approved one",
            where="options",
        )
    return request is None


def tell_result(done: dict[str, Any], json_: bool, settings: Settings) -> None:
    """Print what was done, one line a fact, or as JSON."""
    if json_:
        say_json(done)
        return
    zh = settings.language == "zh"
    for name, value in done.items():
        label = _WORDS.get(name, (name, name))[0 if zh else 1]
        if isinstance(value, list):
            say(f"{label}:")
            for entry in value:
                line = entry if isinstance(entry, str) else "  ".join(map(str, entry.values()))
                say(f"  {line}")
        elif not isinstance(value, dict):
            shown = by_minute(value) if name in _MOMENTS else in_words(value, settings)
            say(f"{label}: {shown}")
    if {"deadline", "expires"} & set(done) and "record" not in done:
        request = done["request"]
        command = "keys" if "fingerprints" in done else "subject"
        tell(
            f"需另外两人批准：commonground {command} approve {request} --key-file …；"
            f"然后重复此命令，以 --request {request} 代替 --reason"
            if zh
            else f"two other people approve it: commonground {command} approve {request} --key-file …; "
            f"then repeat this command with --request {request} in place of --reason"
        )


def by_minute(moment: str) -> str:
    """Return an ISO moment as people read it, in UTC."""
    return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def in_words(value: Any, settings: Settings) -> Any:
    """Return a kind, state or role of dual control in the reader's language; all else as it is."""
    return _IN_CHINESE.get(value, value) if settings.language == "zh" else value


def review_with(
    act: Act, request: str, key_file: Path, words: Path | None, json_: bool, settings: Settings
) -> int:
    """Approve, reject or withdraw a request."""
    from api.dual_control import review
    from api.workspace import open_workspace

    ws = open_workspace(settings.workspace)
    state = review(ws, request, act, signer(key_file, words), now())
    tell_result({"request": request, "state": state}, json_, settings)
    return 0


_MOMENTS = ("deadline", "expires", "carried_out")
_IN_CHINESE = {
    "find": "查询", "export": "复制", "correct": "更正", "delete": "删除", "object": "反对",
    "reveal": "还原", "requested": "待批准", "approved_once": "已有一人批准", "approved": "已批准",
    "rejected": "已驳回", "withdrawn": "已撤回", "done": "已办结", "destroy_key": "销毁密钥", "sealed": "已加密封存",
}  # fmt: skip
_WORDS = {
    "request": ("编号", "request"),
    "kind": ("类别", "kind"),
    "state": ("状态", "state"),
    "deadline": ("答复期限", "deadline"),
    "expires": ("有效至", "expires"),
    "answer": ("答复书", "answer"),
    "record": ("签名记录", "signed record"),
    "folder": ("签名记录", "signed record"),
    "snapshots": ("快照（行数）", "snapshots (rows)"),
    "snapshot": ("快照", "snapshot"),
    "export": ("数据副本", "copy of the data"),
    "file": ("文件", "file"),
    "rows": ("行数", "rows"),
    "purpose": ("处理目的", "purpose"),
    "version": ("版本", "version"),
    "fingerprints": ("密钥指纹", "fingerprints"),
    "means": ("含义", "means"),
    "leaf": ("日志条目", "log entry"),
    "root": ("根密钥", "root key"),
    "carried_out": ("执行时间", "carried out"),
    "name": ("姓名", "name"),
    "role": ("角色", "role"),
    "key_id": ("公钥标识", "key id"),
}
