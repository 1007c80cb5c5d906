"""What leads down to the door, for training: building, unit, room, numbers in digits and in Han."""

from __future__ import annotations

from random import Random


def han(n: int) -> str:
    """Return a whole number below a hundred in Chinese numerals."""
    tens, ones = divmod(n, 10)
    digits = "零一二三四五六七八九"
    if not tens:
        return digits[ones]
    return (digits[tens] if tens > 1 else "") + "十" + (digits[ones] if ones else "")


def number_of(rng: Random, most: int) -> str:
    n = rng.randint(1, most)
    return han(n) if rng.random() < 0.15 else str(n)


def room_number(rng: Random) -> str:
    if rng.random() < 0.12:
        return "".join(rng.choices("零〇一二三四五六七八九", k=rng.choice((3, 4))))
    return rng.choice(
        (
            f"{rng.randint(1, 33)}0{rng.randint(1, 9)}",
            f"{rng.randint(101, 3308)}",
            f"{rng.randint(1, 9)}{rng.randint(10, 29)}",
        )
    )


def door(rng: Random) -> str:
    letter = rng.choice("ABCDEFGH")
    building = rng.choice(
        (
            f"{number_of(rng, 60)}栋",
            f"{letter}座",
            f"{number_of(rng, 40)}幢",
            f"{number_of(rng, 60)}号楼",
            f"{letter}{rng.randint(1, 19)}栋",
            f"{number_of(rng, 20)}座",
            f"{letter}栋",
            f"{number_of(rng, 30)}楼",
            f"{rng.randint(1, 40)}#",
            f"第{number_of(rng, 30)}栋",
        )
    )
    unit = rng.choice(
        (
            "",
            "",
            f"{number_of(rng, 6)}单元",
            f"{letter}单元",
            f"{number_of(rng, 4)}门",
            f"{number_of(rng, 3)}梯",
        )
    )
    number = room_number(rng)
    room = rng.choice(
        (
            number,
            f"{number}室",
            f"{number}房",
            f"{number}号",
            f"{number}户",
            f"{number_of(rng, 30)}楼",
            f"{rng.randint(1, 30)}{letter}",
            f"{number_of(rng, 30)}层{letter}室",
            f"{number_of(rng, 30)}楼{number}室",
            f"{rng.randint(101, 999)}号房",
            f"{letter}{number}",
        )
    )
    return building + unit + room
