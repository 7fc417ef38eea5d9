"""Each kind of identifier in the ways people type it, and what looks like one and is none."""

from __future__ import annotations

import time

import pytest

from bot.privacy.mask import mask_identifiers
from bot.privacy.phones import help_lines

HIDDEN = {
    "[email]": [
        "anna.smith at gmail dot com", "anna (at) example dot org", "anna@gmail", "annasmith@hotmail.co.uk", "jo_b @ yahoo.com",
        "anna dot smith at outlook dot com",
    ],
    "[web address]": ["facebook.com/anna.smith", "annasstory.wordpress.com/tsc", "example.org.au"],
    "[user name]": ["@tscmum_82"],
    "[phone number]": [
        "0412-345-678", "(03) 9123 4567", "98765 43210", "+91-98765-43210", "+27 (0)82 123 4567", "082 123 4567", "021 555 0123",
        "01 809 2199", "(416) 555-0199", "416.555.0199", "020 7946 0958", "0049 171 1234567", "9876 5432",
        "oh four one two three four five six seven eight",
    ],
    "[record number]": [
        "MRN 1234567", "MRN: 00123456", "UR number is 123456", "NHS number 943 476 5919", "nhs no. 9434765919", "Medicare 2123 45670 1",
        "2123 45670 1", "SSN 123-45-6789", "policy number is AB-1234567", "policy no: BUPA 998877", "member id XYZ123456789",
        "Hospital no. RX19/440827", "patient id 88123", "NHI ABC1234", "ZZZ0016", "aadhaar 1234 5678 9012", "ID number 8001015009087",
        "passport PA1234567", "claim number 2024-55812", "reference: REF-2291-AA", "PPS 1234567TW", "QQ 12 34 56 C",
        "health card 1234-567-890-AB", "1EG4-TE5-MK73", "1234567", "mrn4471902", "hosptal numbr 77 12 09 4", "UHID AH0012.883410",
        "Rx 7720419-03", "Medicaid ID QZ-T31982554", "participant 023-0051", "complaint ref PALS/0711/25-B", "ref UR/2025/00934", "28374-us-0561",
        "21-036628854-7", "personnummer 19930714-4471", "incident number is f250714-0993", "patient id abc-xyz-4471",
        "bupa policy BX 7719 3320", "policy# YDP 301 88 4472", "barcode on her wristband says 7730 1188 24", "my social is 219 09 9999",
    ],
    "[date of birth]": [
        "DOB 12/03/2015", "d.o.b. 2012-03-04", "date of birth is March 4th, 2012", "born on the 4th of March 2012", "born 4 march 2012", "geb. 4.3.2012", "geboren am 4. M\u00e4rz 2012", "birthday is 12 June 2010", "12/03/2015 (dob)",
        "b. 11/3/07", "birthdate 1961 MARCH 9", "birthdy is 3 mar 06",
        "dateof brith 190606", "d o b 9 10 84", "born xmas day 2012", "born 09 09 92", "4th march 2012 is her birthday", "born in march 2012", "born on the twelfth of march two thousand and twelve",
    ],
    "[address]": [
        "12 Oak Street", "12 Oak Street, Brunswick VIC 3056", "22 Baker Street, London NW1 6XE", "unit 2/39 kestrel st", "221b baker street",
        "flat 3, 12 Park Road", "PO Box 123", "Hauptstra\u00dfe 5, 10115 Berlin", "12 rue de la Paix, 75002 Paris", "Calle Mayor 12",
        "Reeperbahn 48, 20999 Hamburg", "742 Evergreen Terrace, Springfield, IL 62704", "Flat 12, MG Road, Bengaluru 560001",
        "14 Church Lane, Galway H91 E2K3", "89 Long Street, Cape Town, 8001", "509 sycamore dr", "1840 w 6th ave", "RR 3 site 9 box 22",
        "h.no 6-3-248/a road no 1", "hse number 30 on glenmore avenue", "live on Military Rd number 155", "stand 1164 ext 4",
    ],
    "[postcode]": ["postcode 3056", "SW1A 1AA", "m14 5tq", "zip code 90210-1234", "K1A 0B1", "D02 X285", "NSW 2000", "we live in SE15 4",
        "singapore 520233"],
}  # fmt: skip


