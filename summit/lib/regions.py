"""The sub-region a country lies in, by the United Nations' standard country or area codes for statistical use (M49,
https://unstats.un.org/unsd/methodology/m49/). Names are those of CLDR, in the reader's language.

Antarctica is in none. Taiwan, which M49 does not list, is where CLDR has it.
"""

from babel import Locale

from summit.lib import countries

# By the code of the sub-region.
_MEMBERS = {
    "015": "DZ EG EH LY MA SD TN",
    "011": "BF BJ CI CV GH GM GN GW LR ML MR NE NG SH SL SN TG",
    "017": "AO CD CF CG CM GA GQ ST TD",
    "014": "BI DJ ER ET IO KE KM MG MU MW MZ RE RW SC SO SS TF TZ UG YT ZM ZW",
    "018": "BW LS NA SZ ZA",
    "021": "BM CA GL PM US",
    "013": "BZ CR GT HN MX NI PA SV",
    "029": "AG AI AW BB BL BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI",
    "005": "AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE",
    "143": "KG KZ TJ TM UZ",
    "030": "CN HK JP KP KR MN MO TW",
    "035": "BN ID KH LA MM MY PH SG TH TL VN",
    "034": "AF BD BT IN IR LK MV NP PK",
    "145": "AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE",
    "154": "AX DK EE FI FO GB GG IE IM IS JE LT LV NO SE SJ",
    "151": "BG BY CZ HU MD PL RO RU SK UA",
    "155": "AT BE CH DE FR LI LU MC NL",
    "039": "AD AL BA ES GI GR HR IT ME MK MT PT RS SI SM VA",
    "053": "AU CC CX HM NF NZ",
    "054": "FJ NC PG SB VU",
    "057": "FM GU KI MH MP NR PW UM",
    "061": "AS CK NU PF PN TK TO TV WF WS",
}
NOWHERE = ""
_OF = {country: region for region, countries in _MEMBERS.items() for country in countries.split()}


def of_country(country: str) -> str:
    """The code of the sub-region of an ISO 3166-1 country; :data:`NOWHERE` where it is in none."""
    return _OF.get(country, NOWHERE)


def name(region: str, language: str) -> str:
    return str(Locale.parse(language).territories.get(region, region))


def grouped(language: str, elsewhere: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The choices of countries below the names of their regions, both in the order of the language; what is in no region
    is ``elsewhere``, at the end."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, said in countries.choices(language):
        found.setdefault(of_country(code), []).append((code, said))
    named = sorted((name(region, language), rows) for region, rows in found.items() if region)
    return [*named, *([(elsewhere, found[NOWHERE])] if NOWHERE in found else [])]
