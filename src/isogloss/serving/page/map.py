"""The map of the British Isles, as SVG: one shape for each accent that has a region."""

import math
from collections.abc import Iterable
from html import escape

from isogloss.labels import display_name
from isogloss.serving.page.outlines import REGIONS, UNNAMED, Point, Ring, line_points, rings

_WEST, _EAST, _SOUTH, _NORTH = -10.75, 2.05, 49.75, 61.0
_SCALE = 56.0  # units of a degree north
_SQUEEZE = math.cos(math.radians(55.5))  # a degree east is so much of one north, in the middle
_NAMES: dict[str, Point] = {
    "scottish": (-4.15, 57.0),
    "northern": (-2.05, 54.25),
    "midlands": (-1.22, 52.68),
    "southern": (-0.85, 51.38),
    "welsh": (-3.86, 52.25),
    "irish": (-7.75, 53.35),
}
"""Where the middle of each region's name stands."""


def draw_map(accents: Iterable[str]) -> str:
    """Returns the map, whose regions a script shades: each is a `path` with its `data-accent`.

    Args:
        accents: iterable of str. Labels; those without a region are not on the map.
    """
    wanted = set(accents)
    drawn = [accent for accent in REGIONS if accent in wanted]
    land = "".join(
        f'<path class="land" d="{"".join(map(_path, rings(region)))}"/>'
        for region in REGIONS
        if region not in drawn
    ) + "".join(f'<path class="land" d="{_path(line_points(name))}"/>' for name in UNNAMED)
    shapes = "".join(
        f'<path class="region" data-accent="{accent}" d="{"".join(map(_path, rings(accent)))}"/>'
        for accent in drawn
    )
    names = "".join(_name(accent) for accent in drawn)
    x, y = _place((_EAST, _SOUTH))
    return (
        f'<svg class="map" viewBox="0 0 {x:.0f} {y:.0f}" role="img" '
        'aria-labelledby="map-title map-description">'
        '<title id="map-title">The British Isles, shaded by share</title>'
        '<desc id="map-description"></desc>'
        f"{land}{shapes}{names}</svg>"
    )


def _name(accent: str) -> str:
    x, y = _place(_NAMES[accent])
    return (
        f'<g class="place" data-accent="{accent}" transform="translate({x:.0f} {y:.0f})">'
        f'<text>{escape(display_name(accent))}</text><text class="share" y="23"></text></g>'
    )


def _path(ring: Ring) -> str:
    return f"M{'L'.join('{:.1f} {:.1f}'.format(*_place(point)) for point in ring)}Z"


def _place(point: Point) -> Point:
    east, north = point
    return (east - _WEST) * _SQUEEZE * _SCALE, (_NORTH - north) * _SCALE
