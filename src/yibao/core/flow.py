"""A life cycle is one table, read by code, page, diagram and database trigger."""

from __future__ import annotations

from collections.abc import Mapping

from yibao.core.refusal import Refusal


class StepNotAllowed(Refusal):
    """Raised by `Flow.next` for an event that the state does not have."""

    code = "E150"
    message = "当前状态“{state}”不能进行“{event}”"
    remedy = "此状态可以进行：{allowed}"
    message_en = 'In the state "{state}" the step "{event}" is not possible'
    remedy_en = "Possible here: {allowed}"
    state: str
    event: str


class Flow:
    """States and the events that lead from one to another.

    CLAIM = Flow({("RECEIVED", "settle"): "SETTLED", ("SETTLED", "reverse"): "REVERSED"})
    """

    def __init__(self, table: Mapping[tuple[str, str], str]) -> None:
        assert table, "a flow without a step is no flow"
        self._table = dict(table)

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which the table first names it."""
        named = (state for (start, _), end in self._table.items() for state in (start, end))
        return tuple(dict.fromkeys(named))

    @property
    def initial(self) -> str:
        """The state that the table names first."""
        return self.states[0]

    @property
    def final(self) -> tuple[str, ...]:
        """The states that nothing leads out of."""
        return tuple(state for state in self.states if not self.events_from(state))

    def events_from(self, state: str) -> tuple[str, ...]:
        """Return the events that the state allows, in the table's order."""
        return tuple(event for start, event in self._table if start == state)

    def next(self, state: str, event: str) -> str:
        """Return the state that the event leads to. Raises StepNotAllowed."""
        if (state, event) not in self._table:
            allowed = "、".join(self.events_from(state)) or "—"
            raise StepNotAllowed(state=state, event=event, allowed=allowed)
        return self._table[state, event]

    def pairs(self) -> list[tuple[str, str]]:
        """Return each (from, to) once, as `pgtrigger.FSM(transitions=…)` takes them."""
        return list(dict.fromkeys((start, end) for (start, _), end in self._table.items()))

    def diagram(self) -> str:
        """Return the life cycle as the text of a mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [f"    {start} --> {end}: {event}" for (start, event), end in self._table.items()]
        lines += [f"    {state} --> [*]" for state in self.final]
        return "\n".join(lines) + "\n"
