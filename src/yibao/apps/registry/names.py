"""Names as they are searched, and as they are shown where the whole name has no business."""

from functools import lru_cache

from yibao.core import pinyin
from yibao.core.identity import mask_name
from yibao.rulebook.national import surnames

# Names repeat within a town, and reading one takes longer than everything else about its row.
_REMEMBERED = 20_000


@lru_cache(maxsize=_REMEMBERED)
def initials(name: str) -> str:
    """Return the capitals by which the name is found: 查小明 gives ZXM."""
    return pinyin.initials(name, surnames().readings)


def masked(name: str) -> str:
    """Return the name as lists show it: 王*梅, 欧阳*华."""
    return mask_name(name, surnames().compound)
