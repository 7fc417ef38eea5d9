"""Identifiers go, clinical numbers stay."""

from __future__ import annotations

import pytest

from bot.privacy import mask
from bot.privacy.mask import mask_identifiers


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to anna.smith+tsc@mail.example.org.au please", "write to [email] please"),
        ("A_B-c@example.com, or call", "[email], or call"),
        ("It is a@b.co.", "It is [email]."),
        ("<j\u00fcrgen@m\u00fcller.de>", "<[email]>"),
        ("mailto:a@b.co", "mailto:[email]"),
        ("see https://example.org/record?id=77&name=anna now", "see [web address] now"),
        ("HTTP://EXAMPLE.ORG", "[web address]"),
        ("www.example.org/anna is ours", "[web address] is ours"),
        ("https://anna:pw@example.org/x", "[web address]"),
        ("@ home", "@ home"),
        ("3 tablets @ 8 pm", "3 tablets @ 8 pm"),
        ("the http error", "the http error"),
        ("wwwhat?", "wwwhat?"),
    ],
)
def test_mail_and_web_addresses_are_masked(text, masked):
    assert mask_identifiers(text) == masked


@pytest.mark.parametrize(
    "number",
    [
        "+61 2 9876 5432",
        "(02) 9876 5432",
        "0412 345 678",
        "0412345678",
        "+61412345678",
        "1800 123 456",
        "+64 21 123 4567",
        "021 123 4567",
        "+44 20 7946 0958",
        "+44 (0)20 7946 0958",
        "0044 20 7946 0958",
        "07700 900123",
        "+353 1 234 5678",
        "(555) 123-4567",
        "+1 555-123-4567",
        "+1 (555) 123-4567",
        "1-800-555-0199",
        "5551234567",
        "+49 30 1234567",
        "+49 (0)30 123456",
        "+33 1 23 45 67 89",
        "06 12 34 56 78",
        "+91 98765 43210",
        "+27 82 123 4567",
        "\u0660\u0664\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
    ],
)
def test_phone_numbers_of_many_countries_are_masked(number):
    assert mask(number) == "[phone number]"
    assert mask(f"call {number}, please") == "call [phone number], please"
    assert mask(f"My number is {number}.") == "My number is [phone number]."
    assert mask(f"Mum {number} Dad") == "Mum [phone number] Dad"


@pytest.mark.parametrize(
    "text",
    [
        "temperature 38.9",
        "38,9 degrees",
        "temps 38.9 39.1 38.5 37.9",
        "blood pressure 190/110",
        "190/110 185/105 178/99",
        "bp 190 over 110, 185 over 105",
        "an AML of 3.2 cm",
        "3.2 x 4.1 x 2.8 cm",
        "32 x 41 x 28 mm",
        "10 mg",
        "5mg and 2.5mg",
        "everolimus 10 mg at 8 am and 20 mg at 8 pm",
        "level 5.4 ng/mL",
        "eGFR 58",
        "creatinine 88",
        "creatinine 1.25 mg/dL",
        "platelets 150000",
        "platelets 1500000",
        "15000000.5 and 15000000,5",
        "0.12345678",
        "call 000",
        "999 or 112 or 911 or 111",
        "13 11 26",
        "1800 022 222",
        "116 123",
        "she is 12, he is 9",
        "born 2014",
        "2014, 2016 and 2019",
        "12/03/2025",
        "3 4 5 6 7",
        "room 12-14",
        "",
        "no numbers",
        "TSC1 and TSC2",
    ],
)
def test_clinical_numbers_and_emergency_lines_stay(text):
    assert mask(text) == text


def test_everything_in_one_message_is_masked_and_the_rest_stays():
    text = "Anna (anna@example.org, 0412 345 678, www.anna.example) has 38.9 and 190/110, AML 3.2 cm"
    assert mask(text) == "[name] ([email], [phone number], [web address] has 38.9 and 190/110, AML 3.2 cm"


def test_masking_again_changes_nothing():
    masked = mask("anna@example.org, 0412 345 678, https://example.org/1234567890")
    assert mask(masked) == masked == "[email], [phone number], [web address]"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("My [address] again: I live at 12 High Street, Leeds LS1 4AP", "My [address] again: I live at [address]"),
        ("[address]12 Oak Street, Brunswick VIC 3056", "[address][address]"),
        ("[postcode] is NSW 2000", "[postcode] is [postcode]"),
        ("[email] is anna@example.org", "[email] is [email]"),
        ("[web address]www.example.org", "[web address][web address]"),
        ("[user name] is @tscmum_82", "[user name] is [user name]"),
        ("[phone number] or 0412 345 678", "[phone number] or [phone number]"),
        ("my [record number] is MRN 7654321", "my [record number] is MRN [record number]"),
        ("the [date of birth]: born 4 march 2012", "the [date of birth]: born [date of birth]"),
        ("my name is [name] Kowalska", "my name is [name] [name]"),
    ],
)
def test_a_placeholder_that_was_typed_hides_nothing_else(text, masked):
    assert mask(text) == masked
    assert mask(masked) == masked


@pytest.mark.parametrize("text", ["\x00", "\ud800 0412 345 678", "a" * 2000, "1" * 2000, "a.b-" * 500, "a@" + "a-" * 999])
def test_odd_strings_of_any_kind_are_taken(text):
    assert isinstance(mask(text), str)


@pytest.mark.parametrize(
    "text",
    ["1000-2000 mg", "120000-400000 platelets", "2019-2023", "2025-03-12", "05-03-2012", "01/02/2020", "20 30 40 50 mm",
     "bp 120 80 130 85", "0.08 (0.02-0.37)", "0.5 0.25 0.125 mg", "000, 111, 999, 112, 911", "13 11 26"],
)  # fmt: skip
def test_figures_and_dates_stay(text):
    assert mask(text) == text


@pytest.mark.parametrize(
    "text", ["06.12.34.56.78", "555.123.4567", "0171/1234567", "0412\u00a0345\u00a0678", "0412\u2013345\u2013678"]
)
def test_phone_numbers_with_other_separators_are_masked(text):
    assert mask(text) == "[phone number]"


def test_in_another_language_first_and_last_name_go_and_single_words_stay():
    assert mask("Nguyen Thi Hoa, 34, LAM and AML, sirolimus 2 mg") == "[name], 34, LAM and AML, sirolimus 2 mg"
    text = "Was ist ein Angiomyolipom und ist das Krebs?"
    assert mask(text) == text
