"""Pages of a long list: which rows, and the way to the others."""

from dataclasses import dataclass

from django.http import HttpRequest

_AROUND = 2


@dataclass(frozen=True)
class PageLink:
    """A page's number and address."""

    number: int
    address: str


class Pager:
    """Counts pages of `size` rows; `?page=` says which. `offset` and `limit` go to the query."""

    def __init__(self, request: HttpRequest, *, total: int, size: int = 50) -> None:
        self._request = request
        self.total = total
        self.limit = size
        self.count = max(1, -(-total // size))
        asked = request.GET.get("page", "")
        readable = asked.isascii() and asked.isdigit() and len(asked) <= len("1000000")
        self.number = min(max(1, int(asked) if readable else 1), self.count)
        self.offset = (self.number - 1) * size

    @property
    def first(self) -> int:
        """The number of the first row shown, from 1."""
        return self.offset + 1

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return min(self.offset + self.limit, self.total)

    @property
    def previous(self) -> str:
        """The address of the page before, or nothing."""
        return self._address(self.number - 1) if self.number > 1 else ""

    @property
    def next(self) -> str:
        """The address of the page after, or nothing."""
        return self._address(self.number + 1) if self.number < self.count else ""

    @property
    def numbers(self) -> list[PageLink]:
        """The pages around this one, and the first and the last."""
        near = range(max(1, self.number - _AROUND), min(self.count, self.number + _AROUND) + 1)
        shown = sorted({1, *near, self.count})
        return [PageLink(number, self._address(number)) for number in shown]

    def _address(self, number: int) -> str:
        query = self._request.GET.copy()
        query["page"] = str(number)
        return f"{self._request.path}?{query.urlencode()}"
