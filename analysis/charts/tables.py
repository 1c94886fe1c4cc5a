"""A chart as two CSV tables, for spreadsheets: UTF-8 with a byte order mark, as RFC 4180 writes it.

What a spreadsheet would run as a formula begins with an apostrophe instead (OWASP, "CSV Injection").
"""

import csv
import io
import re
from collections.abc import Iterable

from analysis.charts.columns import LINK_COLUMNS, NODE_COLUMNS, Row, link_row, node_row
from analysis.charts.model import Chart
from analysis.charts.words import Language

# The last two are full-width forms of = and +, which some programs read alike.
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Where lists are parted by another mark than the comma, a cell may begin anew in the midst of one.
_ANEW = re.compile(r"([;,|\t]\s*)([=+\-@＝＋－＠])")


def nodes_csv(chart: Chart, language: Language) -> bytes:
    """Write the nodes, in the order of the chart."""
    starts = set(chart.starts)
    return _written(NODE_COLUMNS, (node_row(node, start=node.id in starts, language=language) for node in chart.nodes))


def links_csv(chart: Chart) -> bytes:
    """Write the links, in the order of the chart."""
    return _written(LINK_COLUMNS, map(link_row, chart.links))


def _written(columns: tuple[str, ...], rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column, "")) for column in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: str | int | bool) -> str:
    """Give a value as text that stays text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    said = str(value)
    return "'" + said if said.startswith(_RUNS) else _ANEW.sub(r"\1'\2", said)
