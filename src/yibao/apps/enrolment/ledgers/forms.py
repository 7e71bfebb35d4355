"""The three ledgers of the 2021 plan, column by column (方案 附件 2, 3, 4).

The order, the words and the stars are the paper's. Columns marked `ours` are not on it: an
electronic table needs a place for what paper keeps beside the line.
"""

from dataclasses import dataclass

from yibao.apps.registry.relations import relation_words
from yibao.rulebook.national import codes

PAYMENT_LEDGER = "payment_ledger"
NEW_ENTRANTS = "new_entrants"
INSURED_ELSEWHERE = "insured_elsewhere"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its words on paper, whether it must be filled, what may stand in it.

    `width` is in characters; `ours` marks a column that the paper has not.
    """

    title: str
    key: str
    starred: bool = False
    width: int = 0
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    as_text: bool = False
    ours: bool = False

    @property
    def head(self) -> str:
        """The words in the table's head, with the star."""
        return f"{self.title}*" if self.starred else self.title


@dataclass(frozen=True, slots=True)
class LedgerForm:
    """A ledger: what it is called, its columns, notes and signatures."""

    kind: str
    name: str
    annex: int
    columns: tuple[Column, ...]
    unit: str
    notes: tuple[str, ...]
    footer: tuple[str, ...]
    in_yuan: bool

    def title(self, *, region: str, year: int) -> str:
        """Return the official title for a region and year."""
        return f"{region}{year}年度{self.name}"

    def column(self, key: str) -> Column:
        """Return the column of this key."""
        return next(column for column in self.columns if column.key == key)

    def has(self, key: str) -> bool:
        """Tell whether the ledger has the column."""
        return any(column.key == key for column in self.columns)


def _words(listed: str) -> tuple[str, ...]:
    return tuple(entry["zh"] for entry in codes(listed).values())


# 参保类型 of annex 4: the two schemes, and the code under which cover elsewhere is kept.
COVER_KINDS = {"职工医保": "employee", "城乡居民医保": "resident"}
_UNIT = "填报单位：　　　　　　乡镇　　　　　　村（居委会）"
_STARS = "标注“*”的为必填项目，须真实、准确。"
_HUKOU = "户主关系、姓名、性别、身份证号以户口簿登记的为准。"
_PAID = ("个人缴费", "个人交费")
_NOTICES = _words("notice_method")

_NUMBER = Column("序号", "no", width=6)
_NAME = Column("姓名", "name", starred=True, width=12)
_RELATION = Column(
    "户主关系", "relation", starred=True, width=12, choices=relation_words(), also=("与户主关系",)
)
_SEX = Column("性别", "sex", starred=True, width=7, choices=_words("sex"))
_IDENTITY = Column("身份证号", "number", starred=True, width=22, also=("身份证号码",), as_text=True)
_PHONE = Column("联系电话", "phone", width=15, as_text=True)
_PLACE = Column("参保地", "place", width=12, ours=True)

_PAYMENT = LedgerForm(
    kind=PAYMENT_LEDGER,
    name="城乡居民医保参保缴费台账",
    annex=2,
    unit=_UNIT,
    in_yuan=True,
    columns=(
        _NUMBER,
        Column("家庭编号", "household_no", width=12, as_text=True),
        _NAME,
        _RELATION,
        _SEX,
        _IDENTITY,
        Column("告知、督促方式", "notice", width=16, choices=_NOTICES),
        Column("个人缴费", "claimed", starred=True, width=11, also=_PAID),
        Column("未缴费原因", "unpaid_reason", starred=True, width=18),
        Column("参保人签字", "signature", starred=True, width=14),
    ),
    notes=(
        _STARS,
        _HUKOU,
        f"告知、督促方式填写{'或'.join(_NOTICES)}。",
        "未缴费原因只在个人缴费为 0 而应缴不为 0 时填写。",
    ),
    footer=("填表人（签字）：", "负责人（签字）：", "电话："),
)
_ENTRANTS = LedgerForm(
    kind=NEW_ENTRANTS,
    name="城乡居民医保新增参保缴费基本信息登记表",
    annex=3,
    unit=_UNIT,
    in_yuan=True,
    columns=(
        _NUMBER,
        _NAME,
        _RELATION,
        _SEX,
        _IDENTITY,
        _PHONE,
        Column("个人交费", "claimed", starred=True, width=11, also=_PAID),
        Column("经办人", "agent", starred=True, width=12),
        Column("参保人签字", "signature", width=14),
    ),
    notes=(_STARS, _HUKOU, "同一户的人连续填写，户主在前。"),
    footer=("负责人（签字）：", "电话："),
)
_ELSEWHERE = LedgerForm(
    kind=INSURED_ELSEWHERE,
    name="城乡居民异地参保信息登记表",
    annex=4,
    unit="填报单位：",
    in_yuan=False,
    columns=(
        _NUMBER,
        _NAME,
        Column("身份证号码", "number", starred=True, width=22, also=("身份证号",), as_text=True),
        Column("户籍地", "hukou_place", starred=True, width=24),
        Column("参保地（凭证复印）", "cover_place", starred=True, width=24, also=("参保地",)),
        Column(
            "参保类型（职工医保/城乡居民医保）",
            "cover_kind",
            starred=True,
            width=20,
            choices=tuple(COVER_KINDS),
            also=("参保类型",),
        ),
        _PHONE,
        Column("凭证号", "voucher_no", width=24, as_text=True, ours=True),
    ),
    notes=(
        "本表由村组（社区）填报，附异地参保凭证，由乡镇（街道）汇总后交医保部门备案。",
        "没有凭证号的行不能上报。",
    ),
    footer=("填报人：", "联系电话：", "填报时间："),
)


def forms() -> dict[str, LedgerForm]:
    """Return the three ledgers by kind."""
    return {form.kind: form for form in (_PAYMENT, _ENTRANTS, _ELSEWHERE)}


def optional_columns(form: LedgerForm) -> tuple[Column, ...]:
    """Return columns that the paper has not and that are read where a table has them."""
    return (_PLACE,) if form.kind != INSURED_ELSEWHERE else ()
