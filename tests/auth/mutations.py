"""Mutations of a valid token, each by name: what a hostile officer, peer or stranger could send instead."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from auth.keys import SigningKey
from tests.auth.forging import Json, body_of, doubled, forge, header_of, raw_signature, spell, text_of, unspell

Named = Iterator[tuple[str, object]]

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
NOT_TEXT: list[object] = [
    None,
    True,
    0,
    7,
    1.5,
    [],
    ["x"],
    {},
    {"x": 1},
    "",
    " ",
    "\x00",
    "x\n",
    "x" * 300,
    "\u0661\u0662",
    "é",
]
NOT_A_TIME: list[object] = [
    None,
    True,
    False,
    "",
    "soon",
    [],
    {},
    -1,
    1.5,
    10**14,
    10**15,
    10**30,
    10**400,
    32_503_680_000,
]
OTHER_ALGORITHMS: list[object] = [
    *("none", "None", "NONE", "nOnE", "", " ", "HS256", "HS384", "HS512", "RS256", "RS512", "PS256", "ES384", "ES512"),
    *("ES256K", "EdDSA", "es256", "ES256 ", "ES256\x00", "ＥＳ256", "dir", "A128KW"),
    *(None, True, 0, 256, [], ["ES256"], {"ES256": 1}),
]
OTHER_TYPS: list[object] = [
    *("JWT", "jwt", "", " ", "AT+JWT", "FED+JWT", "application/at+jwt", "at+jwt ", "fed+jwt ", "at+jwt\x00"),
    *(None, True, 1, [], {}, ["at+jwt"], ["fed+jwt"]),
]
OTHER_KIDS: list[object] = [
    *("", ".", "../../signing-keys.json", "/dev/null", "file:///dev/null", "' OR 1=1 --", "A" * 43, "A" * 42, "A" * 44),
    *("\x00", "A" * 2000, "https://example.org/key.pem"),
    *(None, True, 0, [], {}, ["A" * 43]),
]
NOT_JSON = [
    *(
        "",
        " ",
        "null",
        "true",
        "1",
        "[]",
        '"text"',
        "{",
        "}",
        "{}",
        "{},",
        "{}{}",
        "[" * 900,
        '{"a":' * 400,
        "\ufeff{}",
    ),
    *('{"alg":"ES256",}', "{'alg':'ES256'}", "{alg:1}", "// x\n{}", '{"a":NaN}', '{"a":Infinity}', '{"a":-Infinity}'),
    *('{"a":1e999}', '{"a":01}', '{"a":"\\ud800"}', '{"a":"\\x"}', '{"a":"\n"}', '{"a":' + "9" * 700 + "}"),
]


def of_shape(token: str) -> Named:
    """Break the three parts."""
    header, payload, signature = token.split(".")
    no_texts: list[object] = [None, 7, b"", token.encode(), [token], {}]
    yield from ((f"{type(other).__name__} for a token", other) for other in no_texts)
    for text in (
        "",
        ".",
        "..",
        "...",
        header,
        f"{header}.{payload}",
        f"{header}.{payload}.",
        f".{payload}.{signature}",
    ):
        yield f"parts {text[:1]!r} {len(text)}", text
    yield "no payload", f"{header}..{signature}"
    yield "four parts", f"{token}.{signature}"
    yield "five parts", f"{token}.{payload}.{signature}"
    yield "trailing dot", token + "."
    yield "leading dot", "." + token
    yield "swapped parts", f"{payload}.{header}.{signature}"
    yield "as JSON", json.dumps({"protected": header, "payload": payload, "signature": signature})
    yield "with its scheme", f"Bearer {token}"
    yield "twice", f"{token},{token}"
    yield "fullwidth dots", token.replace(".", "．")
    yield "half a surrogate pair", token + "\ud800"
    yield "unicode letter", token.replace(token[0], "е", 1)
    for name, mark in (
        ("space", " "),
        ("newline", "\n"),
        ("tab", "\t"),
        ("NUL", "\x00"),
        ("=", "="),
        ("==", "=="),
        ("no-break", "\xa0"),
    ):
        for place in (0, 5, len(header), len(header) + 1, len(header) + 9, len(header) + 1 + len(payload), len(token)):
            yield f"{name} at {place}", token[:place] + mark + token[place:]
    for index, segment in enumerate((header, payload, signature)):
        parts = [header, payload, signature]
        for name, changed in (
            ("spare bits", _with_spare_bit(segment)),
            ("standard alphabet", base64.b64encode(unspell(segment)).decode().rstrip("=")),
            ("padded", segment + "=" * (-len(segment) % 4)),
            ("cut", segment[:-1]),
            ("cut by four", segment[:-4]),
            ("longer", segment + "AAAA"),
            ("one letter more", segment + "A"),
        ):
            if changed != segment:
                parts[index] = changed
                yield f"{name} in part {index}", ".".join(parts)


def of_signature(token: str, key: SigningKey) -> Named:
    """Put other bytes where the signature stands."""
    signed, _, signature = token.rpartition(".")
    raw = unspell(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    pairs = {"zero": (0, 0), "r = 0": (0, s), "s = 0": (r, 0), "r = n": (ORDER, s), "s = n": (r, ORDER), "one": (1, 1)}
    pairs |= {"r and s exchanged": (s, r), "r negated": (ORDER - r, s), "r + 1": (r + 1, s), "s + 1": (r, s + 1)}
    pairs |= {"greatest": ((1 << 256) - 1, (1 << 256) - 1), "n and n": (ORDER, ORDER), "n - 1": (ORDER - 1, ORDER - 1)}
    for name, (first, second) in pairs.items():
        yield f"signature {name}", f"{signed}.{spell(first.to_bytes(32, 'big') + second.to_bytes(32, 'big'))}"
    for name, other in (
        ("empty", b""),
        ("in DER", encode_dss_signature(r, s)),
        ("of one byte", b"\x00"),
        ("without its last byte", raw[:-1]),
        ("with a byte more", raw + b"\x00"),
        ("with a byte before", b"\x00" + raw),
        ("r alone", raw[:32]),
        ("twice", raw + raw),
        ("as wide as P-384", bytes(16) + raw[:32] + bytes(16) + raw[32:]),
        ("HMAC-SHA-256", hmac.digest(key.public_pem().encode(), signed.encode(), "sha256")),
        ("SHA-512", hashlib.sha512(signed.encode()).digest()),
        ("of the payload alone", raw_signature(key.private, signed.partition(".")[2])),
        ("of nothing", raw_signature(key.private, "")),
        ("by another key", raw_signature(SigningKey.generate().private, signed)),
    ):
        yield f"signature {name}", f"{signed}.{spell(other)}"


def of_header(token: str, key: SigningKey, other_typ: str) -> Named:
    """Sign well, under a header that is not ours; and make it a secret's token with what everybody knows."""
    header, payload = header_of(token), unspell(token.split(".")[1])

    def signed(changed: Json | str | bytes) -> str:
        return forge(changed, payload, key.private)

    for alg in OTHER_ALGORITHMS:
        yield f"alg {alg!r}", signed(header | {"alg": alg})
        yield f"alg {alg!r}, unsigned", signed(header | {"alg": alg}).rpartition(".")[0] + "."
    for typ in [other_typ, *OTHER_TYPS]:
        yield f"typ {typ!r}", signed(header | {"typ": typ})
    for kid in OTHER_KIDS:
        yield f"kid {str(kid)[:30]!r} {type(kid).__name__}", signed(header | {"kid": kid})
    for suffix in ("\n", " ", "=", "\x00"):
        yield f"kid with {suffix!r}", signed(header | {"kid": header["kid"] + suffix})
    stranger = SigningKey.generate()
    yield "kid of a stranger's key", forge(header | {"kid": stranger.kid}, payload, stranger.private)
    for name in ("alg", "typ", "kid"):
        yield f"no {name}", signed({other: value for other, value in header.items() if other != name})
        yield f"{name} twice", signed(doubled(header, name, header[name]))
        yield f"{name} twice, first another", signed(doubled({name: "x"} | header, name, "x"))
        yield (
            f"{name} in capitals",
            signed({(other.upper() if other == name else other): header[other] for other in header}),
        )
    yield "alg twice, escaped", signed(text_of(header)[:-1] + ',"\\u0061lg":"ES256"}')
    yield from _embedded(header, payload, key, stranger)
    for text in NOT_JSON:
        yield f"header {text[:12]!r} {len(text)}", signed(text)
    yield from ((f"header {raw[:4]!r}", signed(raw)) for raw in _other_bytes(text_of(header)))
    public = key.private.public_key()
    secrets = {
        "PEM": key.public_pem().encode(),
        "PEM without its last newline": key.public_pem().strip().encode(),
        "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "point": public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        "kid": key.kid.encode(),
        "nothing": b"",
    }
    for name, secret in secrets.items():
        for alg, kept in (("HS256", "sha256"), ("HS384", "sha384"), ("HS512", "sha512")):
            text = f"{spell(text_of(header | {'alg': alg}).encode())}.{spell(payload)}"
            yield f"{alg} keyed with {name}", f"{text}.{spell(hmac.digest(secret, text.encode(), kept))}"


