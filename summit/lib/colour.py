"""Contrast by WCAG 2.2: from one chosen colour to text, band and tint that can be read in light and dark."""

import colorsys
import re
from collections.abc import Iterable

HEX = re.compile(r"^#[0-9a-f]{6}$", re.IGNORECASE)
RGB = tuple[int, int, int]


def rgb(colour: str) -> RGB:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def hexed(colour: RGB) -> str:
    return "#" + "".join(f"{max(0, min(255, part)):02x}" for part in colour)


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, definition)."""
    parts = [c / 255 for c in rgb(colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """``share`` of ``other`` in ``one``, 0 to 1."""
    a, b = rgb(one), rgb(other)
    return hexed(
        (round(a[0] + (b[0] - a[0]) * share), round(a[1] + (b[1] - a[1]) * share), round(a[2] + (b[2] - a[2]) * share))
    )


def readable(colour: str, *, on: str, ratio: float = 4.5) -> str:
    """The colour nearest to ``colour`` (towards black or white) that has ``ratio`` on ``on``."""
    goal = "#000000" if luminance(on) > 0.18 else "#ffffff"
    for step in range(0, 101, 4):
        candidate = mix(colour, goal, step / 100)
        if contrast(candidate, on) >= ratio:
            return candidate
    return goal


def palette(colour: str) -> dict[str, str]:
    """``ink`` and ``tint`` for light paper, ``ink_dark`` and ``tint_dark`` for dark paper; each ink has 4.5 on both
    its tint and its paper."""
    tint, tint_dark = mix(colour, "#ffffff", 0.9), mix(colour, "#14181f", 0.78)
    return {
        "ink": readable(readable(colour, on="#f5f6f8"), on=tint),
        "tint": tint,
        "ink_dark": readable(readable(mix(colour, "#ffffff", 0.35), on="#1b2029"), on=tint_dark),
        "tint_dark": tint_dark,
    }


def hue(colour: str) -> float:
    """Its place on the colour wheel, 0 to 1."""
    return colorsys.rgb_to_hls(*(part / 255 for part in rgb(colour)))[0]


def proposals(taken: Iterable[str], number: int = 6) -> list[str]:
    """Colours for text and bands that have 4.5:1 on white and on the page, as unlike those ``taken`` as can be."""
    near = [hue(colour) for colour in taken if HEX.match(colour)]
    found: list[str] = []
    for _step in range(number):
        best = max(range(72), key=lambda n: min([_apart(n / 72, other) for other in near], default=1.0))
        near.append(best / 72)
        red, green, blue = colorsys.hls_to_rgb(best / 72, 0.32, 0.62)
        found.append(readable(hexed((round(red * 255), round(green * 255), round(blue * 255))), on="#f5f6f8"))
    return found


def _apart(one: float, other: float) -> float:
    distance = abs(one - other) % 1
    return min(distance, 1 - distance)


def checks(colour: str) -> list[tuple[str, str, str, float]]:
    """(where, text, ground, contrast) of every pair the design makes of a colour."""
    made = palette(colour)
    return [
        ("light", made["ink"], made["tint"], contrast(made["ink"], made["tint"])),
        ("light-paper", made["ink"], "#f5f6f8", contrast(made["ink"], "#f5f6f8")),
        ("dark", made["ink_dark"], made["tint_dark"], contrast(made["ink_dark"], made["tint_dark"])),
        ("dark-paper", made["ink_dark"], "#1b2029", contrast(made["ink_dark"], "#1b2029")),
    ]


def brand(head: str, accent: str) -> tuple[dict[str, str], dict[str, str]]:
    """The tokens that two chosen colours make, for light and for dark pages; "" leaves those of the installation.

    ``head`` carries white words, ``accent`` is that of links on paper and of buttons with words on them; each becomes
    darker or lighter by itself until they have 4.5 to 1.
    """
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    if head:
        # White words on it: darker until they can be read.
        ground = next(
            shade for step in range(26) if contrast(shade := mix(head, "#000000", step / 25), "#ffffff") >= 4.5
        )
        light |= {"brand": ground, "brand-2": mix(ground, "#000000", 0.15)}
        night = mix(ground, "#000000", 0.35)
        dark |= {"brand": night, "brand-2": mix(night, "#000000", 0.15)}
    if accent:
        ink = readable(readable(accent, on="#f5f6f8"), on="#eceff4")
        light |= {
            "link": ink,
            "button": ink,
            "button-hover": mix(ink, "#000000", 0.25),
            "focus": ink,
            "on-button": "#ffffff",
        }
        bright = readable(mix(accent, "#ffffff", 0.35), on="#202631")
        dark |= {"link": bright, "button": bright, "button-hover": mix(bright, "#ffffff", 0.25), "focus": bright,
                 "on-button": readable("#0b1a35", on=bright)}  # fmt: skip
    return light, dark
