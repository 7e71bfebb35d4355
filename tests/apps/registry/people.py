"""Synthetic people for tests: one call, one person of 查泉村 in Xinqiao."""

from datetime import date

from yibao.apps.access.scope import Scope
from yibao.apps.registry.people import NewDocument, NewIdentity, NewPerson
from yibao.core.identity import make_resident_number

CHAQUAN, SHICANG, XIANE = 430423105214, 430423105218, 430423105216
XINQIAO = (430423105000, 430423106000)
# A township of the same county that is not Xinqiao.
ELSEWHERE = 430423100000


def number(sequence: int, *, born: date = date(1980, 5, 6), sex: str = "male") -> str:
    """Return the resident number of the n-th synthetic person born that day."""
    return make_resident_number("430423", born, sex, sequence)


def person(sequence: int = 1, **facts: object) -> NewPerson:
    """Return a person who may be registered; facts replace the usual ones."""
    born = facts.pop("born", date(1980, 5, 6))
    sex = facts.pop("sex", "male")
    identities = facts.pop("identities", ())
    resident = number(sequence, born=born, sex=sex)
    usual = {
        "name": "王建华",
        "area_no": CHAQUAN,
        "documents": (NewDocument("resident", resident, source="户口簿"),),
        "identities": tuple(
            NewIdentity(code, date(2020, 9, 30), source="名单") for code in identities
        ),
    }
    return NewPerson(**(usual | {"born": born, "sex": sex} | facts))


def xinqiao(scope: Scope) -> Scope:
    """Return the scope of the township's clerk."""
    return scope.narrowed(*XINQIAO, "新桥镇")
