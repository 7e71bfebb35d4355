"""What the world asked for and cannot have: refusals, each with a cause and a cure.

An `assert` marks a mistake of ours; a `Refusal` tells a person that what they asked is not
possible, why, and what to do next. The console shows it at a page or a field, the command line as
one line, the hospital interface as a reply code; none of them writes a text of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

_TEXTS = ("message", "remedy", "message_en", "remedy_en")


class Refusal(Exception):  # noqa: N818 - a refusal is not an error of the program
    """A refusal of the world. One subclass per cause, beside the function that raises it.

    A subclass writes its texts as class attributes; `{name}` stands for a fact:

        class NumberWrongLength(Refusal):
            code = "E101"
            message = "证件号码 {number} 有 {length} 位"
            remedy = "请核对原件后重新录入"
            message_en = "The number {number} has {length} characters"
            remedy_en = "Compare it with the document and enter it again"

        raise NumberWrongLength(number="4304…", length=17)

    On the instance the four texts are filled, the facts are attributes and stand in `facts`.
    `field` names the input the refusal belongs to, where there is one. `str()` gives the Chinese
    sentence, `sentence("en")` the English one. A template that names a fact which is not given is
    a mistake of ours and raises KeyError at once. Refusals survive pickling between processes.
    """

    code: ClassVar[str] = ""
    field: str | None = None
    message: str = ""
    remedy: str = ""
    message_en: str = ""
    remedy_en: str = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.code:
            missing = [name for name in ("code", *_TEXTS) if not getattr(cls, name)]
            assert not missing, f"{cls.__name__} lacks {', '.join(missing)}"

    def __init__(self, **facts: Any) -> None:
        assert self.code, f"{type(self).__name__} is a family of refusals, raise one of its members"
        assert not facts.keys() & {"code", "facts", *_TEXTS}, "a fact may not hide a text"
        self.facts = facts
        for name in _TEXTS:
            setattr(self, name, getattr(type(self), name).format_map(facts))
        for name, fact in facts.items():
            setattr(self, name, fact)
        super().__init__(self.sentence())

    def told(self, language: str = "zh") -> tuple[str, str]:
        """Return cause and cure, in Chinese or, for "en", in English."""
        if language.startswith("en"):
            return self.message_en, self.remedy_en
        return self.message, self.remedy

    def sentence(self, language: str = "zh") -> str:
        """Return cause and cure in one line, in Chinese or, for "en", in English."""
        return (". " if language.startswith("en") else "。").join(self.told(language))

    def __str__(self) -> str:
        return self.sentence()

    def __reduce__(self) -> tuple[Callable[..., Refusal], tuple[Any, ...]]:
        return _rebuilt, (type(self), self.facts)


def _rebuilt(kind: type[Refusal], facts: dict[str, Any]) -> Refusal:
    return kind(**facts)
