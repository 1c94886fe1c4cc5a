"""Training officers: new secrets at every start, and only where nothing is real."""

import pytest
from pyotp import TOTP

from desk import accounts
from desk.entering import SignInRefused, recognise
from desk.errors import Refused, Unauthenticated
from desk.looking import Stamp
from desk.training import TrainingAccount, add_training_officers
from register.ledger import EntryKind
from schemas.handling import Level
from schemas.officer import Rank
from tests.desk.conftest import ADMIN, Station, person

pytestmark = pytest.mark.anyio

ADG = person("rj.adg", Rank.ADG_SPL_CP, Level.NAMED_DESK)


async def started(station: Station) -> list[TrainingAccount]:
    shown = await add_training_officers(station.register, [ADG, ADMIN], at=station.watch.now)
    station.secrets |= {account.officer.id: account.totp_secret for account in shown}
    return shown


@pytest.mark.parametrize("stamp", [Stamp.TRAINING, Stamp.TRIAL])
async def test_training_officers_sign_in_with_what_they_are_shown(unfounded: Station, stamp: Stamp) -> None:
    await unfounded.register.set_meta("stamp", stamp)
    shown = await started(unfounded)
    assert [account.officer for account in shown] == [ADG, ADMIN]
    signed = await unfounded.enter("rj.adg", password=shown[0].password)
    officer, _ = await recognise(unfounded.register, unfounded.tokens, signed.access_token)
    assert officer == ADG
    kinds = {one.entry.kind for one in await unfounded.register.ledger.search()}
    assert kinds == {EntryKind.ACCOUNT, EntryKind.SIGNED_IN}


@pytest.mark.parametrize("stamp", [Stamp.LIVE, None])
async def test_no_other_store_has_training_officers(unfounded: Station, stamp: Stamp | None) -> None:
    if stamp is not None:
        await unfounded.register.set_meta("stamp", stamp)
    with pytest.raises(Refused):
        await started(unfounded)
    assert await unfounded.register.officers.list() == []
    [refusal] = await unfounded.register.ledger.search()
    assert (refusal.entry.kind, refusal.entry.code) == (EntryKind.REFUSAL, "NOT_A_TRAINING_STORE")


async def test_each_start_gives_new_secrets_and_ends_the_old_sessions(unfounded: Station) -> None:
    await unfounded.register.set_meta("stamp", Stamp.TRAINING)
    [old, _] = await started(unfounded)
    signed = await unfounded.enter("rj.adg", password=old.password)
    await accounts.disable(unfounded.register, ADMIN, "rj.admin", at=unfounded.watch.now)
    [new, admin] = await started(unfounded)
    assert {new.password, new.totp_secret}.isdisjoint({old.password, old.totp_secret})
    assert admin.officer == ADMIN
    with pytest.raises(SignInRefused):
        await unfounded.enter("rj.adg", password=old.password, code=TOTP(old.totp_secret).at(unfounded.watch.now))
    assert await unfounded.enter("rj.adg", password=new.password)
    with pytest.raises(Unauthenticated):
        await recognise(unfounded.register, unfounded.tokens, signed.access_token)