@pytest.mark.parametrize(("placeholder", "said"), [(kind, said) for kind, every in HIDDEN.items() for said in every])
def test_identifiers_are_hidden_wherever_they_stand(placeholder, said):
    for text in (said, f"Hello. {said}. Is a scan needed?", f"{said}, and what about mouth sores"):
        masked = mask_identifiers(text)
        assert placeholder in masked
        assert not any(word in masked for word in said.split() if any(letter.isdigit() for letter in word))
    assert masked.endswith("and what about mouth sores")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("he turned 6 on 14/2/2020 and", "he turned 6 on [date of birth] and"),
        ("he'll be 18 on october 23rd", "he'll be 18 on [date of birth]"),
        ("gonna be 3 this thurs the 8th of july", "gonna be 3 this thurs the [date of birth]"),
        ("she came 5 weeks early on 16 sept 2021", "she came 5 weeks early on [date of birth]"),
        ("flat 4, 4th cross, bangalore 560038", "flat 4, 4th cross, bangalore [postcode]"),
    ],
)
def test_the_age_and_the_town_beside_it_stay(text, masked):
    assert mask_identifiers(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "levels were 4.1, 5.6 and 7.2", "egfr 58 in 2023", "platelets 150000", "platelets 1500000", "150 000 platelets", "10 000 IU vitamin D",
        "scan on 12/03/2025", "last scan 12.3.2025 next 12.3.2026", "mri on 4 march 2025", "diagnosed 04/03/2012",
        "born 2014", "born at 32 weeks", "born with a 2 cm AML", "born in 2014, scan 12/03/2025", "her birthday party on saturday",
        "3 days in a row", "2 hours drive", "20 minutes walk away", "300 mg St John's wort", "12 lead st elevation", "6 weeks after 12 March 2024",
        "5 minutes away from the main road", "T2 3mm", "b12 5mg", "ckd g3 5mg", "trial NCT00790400", "RAD001", "ur kidney is 12 cm",
        "ur gonna take 1000 mg", "file says 190/110", "policy since 2019", "call NHS 111", "call in 10 minutes", "it is.so what",
        "seizures.in the night", "4.5 mg/m\u00b2 sirolimus", "trough 5-15 ng/ml", "room 12 bed 3", "@home", "box says NDC 0008-1030",
        "it will be 3 cm on the next scan", "she'll be 5 in may", "gfr will be 30 by 2026", "2 enlarged ln", "in T2 3 tiny spots", "RR 2.3 for bleeding",
        "on cross sections of the main vessel it was 245000", "folder says 4 cm", "turned 40 last year", "kids helpline 1800 55 1800", "4 cm close to the artery", "120 80 130 85 125 82", "20250312",
        "rs12345678", "PMC1234567", "NCT00411619", "school year 2024/2025", "10-20-30mg", "100000iu", "12/03/2025am", "90/60-95/65mmhg", "at 20 weeks scan",
        "home at 3 pm", "1000000-2000000 cells", "CYP3A4", "EXIST-1", "HLA-B*5701",
    ],
)  # fmt: skip
def test_figures_dates_and_everyday_numbers_stay(text):
    assert mask_identifiers(text) == text


@pytest.mark.parametrize(
    "number", ["000", "112", "13 11 26", "1800 022 222", "116 123", "0861 555 777", "1-800-222-1222", "0800 764 766"]
)
def test_numbers_for_help_stay_however_they_are_spaced(number):
    digits = number.replace(" ", "").replace("-", "")
    for text in (f"call {number}", f"ring {digits} now", f"is {number} right?"):
        assert mask_identifiers(text) == text


def test_every_number_of_the_places_is_known():
    assert {"000", "131126", "1800022222", "8002221222", "116123", "1737", "8004635060"} <= help_lines()


def test_of_a_birth_only_the_date_goes():
    assert mask_identifiers("born at 32 weeks on 04/03/2012, 1.9 kg") == "born at 32 weeks on [date of birth], 1.9 kg"


NASTY = ["1 ", "a ", "12 oak ", "call ", "a.b-", "a-", "1-", "born ", "dob ", "1.2.", "a dot ", "a at a dot ", "one two ", "mrn no ", "id ", "flat 1 ",
         "12 word ", "A1 ", "+1", "(0", "\u0660", "www.", "@a.", "calle de ", "12 rue de la ", "[address], ", "policy ", "password ", " ", "\n", "1a"]  # fmt: skip


@pytest.mark.parametrize("piece", NASTY)
def test_no_text_takes_long(piece):
    text = (piece * 2000)[:2000]
    started = time.thread_time()
    mask_identifiers(text)
    assert time.thread_time() - started < 0.25  # seconds; a tenth of it on one core
