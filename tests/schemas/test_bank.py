"""Bank accounts: never more than four digits of a number, and no freeze that is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.bank import BankAccountContent, BankAccountStatus
from tests.schemas.refusals import refusals

ACCOUNT = {"account_kind": "SAVINGS", "bank_name": "Imaginary Bank"}
WHOLE = ACCOUNT | {
    "branch": "Example Road",
    "ifsc": "ZZZZ0A1B2C3",
    "last_four": "0042",
    "holder": "Example Traders",
    "opened_on": "2024-05-01",
    "account_status": "FROZEN",
    "mule_suspected": True,
    "frozen_on": "2024-05-01",
    "frozen_by": "Cyber Cell",
}
IFSC = "An IFSC is four letters, a zero and six letters or digits, such as ABCD0123456."
FOUR = "Of an account number, the last four digits are written here and no more."
FREE = "An account that is not frozen has no day of freezing and nobody who froze it."
BARE = "A payment address alone has no branch and no account number."


@pytest.mark.parametrize(
    "said",
    [
        ACCOUNT,
        WHOLE,
        {"account_kind": "UPI_ONLY", "bank_name": "Imaginary Pay", "holder": "Example Traders"},
        ACCOUNT | {"account_status": "ACTIVE", "mule_suspected": True},
    ],
)
def test_an_account_is_recorded_as_far_as_it_is_known(said: dict[str, object]) -> None:
    assert refusals(BankAccountContent, said) == []
    kept = BankAccountContent.model_validate(said).model_dump(mode="json")
    assert {name: kept[name] for name in said} == said


@pytest.mark.parametrize(
    ("said", "where", "why"),
    [
        *(({"ifsc": text}, "ifsc", IFSC) for text in ("ZZZZ1A1B2C3", "ZZZ0A1B2C3", "ZZZZ0A1B2C")),
        *(({"ifsc": text}, "ifsc", IFSC) for text in ("ZZZZ0A1B2C34", "ZZZZ 0A1B2C")),
        *(({"last_four": text}, "last_four", FOUR) for text in ("042", "00042", "00 42", "XX42", "००४२")),
        ({"last_four": 42}, "last_four", "This must be text."),
        ({"account_number": "0042"}, "account_number", "extra_forbidden"),
        ({"frozen_on": "2024-04-30"}, "", "It was frozen before it was opened."),
        ({"account_status": "ACTIVE"}, "", FREE),
        ({"account_status": "DORMANT", "frozen_on": None}, "", FREE),
        ({"account_status": "ACTIVE", "frozen_by": None}, "", FREE),
        ({"account_kind": "UPI_ONLY"}, "", BARE),
        ({"account_kind": "UPI_ONLY", "branch": None, "ifsc": None}, "", BARE),
        ({"account_kind": "UPI_ONLY", "branch": None, "last_four": None}, "", BARE),
        ({"account_kind": "UPI_ONLY", "ifsc": None, "last_four": None}, "", BARE),
        ({"bank_name": None}, "bank_name", "This must be text."),
    ],
)
def test_an_account_that_cannot_be_is_refused(said: dict[str, object], where: str, why: str) -> None:
    assert refusals(BankAccountContent, WHOLE | said) == [(where, why)]


@pytest.mark.parametrize("status", BankAccountStatus)
def test_a_freeze_stands_in_every_account_that_may_have_been_frozen(status: BankAccountStatus) -> None:
    free = status in {BankAccountStatus.ACTIVE, BankAccountStatus.DORMANT}
    assert refusals(BankAccountContent, WHOLE | {"account_status": status}) == ([("", FREE)] if free else [])


@given(st.text("0123456789", min_size=5, max_size=18))
def test_no_longer_row_of_digits_passes_for_the_last_four(digits: str) -> None:
    assert [where for where, _ in refusals(BankAccountContent, WHOLE | {"last_four": digits})] == ["last_four"]
