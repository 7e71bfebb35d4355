"""Who has paid: a question that only a later app can answer, asked without importing it.

Collection hands its answer in once, at start-up (`CollectionConfig.ready`).
"""

from collections.abc import Callable, Sequence

PaidPersons = Callable[[int, Sequence[int]], set[int]]
_questions: list[PaidPersons] = []


def paid_guard(question: PaidPersons) -> PaidPersons:
    """Let an app say which of some persons have paid for a year; asked under the act's scope."""
    _questions.append(question)
    return question


def paid_persons(*, year: int, person_ids: Sequence[int]) -> set[int]:
    """Return those of the persons of whom any app says that they have paid for the year."""
    return {person for question in _questions for person in question(year, person_ids)}
