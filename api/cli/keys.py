"""The node's signing keys from the command line, beside its register. The rules are the desk's."""

from api.cli import beside
from api.cli.beside import Acting, As
from api.cli.running import run
from api.cli.saying import JsonFlag, out, say_json
from api.settings import Settings
from auth.keys import KeyRing
from desk import signing


def rotate(acting: As, json: JsonFlag = False) -> None:
    """Retire the key that signs and begin a new one at once; nobody is signed out by it.

    Other states hear of it within seconds: to change it without a question lost there, use `sangam peers rotate`.
    """
    chosen = Settings()
    proof = Acting.asked(acting)

    async def act() -> str:
        async with (
            beside.open_register(chosen) as (register, tokens),
            beside.entered(register, tokens, proof) as actor,
        ):
            at = register.clock()
            return await signing.rotate(register, KeyRing.open(chosen.data / "keys", at=at), actor, at=at)

    kid = run(act())
    if json:
        say_json({"signs": kid})
    else:
        out.print(f"Key {kid} signs from now on.", markup=False)
