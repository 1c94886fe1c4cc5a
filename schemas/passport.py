"""Passports: the country that issued one, and its number."""

import re

from schemas.identifier import BadIdentifier
from schemas.spelling import in_latin

LONGEST = 40
INDIA = "IND"

# ISO 3166-1 alpha-3, then what passports carry beside it by ICAO Doc 9303-3: British nationals of other kinds, Kosovo,
# the United Nations, the European Union, Interpol, the Order of Malta, stateless people and refugees.
_COUNTRIES = """
ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM
BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR
CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB
GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA
JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA
MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR
NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS
SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON
TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
GBD GBN GBO GBP GBS RKS UNO UNA UNK EUE XPO XOM XXA XXB XXC
"""
_CODES = frozenset(_COUNTRIES.split())

# Which letters have been used is nowhere published in full, and lists in circulation leave out some that are printed.
_INDIAN = re.compile("[A-Z](?!0{7})[0-9]{7}")
# The machine-readable line has nine places for the number.
_FOREIGN = re.compile("(?=.*[0-9])[A-Z0-9]{5,9}")
# No slash: an Interpol notice, A-1234/5-2025, would be read as a passport.
_GAP = re.compile("[ .-]+")


def passport_normal(raw: object) -> str:
    """Give `IND/A1234567` from a country, a mark and a number, or from an Indian number alone. Raises BadIdentifier.

    The country is its three-letter code. A number alone is Indian if it can be; any other needs its country, since
    several countries may have given out the same.
    """
    # Legible is enough: no passport number has twelve digits.
    text = in_latin(raw, LONGEST)
    if not re.fullmatch("[A-Z0-9 ./:-]+", text):
        raise BadIdentifier("A passport number holds Latin letters and digits only.")
    found = re.fullmatch("([A-Z]{3})[ ./:-]+(.+)", text)
    country, rest = (found[1], found[2]) if found else (INDIA, text)
    number = _GAP.sub("", rest)
    if country not in _CODES:
        raise BadIdentifier(f"{country} is not the three-letter code of a country that issues passports.")
    if country != INDIA and not _FOREIGN.fullmatch(number):
        raise BadIdentifier("A passport number has 5 to 9 letters and digits, one digit at least.")
    if country == INDIA and not _INDIAN.fullmatch(number):
        raise BadIdentifier(
            "An Indian passport has a letter and seven digits, such as A1234567; write another with its country, "
            "such as NPL/01234567."
        )
    return f"{country}/{number}"
