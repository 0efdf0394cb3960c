"""QR codes as path data: the painted squares are those of the library's own matrix."""

from __future__ import annotations

import re

import segno

from learnapp.web.qr import picture

ADDRESS = "https://study.example/i/7KQ2M9XDH4TN22VP"


def test_the_path_paints_the_very_code() -> None:
    drawn = picture(ADDRESS)
    painted = [[0] * drawn.size for _ in range(drawn.size)]
    for x, y, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", drawn.path):
        for step in range(int(length)):
            painted[int(y)][int(x) + step] += 1
    expected = [list(row) for row in segno.make(ADDRESS, error="m", micro=False).matrix_iter(border=4)]
    assert painted == expected


def test_there_is_a_quiet_zone_of_four() -> None:
    drawn = picture(ADDRESS)
    starts = [int(x) for x in re.findall(r"M(\d+) ", drawn.path)]
    assert min(starts) == 4
    assert drawn.size == max(starts) + 1 + 4
