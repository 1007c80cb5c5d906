"""The answer to the person, in Chinese and English: what was done, what stays, by when the rest goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

_DONE = {
    "find": ("我们已查找与您有关的数据。", "We looked for the data about you."),
    "export": (
        "附件是我们所存与您有关的数据副本。",
        "The file beside this letter is a copy of the data that we hold about you.",
    ),
    "correct": (
        "我们已更正您指出的内容，今后的统计以更正后的数据为准。更正前的版本保留至其存储期限届满。",
        "We corrected what you named; figures made from now on use the corrected data. The version "
        "before the correction is kept until its retention ends.",
    ),
    "delete": (
        "我们已从数据存储及其全部快照中删除与您有关的记录，今后导入时也不再收录。",
        "We deleted the records about you from the store and from all its snapshots, and later "
        "sessions leave you out.",
    ),
    "object": (
        "今后导入数据时不再收录您的记录。已存的记录未被删除；如需删除，请另行提出。",
        "Later sessions leave your records out. Records that are stored already were not deleted; "
        "ask for that if you want it.",
    ),
}
_BACKUPS = (
    "备份中的副本最迟于 {0} 清除。",
    "Copies in back-ups are gone by {0} at the latest.",
)
_RELEASES = (
    "已经发布的统计结果不撤回：它们加有噪声，不指向任何个人；其隐私损失已计入台账，不予退还。",
    "Figures that were released stay: noise protects every person in them; the privacy loss that they "
    "cost stays in the ledger and is not given back.",
)
_LIST = (
    "为了不再收录您，我们以加密形式保留一个假名；除此之外不作他用。",
    "To leave you out we keep one pseudonym of yours, encrypted, for nothing else.",
)
_HELD = ("存有您记录的数据集：{0}。", "Datasets that hold records about you: {0}.")
_NONE = ("未找到与您有关的记录。", "No records about you were found.")
_NOTES = (
    "脱敏后的文字记录 {1} 条不予提供，因其可能涉及他人；请向以下部门索取原件：{0}。",
    "{1} redacted notes are not handed out, for they may speak of others; ask for the originals at: {0}.",
)
_ROWS = (
    "以下数据集不含可识别您的键，无法按人查找：{0}。",
    "These datasets hold no key by which a person could be found: {0}.",
)
_OTHER_KEY = (
    "以下数据集以居民身份号码以外的编号（如卡号）识别个人，凭您出示的身份号码无法查找，因此未作任何处理；"
    "由其产生的脱敏文字记录亦同。请持该编号向数据来源部门提出：{0}。",
    "These datasets know people by another number than the resident id (a card's, for instance). They, "
    "and the redacted notes that came with them, could not be searched by the id that you showed, and "
    "nothing was done in them; ask the department that they came from, with that number: {0}.",
)
_CUT = (
    "以下处理目的的密钥已销毁，其中的假名不再对应任何人：{0}。",
    "The keys of these purposes were destroyed; their pseudonyms belong to nobody any more: {0}.",
)
_RIGHTS = (
    "答复依据《个人信息保护法》第四十四至五十条；如有异议，可向履行个人信息保护职责的部门投诉或向人民法院起诉。",
    "This answer is given under PIPL Art. 44-50 (GDPR Art. 12, 15-21). You may complain to the supervisory "
    "authority or go to court.",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person is told; it names her nowhere.

    Parameters
    ----------
    held
        Datasets with records of hers.
    notes
        Department → number of notes that are withheld.
    by_row, other_key, cut
        Datasets without a person key, datasets keyed by something else than a resident id, and
        purposes whose key was destroyed.
    """

    kind: str
    request: str
    done: date
    backups_until: date | None = None
    held: Sequence[str] = ()
    notes: dict[str, int] = field(default_factory=dict)
    by_row: Sequence[str] = ()
    other_key: Sequence[str] = ()
    cut: Sequence[str] = ()

    def text(self) -> str:
        """Return the letter, Chinese first."""
        return "\n".join((*self._lines(0), "", *self._lines(1), ""))

    def _lines(self, language: int) -> list[str]:
        comma = ("、", ", ")[language]
        head = (f"编号 {self.request}，{self.done}", f"Request {self.request}, {self.done}")
        lines = [head[language], _DONE[self.kind][language]]

        def say(texts: tuple[str, str], *values: object) -> None:
            lines.append(texts[language].format(*values))

        if self.kind in ("find", "export"):
            say(_HELD, comma.join(self.held)) if self.held else say(_NONE)
        if self.kind == "export" and self.notes:
            say(_NOTES, comma.join(self.notes), sum(self.notes.values()))
        if self.kind == "delete":
            say(_BACKUPS, self.backups_until)
        if self.kind in ("delete", "object"):
            say(_LIST)
        if self.kind in ("delete", "object", "correct"):
            say(_RELEASES)
        if self.by_row:
            say(_ROWS, comma.join(self.by_row))
        if self.other_key:
            say(_OTHER_KEY, comma.join(self.other_key))
        if self.cut:
            say(_CUT, comma.join(self.cut))
        say(_RIGHTS)
        return lines