def _embedded(header: Json, payload: bytes, key: SigningKey, stranger: SigningKey) -> Named:
    """Bring a key along, or ask for what a verifier must understand."""
    point = stranger.private.public_key().public_numbers()
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": spell(point.x.to_bytes(32, "big")),
        "y": spell(point.y.to_bytes(32, "big")),
    }
    for name, value in {
        "jwk": jwk,
        "jku": "https://example.org/keys",
        "x5u": "https://example.org/cert",
        "x5c": ["MIIB"],
        "x5t": "AAAA",
        "x5t#S256": "A" * 43,
        "crit": ["exp"],
        "b64": False,
        "zip": "DEF",
        "enc": "A256GCM",
        "cty": "JWT",
        "nonce": "x",
        "iss": "IN-RJ",
        "p2c": 2_000_000_000,
        "": "",
        "__proto__": {},
    }.items():
        yield f"header with {name}", forge(header | {name: value}, payload, key.private)
        yield f"header with {name}, signed by a stranger", forge(header | {name: value}, payload, stranger.private)
    yield "crit that nobody knows", forge(header | {"crit": ["x"], "x": 1}, payload, key.private)
    yield "empty crit", forge(header | {"crit": []}, payload, key.private)
    yield "crit, unencoded", forge(header | {"crit": ["b64"], "b64": False}, payload, key.private)


