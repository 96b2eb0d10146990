"""National ids and tax numbers by country: how each is written, who checks it, and which words announce it.

The check digits are those of python-stdnum. Many hold for one number in ten or eleven, so a number alone is
evidence only where it is written as nothing else is; otherwise a word beside it has to announce it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from cloister.model import Evidence

_SIGNS = re.compile(r"[^0-9A-Z*]")
_PERSON = """
at.vnr        | 9999999999    |                       | svnr, sv nummer, versicherungsnummer, e card, ecard
be.nn         | 99999999999   | 99.99.99-999.99       | rijksregisternummer, registre national, niss, insz, \
    rrn, numero national
bg.egn        | 9999999999    |                       | egn, егн, единен граждански номер, личен номер
br.cpf        | 99999999999   | 999.999.999-99        | cpf
ca.sin        | 999999999     |                       | sin, social insurance number, numéro d'assurance sociale, nas
ch.ssn        | 9999999999999 | 999.9999.9999.99      | ahv, avs, ahvn13, ahv nummer, numéro avs, numero avs, \
    sozialversicherungsnummer
cl.rut        | 99999999*     | 99.999.999-9; 99.999.999-A | rut, run
cn.ric        | 99999999999999999* |                  | 身份证, 公民身份号码, resident identity
cz.rc         | 9999999999    | 999999/9999           | rodné číslo, rodne cislo, r č, rč, personal no, rodné č
de.svnr       | 99999999A999  | 99 999999 A 999       | rentenversicherungsnummer, sozialversicherungsnummer, \
    rvnr, sv nummer, versicherungsnummer
dk.cpr        | 9999999999    |                       | cpr, cpr nr, cpr nummer, personnummer
ee.ik         | 99999999999   |                       | isikukood, personal code, personal identification code
es.dni        | 99999999A     | 99999999-A; 99.999.999-A | dni, nif, d n i, documento nacional
es.nie        | A9999999A     | A-9999999-A           | nie, n i e, extranjero
fi.hetu       | 999999999*    | 999999-999A; 999999-9999; 999999A999A | henkilötunnus, hetu, personbeteckning
fr.nir        | 999999999999999 9999999**999999 | 9 99 99 99 999 999 99; \
    9 99 99 9A 999 999 99 | sécurité sociale, nir, numéro de sécurité sociale, n ss, insee, immatriculation
gb.nhs        | 9999999999    |                       | nhs, nhs number, nhs no
gb.nino       | AA999999A     | AA 99 99 99 A         | national insurance, ni number, nino, ni no
gr.amka       | 99999999999   |                       | amka, αμκα
hr.oib        | 99999999999   |                       | oib, osobni identifikacijski broj
ie.pps        | 9999999A 9999999AA |                  | pps, ppsn, pps number, personal public service
il.idnr       | 999999999     |                       | teudat zehut, mispar zehut, תעודת זהות, מספר זהות
in_.aadhaar   | 999999999999  |                       | aadhaar, aadhar, आधार, unique identification authority
is_.kennitala | 9999999999    | 999999-9999           | kennitala
it.codicefiscale | AAAAAA99A99A999A | AAAAAA99A99A999A | codice fiscale, tessera sanitaria, c f
jp.in_        | 999999999999  |                       | マイナンバー, 個人番号, my number, individual number
kr.rrn        | 9999999999999 | 999999-9999999        | 주민등록번호, resident registration
lt.asmens     | 99999999999   |                       | asmens kodas, personal code
lv.pvn        | 99999999999   | 999999-99999          | personas kods, personal code
mx.curp       | AAAA999999AAAAAA*9 | AAAA999999AAAAAA99; AAAA999999AAAAAAA9 | curp
nl.bsn        | 999999999     |                       | bsn, burgerservicenummer, sofinummer
no.fodselsnummer | 99999999999 | 999999 99999         | fødselsnummer, personnummer, fodselsnr, fødselsnr
pl.pesel      | 99999999999   |                       | pesel, numer pesel
pt.cc         | 999999999AA9  | 99999999 9 AA9        | cartão de cidadão, nº documento, número de documento, \
    n documento
