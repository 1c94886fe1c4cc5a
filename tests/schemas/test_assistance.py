"""Assistance: an act, its section and its evidence; to follow or to like someone is none."""

import pytest

from schemas.assistance import AssistanceContent, AssistanceKind
from schemas.codes.statutes import StatuteKind, all_statutes
from tests.schemas.refusals import refusals

ACT = {
    "assistance_kind": "HARBOURING",
    "section": "BNS 249",
    "happened_on": "2025-03-04",
    "evidence": "The register of the guest house.",
}
WHOLE = ACT | {"happened_until": "2025-03-04", "given": "A room for one night.", "amount_rupees": 0}
NO_OFFENCE = "An act names a section that makes it an offence; this one punishes no act."
WHOLE_ACT = "An act names the one section that it breaks, not a whole Act."


@pytest.mark.parametrize("said", [ACT, WHOLE, ACT | {"section": "MCOCA 3(3)"}, ACT | {"section": "IPC 212"}])
def test_an_act_of_help_is_recorded_as_far_as_it_is_known(said: dict[str, object]) -> None:
    assert refusals(AssistanceContent, said) == []
    kept = AssistanceContent.model_validate(said).model_dump(mode="json")
    assert {name: kept[name] for name in said} == said


@pytest.mark.parametrize(
    ("said", "where", "why"),
    [
        (
            {"happened_until": "2025-03-03"},
            "",
            "The help would end before it began: its last day lies before its first.",
        ),
        *(({"section": text}, "section", NO_OFFENCE) for text in ("BNSS 170", "CrPC 151", "BSA 63(4)")),
        *(({"section": text}, "section", NO_OFFENCE) for text in ("PASA-RJ 3", "PASA-GJ 3", "PASA-GJ-2020 2")),
        *(({"section": text}, "section", NO_OFFENCE) for text in ("GOONDA-RJ 2(b)", "HABITUAL-RJ 3")),
        *(({"section": text}, "section", WHOLE_ACT) for text in ("MCOCA *", "PASA-GJ *")),
        ({"section": None}, "section", "This must be text."),
        ({"evidence": " "}, "evidence", "Text must not be empty."),
        ({"amount_rupees": -1}, "amount_rupees", "greater_than_equal"),
        ({"amount_rupees": 10**11}, "amount_rupees", "less_than"),
        *(({"assistance_kind": kind}, "assistance_kind", "enum") for kind in ("FOLLOWING", "LIKING", "OTHER")),
    ],
)
def test_what_is_no_act_of_help_is_refused(said: dict[str, object], where: str, why: str) -> None:
    assert refusals(AssistanceContent, WHOLE | said) == [(where, why)]


@pytest.mark.parametrize("lacking", ["assistance_kind", "section", "happened_on", "evidence"])
def test_without_its_kind_section_day_or_evidence_there_is_no_act(lacking: str) -> None:
    assert refusals(AssistanceContent, {name: ACT[name] for name in ACT if name != lacking}) == [(lacking, "missing")]


def test_every_offence_of_the_codes_can_be_named() -> None:
    offences = {row.key for row in all_statutes() if row.kind is StatuteKind.OFFENCE}
    assert len(offences) > 200
    assert [key for key in offences if refusals(AssistanceContent, ACT | {"section": key})] == []


def test_no_kind_of_help_is_done_by_looking_on() -> None:
    words = {word for kind in AssistanceKind for word in kind.split("_")}
    assert words.isdisjoint({"FOLLOW", "FOLLOWING", "FOLLOWER", "LIKE", "LIKING", "SHARING", "VIEWING", "OTHER"})
