"""Names of synthetic people: surnames by frequency, given names, some rare characters."""

import random

from yibao.rulebook.national import surnames

_MALE = "伟强军勇杰涛斌波辉刚健明亮平华建国文志海峰林松柏山川浩宇轩晨阳博鑫磊毅鹏飞龙"
_FEMALE = "芳娜敏静丽艳娟霞秀英玲桂兰红梅菊莲香珍玉凤琴云燕雪莉萍慧婷雨欣怡涵琪瑶妍诗"
_ELDER_MALE = "福生贵才德厚金银根发财有旺春秋长庚满仓炳坤富元祥兴茂"
_ELDER_FEMALE = "桂兰秀英玉珍菊香翠莲凤英月娥满秀冬梅春香四妹细妹"
# Characters that fonts and keyboards lack: names keep them.
_RARE = ("䶮", "㛃", "㑇", "喆", "堃", "𠀀", "𡋤", "㵑")
_MONGOLIAN_MALE = (
    "巴特尔",
    "阿拉坦",
    "特木尔",
    "那日苏",
    "苏和",
    "布和",
    "额尔敦",
    "哈斯巴根",
    "宝音",
    "白音",
)
_MONGOLIAN_FEMALE = (
    "乌兰",
    "其其格",
    "萨仁",
    "娜仁花",
    "高娃",
    "乌云",
    "通拉嘎",
    "斯琴",
    "萨日娜",
    "塔娜",
)
_ELDER_BORN_BEFORE = 1965
_ONE_CHARACTER_IN = 8
_RARE_ONE_IN = 400


class NameMaker:
    """Makes names from one seeded source; the same source gives the same names."""

    def __init__(self, source: random.Random) -> None:
        self._source = source
        listed = surnames()
        self._surnames = list(listed.weights)
        self._weights = list(listed.weights.values())

    def surname(self) -> str:
        """Return a surname, by how often it is met."""
        return self._source.choices(self._surnames, self._weights)[0]

    def given(self, sex: str, born_year: int) -> str:
        """Return a given name of one or two characters that fits sex and generation."""
        elder = born_year < _ELDER_BORN_BEFORE
        pool = (
            (_ELDER_MALE if elder else _MALE)
            if sex == "male"
            else (_ELDER_FEMALE if elder else _FEMALE)
        )
        length = 1 if self._source.randrange(_ONE_CHARACTER_IN) == 0 else 2
        given = "".join(self._source.choice(pool) for _ in range(length))
        if self._source.randrange(_RARE_ONE_IN) == 0:
            given = given[:-1] + self._source.choice(_RARE)
        return given

    def mongolian(self, sex: str) -> str:
        """Return a Mongolian name written in Chinese characters."""
        pool = _MONGOLIAN_MALE if sex == "male" else _MONGOLIAN_FEMALE
        return "".join(dict.fromkeys((self._source.choice(pool), self._source.choice(pool))))