ro.cnp        | 9999999999999 |                       | cnp, cod numeric personal
se.personnummer | 9999999999 999999999999 |          | personnummer, personnr, pers nr, samordningsnummer
si.emso       | 9999999999999 |                       | emšo, jmbg, emso
sk.rc         | 9999999999    | 999999/9999           | rodné číslo, rodne cislo
tr.tckimlik   | 99999999999   |                       | t c kimlik, kimlik no, tckn, tc kimlik, tr identity
us.ssn        | 999999999     | 999-99-9999           | ssn, social security number, social security no, ss no
za.idnr       | 9999999999999 |                       | identity number, said number, id number
"""
_TAX = """
ar.cuit       | 99999999999   | 99-99999999-9         | cuit, cuil
at.uid        | AA99999999    | AAA99999999           | uid, ust id
au.abn        | 99999999999   |                       | abn, australian business number
au.tfn        | 999999999     |                       | tfn, tax file number
be.vat        | 9999999999    | AA9999999999; AA 9999.999.999; AA9999.999.999 | btw, tva, ondernemingsnummer, \
    numéro d'entreprise
br.cnpj       | 99999999999999 | 99.999.999/9999-99   | cnpj
ca.bn         | 999999999     |                       | business number, gst, hst, numéro d'entreprise
ch.uid        | AAA999999999  | AAA-999.999.999       | uid, mwst, tva, iva, che
co.nit        | 9999999999    |                       | nit
cz.dic        | 99999999      | AA99999999            | dič, dic
de.idnr       | 99999999999   |                       | steuer id, steueridentifikationsnummer, \
    steuerliche identifikationsnummer, identifikationsnummer, idnr, steuer identifikationsnummer, tin
de.stnr       | 9999999999 99999999999 9999999999999 | | steuernummer, steuer nr, st nr, stnr, steuernr
de.vat        | 999999999     | AA999999999; AA 999999999; AA 999 999 999 | ust id, ust idnr, \
    umsatzsteuer id, umsatzsteueridentifikationsnummer, ustid, vat
dk.cvr        | 99999999      | AA99999999            | cvr, cvr nr, moms, se nr
es.cif        | A99999999 A9999999A | A-99999999       | cif, nif, c i f, n i f
fi.alv        | 99999999      | AA99999999            | alv, y tunnus, vat
fr.siren      | 999999999     |                       | siren, rcs, r c s
fr.siret      | 99999999999999 | 999 999 999 99999    | siret
fr.tva        | **999999999   | AA99999999999; AA 99 999999999; AA 99 999 999 999 | tva, n tva, \
    tva intracommunautaire, tva intracom
fr.nif        | 9999999999999 |                       | numéro fiscal, référence fiscale, spi, \
    numéro fiscal de référence
gb.utr        | 9999999999    |                       | utr, unique taxpayer reference, tax reference
gb.vat        | 999999999     | AA999999999; AA 999 9999 99 | vat, vat no, vat number, vat reg, vat registration
gr.vat        | 999999999     | AA999999999           | αφμ, afm, vat
hu.anum       | 99999999      | AA99999999            | adószám, adoszam, vat
ie.vat        | 9999999A 9999999AA | AA9999999A; AA9999999AA | vat, vat no, vat number, vat reg
in_.gstin     | 99AAAAA9999A*** | 99AAAAA9999A9A9; 99AAAAA9999A9AA | gstin, gst
in_.pan       | AAAAA9999A    |                       | pan, permanent account number, income tax department
it.iva        | 99999999999   | AA99999999999         | partita iva, p iva, piva
mx.rfc        | AAAA999999*** AAA999999*** |          | rfc, registro federal de contribuyentes
nl.btw        | 999999999A99  | AA999999999A99        | btw, btw nr, btw nummer, btw id
no.orgnr      | 999999999     |                       | org nr, organisasjonsnummer, mva, orgnr
pl.nip        | 9999999999    | AA9999999999          | nip, nip no
pt.nif        | 999999999     | AA999999999           | nif, contribuinte, nipc, número de identificação fiscal
ro.cui        | 99999999      | AA99999999            | cui, cif, cod fiscal
se.orgnr      | 9999999999    |                       | organisationsnummer, org nr, orgnr, momsreg
se.vat        | 999999999999  | AA999999999999        | momsregistreringsnummer, momsreg nr, vat
us.ein        | 999999999     |                       | ein, employer identification, federal tax id, fein
us.itin       | 999999999     | 999-99-9999           | itin, individual taxpayer
"""
_ANY_PERSON = """
national id, national identification, national identity, identity number, identity card number, social security
personal number, personal code, personal identification, citizen number, ausweisnummer, personenkennzahl
personenkennziffer, sozialversicherung, sozialversicherungsnummer, sv nummer, numéro national, numéro d'identité
identifiant national, sécurité sociale, documento nacional de identidad, documento de identidad, seguridad social
número de identidad, número de identificación, cédula, número personal, n personnel
"""
_ANY_TAX = """
vat, vat no, vat number, vat reg no, tax number, tax no, tax id, tin, tax identification, taxpayer, \
    taxpayer id, ust id nr, ust idnr