def of_claims(token: str, key: SigningKey, texts: list[str]) -> Named:
    """Sign well what is not a claim of ours; `texts` names the claims whose values are text."""
    header, body = header_of(token), body_of(token)

    def signed(changed: Json | str | bytes) -> str:
        return forge(header, changed, key.private)

    for name in body:
        yield f"no {name}", signed({other: value for other, value in body.items() if other != name})
        yield f"{name} twice", signed(doubled(body, name, body[name]))
        yield f"{name} twice, first another", signed(doubled({name: "x"} | body, name, "x"))
        yield (
            f"{name} in capitals",
            signed({(other.upper() if other == name else other): body[other] for other in body}),
        )
    yield "exp twice, escaped", signed(text_of(body)[:-1] + f',"\\u0065xp":{body["exp"]}}}')
    for name in ("scope", "admin", "act", "azp", "client_id", "level2", "", "cnf2", "at_hash", "__class__", "\x00"):
        yield f"with {name!r}", signed(body | {name: "x"})
    for name in texts:
        for other in NOT_TEXT:
            yield f"{name} {str(other)[:20]!r} {type(other).__name__}", signed(body | {name: other})
    yield "aud list", signed(body | {"aud": [body["aud"]]})
    yield "aud list of two", signed(body | {"aud": [body["aud"], "IN-PB"]})
    for state in ("IN-DL", "IN-XX", "in-rj", "RJ", "*", body["aud"] + " ", body["aud"] + "\n", f"{body['aud']},IN-DL"):
        yield f"aud {state!r}", signed(body | {"aud": state})
        yield f"iss {state!r}", signed(body | {"iss": state})
    for name in ("exp", "nbf", "iat"):
        for time in NOT_A_TIME:
            yield f"{name} {str(time)[:20]!r} {type(time).__name__}", signed(body | {name: time})
        for spelling in (
            f"{body[name]}.0",
            f"{body[name]}e0",
            f'"{body[name]}"',
            "NaN",
            "Infinity",
            "-0",
            f"0{body[name]}",
        ):
            yield (
                f"{name} spelled {spelling[-6:]!r}",
                signed(text_of(body | {name: 987_654}).replace("987654", spelling)),
            )
    for text in NOT_JSON:
        yield f"payload {text[:12]!r} {len(text)}", signed(text)
    yield from ((f"payload {raw[:4]!r}", signed(raw)) for raw in _other_bytes(text_of(body)))
    yield "payload too long", signed(text_of(body) + " " * 4000)


