"""Writes gazetteer.tsv: CLDR's names of territories and of time zones' cities, in many languages.

    pip install babel && python3 gazetteer.py > gazetteer.tsv

CLDR is (c) Unicode, Inc., under the Unicode License v3. A line is: code, then name and languages, tab by tab;
a city's code is its time zone's, followed by the territory that the zone belongs to.
"""

import re

from babel import Locale
from babel.core import get_global

LANGUAGES = (
    "en ru ko ja de fr es zh ar pt it pl uk nl tr sv fi cs el he fa hi id vi th da nb hu ro sk bg sr hr sl ca"
).split()
NO_PLACE = {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB", "AQ", "CP", "TA", "DG", "EA", "IC", "AC", "BV", "HM", "UM", "IM"}
LATIN = set("en de fr es pt it nl pl tr sv fi cs id vi da nb hu ro sk hr sl ca".split())

names = {}


def add(code, name, language):
    name = re.sub(r"\s*[(（\[].*?[)）\]]", "", name).replace("’", "'").strip()
    name = re.sub(r"\s+(SAR|OAR|行政区|特别行政区)\b.*", "", name)
    if len(name) < 2 or name == code or "," in name:
        return
    names.setdefault(code, {}).setdefault(name, []).append(language)


zones = get_global("zone_territories")
former = {}
for old, new in get_global("zone_aliases").items():
    former.setdefault(new, []).append(old)
for language in LANGUAGES:
    locale = Locale.parse(language)
    for code, name in locale.territories.items():
        code, _, _ = code.partition("-alt-")
        if len(code) == 2 and code.isalpha() and code not in NO_PLACE:
            add(code, name, language)
    for zone, territory in zones.items():
        if zone.startswith(("Etc/", "Antarctica/")) or "/" not in zone or territory == "001":
            continue
        known = (locale.time_zones.get(name, {}).get("city") for name in [zone, *former.get(zone, [])])
        city = next(filter(None, known), None)
        if city is None and language in LATIN:
            city = zone.rsplit("/", 1)[1].replace("_", " ")
        if city is None or "/" in city:
            continue
        add(f"{zone.rsplit('/', 1)[1]} {territory}", city, language)

for code in sorted(names):
    rows = (f"{name}\t{','.join(languages)}" for name, languages in sorted(names[code].items()))
    print(code, *rows, sep="\t")
