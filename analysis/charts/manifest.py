"""The manifest of an export: what each file is, by its SHA-256, and how it came to be."""

import hashlib
import json
from collections.abc import Mapping

from analysis.charts.model import Chart, Made

FORMAT = "sangam export 1"

# What no file of a chart carries; it stays in the record.
NOT_CARRIED = (
    "titles, notes, summaries, criteria and other free text",
    "recorded_by, legal_basis, case_ref, level, audience, compartment, review_on, expires_at",
    "history",
)


def manifest(
    chart: Chart, made: Made, question: Mapping[str, object], files: Mapping[str, bytes], states: tuple[str, ...]
) -> bytes:
    """Write the manifest as JSON; `states` are all members, of which only the node's own was asked."""
    gone = chart.missing
    said = {
        "format": FORMAT,
        "files": [
            {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        ],
        "question": dict(question),
        "language": made.language,
        "officer": made.officer,
        "enquiry": made.enquiry,
        "purpose": made.purpose,
        "case_ref": made.case_ref,
        "made_at": made.at,
        "policy_version": made.policy_version,
        "states_answered": [made.node],
        "states_not_asked": [state for state in states if state != made.node],
        "counts": {
            "nodes": len(chart.nodes),
            "links": len(chart.links),
            "by_kind": chart.by_kind(),
            "records_by_state": chart.by_owner(),
        },
        "handling": chart.handling.value,
        "missing": {
            "neighbours_not_shown": gone.neighbours,
            "at_nodes": gone.at,
            "hubs": gone.hubs,
            "links_cut": gone.links_cut,
            "left_for_handling": {"records": gone.records, "links": gone.links},
            "left_with_them": {"identifiers": gone.identifiers, "links": gone.ends},
            "more_references": gone.protected,
        },
        "not_carried": list(NOT_CARRIED),
        "evidence": False,
    }
    return json.dumps(said, ensure_ascii=False, indent=2).encode() + b"\n"
