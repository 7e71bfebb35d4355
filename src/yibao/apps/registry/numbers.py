"""Numbers of our own: a person and a household keep theirs for life, whatever they change.

    person     430423 000000017 5     place of the first registration, counter, check digit
    household  H 430423 000000017 5

The counter is the row's own, so no two numbers are alike and nobody waits for a lock. The check
digit (ISO 7064 MOD 11,10) catches one wrong figure and most swapped ones.
"""

from stdnum.iso7064 import mod_11_10

HOUSEHOLD = "H"
COUNTER_DIGITS = 9
# Of the twelve digits of an area number, those below the county.
BELOW_COUNTY = 10**6


def person_no(*, area_no: int, counter: int) -> str:
    """Return the person's number for the counter in the county of the area."""
    body = f"{area_no // BELOW_COUNTY:06d}{counter:0{COUNTER_DIGITS}d}"
    return body + mod_11_10.calc_check_digit(body)


def household_no(*, area_no: int, counter: int) -> str:
    """Return the household's number for the counter in the county of the area."""
    return HOUSEHOLD + person_no(area_no=area_no, counter=counter)


def is_number_of_ours(text: str) -> bool:
    """Tell whether the text is a person's or a household's number with the right check digit."""
    body = text.removeprefix(HOUSEHOLD)
    shape = len(body) == len("430423") + COUNTER_DIGITS + 1
    return shape and body.isascii() and body.isdigit() and mod_11_10.is_valid(body)