umsatzsteuer, steuernummer, steuer nr, steuer id, tva, n tva, tva intracommunautaire, numéro fiscal, \
    identification fiscale
iva, nif, nif iva, cif, identificación fiscal, número fiscal, partita iva, btw, moms, uid nr
"""


@dataclass(frozen=True, slots=True)
class Register:
    """One sort of number. `alone` holds the ways to write it in which no word has to announce it."""

    evidence: Evidence
    name: str
    shapes: tuple[str, ...]
    alone: frozenset[str]
    words: tuple[str, ...]

    @property
    def country(self) -> str:
        """ISO 3166, two capitals."""
        return self.name[:2].upper()

    @property
    def signs(self) -> bool:
        """Whether the sign within the number belongs to it: it tells the century."""
        return self.name == "fi.hetu"

    def holds(self, number: str) -> bool:
        """Whether the number may be one of these, by its check digits and what else is known of it."""
        if self.name in _OWN:
            return _OWN[self.name](_SIGNS.sub("", number))
        # Each module is small, and imported when the first number of its shape is announced.
        return bool(import_module(f"stdnum.{self.name}").is_valid(number))


def _nino(number: str) -> bool:
    """Whether a British National Insurance number can be: it has no check digit, but pairs that are never given out."""
    first, second = number[0], number[1]
    return (
        first not in "DFIQUV"
        and second not in "DFIOQUV"
        and number[:2] not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}
        and number[-1] in "ABCD"
    )


def _pension(number: str) -> bool:
    """Whether a German pension insurance number holds (VKVV § 2): area, day of birth, letter, serial, check digit."""
    day, month = int(number[2:4]), int(number[4:6])
    if not (1 <= day <= 31 and 1 <= month <= 12):  # noqa: PLR2004 - days and months
        return False
    digits = number[:8] + f"{ord(number[8]) - 64:02}" + number[9:11]
    weighed = (int(d) * w for d, w in zip(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True))
    return sum(w // 10 + w % 10 for w in weighed) % 10 == int(number[11])


UNPROVEN = frozenset({"de.stnr", "dk.cpr", "gb.nino", "in_.pan", "us.ein", "us.itin", "us.ssn"})
"""Numbers without a check digit: nothing could prove that a look-alike was meant."""
_OWN = {"gb.nino": _nino, "de.svnr": _pension}
"""What python-stdnum does not have."""


def _list(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.replace("\n", ",").split(",") if word.strip())


@cache
def registers() -> tuple[Register, ...]:
    """Every register."""
    made = []
    for evidence, table in ((Evidence.NATIONAL_ID, _PERSON), (Evidence.TAX_NUMBER, _TAX)):
        for row in table.strip().split("\n"):
            name, shapes, alone, words = (cell.strip() for cell in row.split("|"))
            alone_as = frozenset(way.strip() for way in alone.split(";") if way.strip())
            every = dict.fromkeys((*shapes.split(), *(_SIGNS.sub("", way) for way in sorted(alone_as))))
            made.append(Register(evidence, name, tuple(every), alone_as, _list(words)))
    return tuple(made)


def general(evidence: Evidence) -> tuple[str, ...]:
    """Words that announce any number of a sort."""
    return _list(_ANY_PERSON if evidence is Evidence.NATIONAL_ID else _ANY_TAX)
