"""All files of an export, and the one archive that they leave in."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from analysis.charts.graphml import graphml
from analysis.charts.model import Chart, Made
from analysis.charts.svg import svg
from analysis.charts.tables import links_csv, nodes_csv
from analysis.charts.words import Language


class Format(StrEnum):
    """What a chart can be taken away as."""

    GRAPHML = "graphml"
    CSV = "csv"
    SVG = "svg"


def files(chart: Chart, made: Made, formats: Sequence[Format], language: Language) -> dict[str, bytes]:
    """Write a chart in each of the formats, by the names of the files."""
    written: dict[str, bytes] = {}
    if Format.GRAPHML in formats:
        written["chart.graphml"] = graphml(chart, language)
    if Format.CSV in formats:
        written["nodes.csv"] = nodes_csv(chart, language)
        written["links.csv"] = links_csv(chart)
    if Format.SVG in formats:
        written["chart.svg"] = svg(chart, made, language)
    return written


def archive(contents: Mapping[str, bytes], at: datetime) -> bytes:
    """Pack files into a ZIP, in order of name; equal files at an equal moment have equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            folder.writestr(entry, contents[name])
    return packed.getvalue()