def of_times(token: str, key: SigningKey, longest: int, leeway: int = 30) -> Named:
    """Sign well what has ended, has not begun, or lives too long; the token is taken to be issued now."""
    header, body = header_of(token), body_of(token)
    now = body["iat"]
    for name, iat, nbf, exp in (
        ("ended", now - longest, now - longest, now - leeway),
        ("ended long ago", now - 9 * longest, now - 9 * longest, now - 8 * longest),
        ("issued in the future", now + leeway + 1, now + leeway + 1, now + leeway + 60),
        ("begins in the future", now, now + leeway + 1, now + leeway + 60),
        ("lives a second too long", now, now, now + longest + 1),
        ("lives a second too long, began later", now, now + 1, now + longest + 1),
        ("lives a day", now, now, now + 86_400),
        ("lives until the year 2999", now, now, 32_400_000_000),
        ("ends as it begins", now, now, now),
        ("ends before it is issued", now, now, now - 1),
        ("begins before it is issued", now, now - 1, now + 60),
        ("begins after its end", now, now + 20, now + 10),
        ("issued in 1970", 0, 0, now + 60),
    ):
        yield name, forge(header, body | {"iat": iat, "nbf": nbf, "exp": exp}, key.private)


def bit_flips(token: str) -> Iterator[str]:
    """Flip each bit of header, payload and signature in turn."""
    for index, segment in enumerate(token.split(".")):
        raw = unspell(segment)
        for bit in range(8 * len(raw)):
            changed = bytearray(raw)
            changed[bit // 8] ^= 1 << bit % 8
            parts = token.split(".")
            parts[index] = spell(bytes(changed))
            yield ".".join(parts)


def twin(token: str) -> str:
    """Give the token with s replaced by n - s: the other signature that ECDSA accepts for the same words."""
    signed, _, signature = token.rpartition(".")
    raw = unspell(signature)
    return f"{signed}.{spell(raw[:32] + (ORDER - int.from_bytes(raw[32:], 'big')).to_bytes(32, 'big'))}"


def _with_spare_bit(segment: str) -> str:
    """Set a bit of the last letter that stands for nothing, where there is one."""
    if len(segment) % 4 == 0:
        return segment
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return segment[:-1] + alphabet[alphabet.index(segment[-1]) ^ 1]


def _other_bytes(text: str) -> list[bytes]:
    return [
        text.encode("utf-16"),
        text.encode("utf-32"),
        b"\xff" + text.encode(),
        text.encode() + b"\xc3",
        b"\xef\xbb\xbf" + text.encode(),
    ]


def key_on(curve: ec.EllipticCurve) -> tuple[ec.EllipticCurvePrivateKey, str]:
    """Give a key on some curve and its public PEM."""
    private = ec.generate_private_key(curve)
    return private, private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
