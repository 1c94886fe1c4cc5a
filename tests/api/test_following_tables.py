"""Those who follow an account, as the command line shows them."""

from datetime import date
from typing import Any

from rich.console import Console

from api.cli.following import _acts, _audience
from sangam import AudienceSnapshot, FollowerAct

_KEPT = {
    "owner": "IN-RJ",
    "unit": "RJ-JPC",
    "source_grade": "B",
    "info_grade": "2",
    "recorded_at": "2026-05-01T10:00:00Z",
    "recorded_by": "rj.one",
    "legal_basis": "BNSS 173",
    "case_ref": "FIR 1",
    "handling": "H0",
    "level": 0,
    "review_on": "2027-01-01",
    "expires_at": "2027-01-01T00:00:00Z",
}
_ID = "urn:sangam:IN-RJ:{}:00000000-0000-4000-8000-000000000000"


def printed(shown: Any) -> str:
    console = Console(width=120)
    with console.capture() as said:
        console.print(shown)
    return said.get()


def test_an_act_is_shown_under_its_sign() -> None:
    content = {"act": "RELAYING_A_THREAT", "happened_on": date(2026, 5, 1), "section": "BNS 111(3)"}
    given = {"id": _ID.format("follower"), "follower": "3fa2b1c90d11", "content": content, "provenance": _KEPT}
    said = printed(_acts([FollowerAct.model_validate(given)]))
    assert all(word in said for word in ("2026-05-01", "relaying a threat", "BNS 111(3)", "3fa2b1c90d11"))
    assert "No acts" in printed(_acts([]))


def test_a_district_of_few_is_shown_as_one_of_under_twenty() -> None:
    cells = [{"district": "RJ-D-AJM", "followers": 120}, {"district": "RJ-D-ALW"}]
    given = {"id": _ID.format("audience"), "taken_on": date(2026, 5, 1), "total": 120, "growth": -20}
    said = printed(_audience([AudienceSnapshot.model_validate({**given, "cells": cells, "provenance": _KEPT})]))
    assert all(word in said for word in ("RJ-D-AJM", "RJ-D-ALW", "120", "-20", "under 20"))
    assert "No audience" in printed(_audience([]))
