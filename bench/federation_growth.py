"""What a question costs as states join: 6, 12, 24 and 36, all up, one row of each; our node and the gateways.

As in `bench.federation`, with the same honesty about what each side does. A line is laid through the medians of each
side (least squares): what a question costs without others, and what each further state adds; beyond 36 by arithmetic
alone, up to the most members that a membership holds.
"""

import asyncio
import json
import random
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.table import Table

from bench.circle import VERIFIED, opened
from bench.federation import ALONE, OURS, compared, machine, raced, sides, summed, warmed
from schemas.membership import MOST_MEMBERS

SIZES = (6, 12, 24, 36)
ROWS, FIRST = 1, 50
WARMING, ROUNDS, QUESTIONS = 120, 9, 20
RESULTS = Path(__file__).parent / "results" / "federation_growth.json"
DRAWING = RESULTS.with_suffix(".svg")

Costs = dict[str, dict[int, dict[str, float]]]

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 640, 360, 56, 48, 36, 140
_COLOURS = {OURS: "#0b6e4f", "apollo": "#8a2be2", VERIFIED: "#1f5fbf", "mercurius": "#c75000"}


async def main() -> None:
    """Race at each size, lay the lines, draw them and write all down."""
    costs: Costs = {}
    for many in SIZES:
        dice = random.Random(many)
        with tempfile.TemporaryDirectory(prefix="sangam-bench-") as folder:
            async with opened(many, ROWS, Path(folder)) as circle, aiohttp.ClientSession() as client:
                asked = sides(circle, client, first=FIRST)
                await warmed(asked, WARMING)
                await compared(asked, many, ROWS, None)
                racing = {name: side for name, side in asked.items() if name != ALONE}
                database = circle.asker.said["graph"]
                found = await raced(racing, database, ROUNDS, QUESTIONS, dice, f"{many} states")
        for name, one in summed(found).items():
            costs.setdefault(name, {})[many] = one
    _write(costs)


def line(points: Mapping[int, float]) -> tuple[float, float]:
    """Give intercept and slope of the line of least squares."""
    slope, intercept = statistics.linear_regression(list(points), list(points.values()))
    return round(intercept, 2), round(slope, 3)


def _write(costs: Costs) -> None:
    lines = {name: line({many: one["cpu"] for many, one in by.items()}) for name, by in costs.items()}
    table = Table("side", *(f"{many} states" for many in SIZES), "each state", f"at {MOST_MEMBERS}, by arithmetic")
    table.title = "CPU of the asking process per question, ms (p50 of the time)"
    for name, by in costs.items():
        start, each = lines[name]
        told = (f"{by[many]['cpu']:.2f} ({by[many]['p50']:.1f})" for many in SIZES)
        table.add_row(name, *told, f"{each:.3f}", f"{start + each * MOST_MEMBERS:.1f}")
    Console().print(table)
    written = {
        **machine("python -m bench.federation_growth"),
        "sizes": SIZES,
        "rows_of_each": ROWS,
        "rounds": ROUNDS,
        "questions_per_round": QUESTIONS,
        "milliseconds": costs,
        "cpu_line": {
            name: {
                "without_states": start,
                "each_state": each,
                f"at_{MOST_MEMBERS}_by_arithmetic": round(start + each * MOST_MEMBERS, 1),
            }
            for name, (start, each) in lines.items()
        },
    }
    RESULTS.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    DRAWING.write_text(drawn({name: {many: one["cpu"] for many, one in by.items()} for name, by in costs.items()}))


def drawn(curves: Mapping[str, Mapping[int, float]]) -> str:
    """Draw the curves as SVG: states to the right, milliseconds of CPU upwards."""
    most = max(value for points in curves.values() for value in points.values())
    step = next(one for one in (1, 2, 5, 10, 20, 50, 100, 200) if most / one <= 6)
    top = step * (int(most / step) + 1)

    def x(many: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * many / SIZES[-1]

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * value / top

    parts = [_text(_LEFT, 20, "CPU of the asking process per question, ms", weight="bold")]
    for tick in range(0, top + 1, step):
        parts.append(_stroke([(_LEFT, y(tick)), (_WIDTH - _RIGHT, y(tick))], "#d8d8d8", 1))
        parts.append(_text(_LEFT - 8, y(tick) + 4, str(tick), anchor="end"))
    parts += [_text(x(many), _HEIGHT - _BOTTOM + 18, str(many), anchor="middle") for many in SIZES]
    parts.append(_text(x(SIZES[-1] / 2), _HEIGHT - 10, "states asked", anchor="middle"))
    for name, points in curves.items():
        places = [(x(many), y(value)) for many, value in points.items()]
        parts.append(_stroke(places, _COLOURS[name], 2))
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{_COLOURS[name]}"/>' for a, b in places]
        last = list(points.values())[-1]
        parts.append(_text(places[-1][0] + 8, places[-1][1] + 4, f"{name} {last:.1f}", colour=_COLOURS[name]))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
    return "\n".join([head + 'font-size="12">', *parts, "</svg>", ""])


def _stroke(places: Sequence[tuple[float, float]], colour: str, width: int) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _text(x: float, y: float, said: str, *, anchor: str = "start", weight: str = "normal", colour: str = "#222") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}" fill="{colour}"'
    return f"<text {place}>{said}</text>"


if __name__ == "__main__":
    asyncio.run(main())
