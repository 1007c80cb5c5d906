"""What is put in the place of what was found: one table of operators.

| operator | puts | key |
|---|---|---|
| replace | the type's name: `<PERSON>` | no |
| mask | asterisks of the same length, all but a stated head and tail | no |
| remove | nothing | no |
| pseudonym | type and keyed pseudonym: `<PERSON:9f86d081…>` | yes |
| surrogate | a made-up value of the same form, the same for the same value | yes |
| date_shift | dates moved by a number of days of the person's own; the rest as `replace` | yes |

Key material comes as a `PurposeKey`, whose repr does not show it, and goes into no message.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from policies.errors import BadInput
from privacy.pseudonyms import Pseudonymiser, PurposeKey
from privacy.recognition.numbers.identifiers import old_id_valid, to_18_digits
from privacy.recognition.reading.normalisation import normalise
from privacy.recognition.replacing.dates import shifted
from privacy.recognition.replacing.surrogates import Surrogates

Replace = Callable[[str, str, str], str]
"""From type, value as it stood, and the person whose text it is (may be empty) to what is put there."""
_DATES = frozenset(("DATE_OF_BIRTH", "DATE", "DATE_TIME"))
_LONGEST_SHIFT_DAYS = 364


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator with its settings.

    Parameters
    ----------
    name
        One of `OPERATORS`.
    key
        The key of the purpose, for the keyed operators: pseudonyms and surrogates of two purposes
        cannot be linked.
    head, tail
        How many characters `mask` leaves at the start and at the end, 0 to 8 each; a value that is no
        longer than both together is masked whole.
    """

    name: str = "replace"
    key: PurposeKey | None = None
    head: int = 0
    tail: int = 0

    def __post_init__(self) -> None:
        if self.name not in OPERATORS:
            raise BadInput(f"an operator is one of {', '.join(OPERATORS)}", where="redact")
        if self.name in KEYED and self.key is None:
            raise BadInput(f"the operator {self.name} needs a key", where="redact")
        if not (0 <= self.head <= 8 and 0 <= self.tail <= 8):
            raise BadInput("a mask leaves 0 to 8 characters at each end", where="redact")

    def replacer(self) -> Replace:
        """Return the function that replaces one value."""
        return OPERATORS[self.name](self)


def _type_name(kind: str, _value: str, _person: str) -> str:
    return f"<{kind}>"


def _mask(operator: Operator) -> Replace:
    head, tail = operator.head, operator.tail

    def mask(_kind: str, value: str, _person: str) -> str:
        hidden = len(value) - head - tail
        if hidden <= 0:
            return "*" * len(value)
        return value[:head] + "*" * hidden + value[len(value) - tail :]

    return mask


def _pseudonym(operator: Operator) -> Replace:
    key = _key(operator)
    makers: dict[str, Pseudonymiser] = {}

    def pseudonym(kind: str, value: str, _person: str) -> str:
        maker = makers.get(kind)
        if maker is None:
            maker = makers[kind] = Pseudonymiser(key.for_field(f"text/{kind}"))
        return f"<{kind}:{maker.of([canonical(kind, value)])[0]}>"

    return pseudonym


def _surrogate(operator: Operator) -> Replace:
    made = Surrogates(_key(operator))

    def surrogate(kind: str, value: str, _person: str) -> str:
        return made.of(kind, value, bare(value), canonical(kind, value))

    return surrogate


def _date_shift(operator: Operator) -> Replace:
    maker = Pseudonymiser(_key(operator).for_field("text/date_shift"))

    def shift(kind: str, value: str, person: str) -> str:
        if kind not in _DATES or not person:
            return f"<{kind}>"
        drawn = int(maker.of([person])[0], 16) % (2 * _LONGEST_SHIFT_DAYS)
        # never 0: a date that stays is the date
        days = drawn - _LONGEST_SHIFT_DAYS + (drawn >= _LONGEST_SHIFT_DAYS)
        return shifted(value, days) or f"<{kind}>"

    return shift


def _key(operator: Operator) -> PurposeKey:
    if operator.key is None:
        raise BadInput(
            f"the operator {operator.name} needs a key",
            where="redact",
            todo="give --purpose NAME (a key of the workspace) or --key-file FILE (32 random bytes)",
        )
    return operator.key


def bare(value: str) -> str:
    """Return a value normalised, in capitals, without gaps."""
    return "".join(c for c in normalise(value).text.upper() if c.isalnum() or c in "@*")


def canonical(kind: str, value: str) -> str:
    """Return what all spellings of one value share: an old id in 18 digits, a phone without +86."""
    squeezed = bare(value)
    if kind == "CN_RESIDENT_ID" and old_id_valid(squeezed):
        return to_18_digits(squeezed)
    if kind == "PHONE_NUMBER" and len(squeezed) >= 13:
        return squeezed.removeprefix("00").removeprefix("86")
    return squeezed


OPERATORS: dict[str, Callable[[Operator], Replace]] = {
    "replace": lambda _: _type_name,
    "mask": _mask,
    "remove": lambda _: lambda _kind, _value, _person: "",
    "pseudonym": _pseudonym,
    "surrogate": _surrogate,
    "date_shift": _date_shift,
}
KEYED = frozenset(("pseudonym", "surrogate", "date_shift"))
