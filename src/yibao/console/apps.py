from typing import Any

from django.apps import AppConfig
from django.core.checks import Error, register


class ConsoleConfig(AppConfig):
    name = "yibao.console"
    label = "console"

    def ready(self) -> None:
        """Let the program not start with a route that the policy does not name."""
        register(_routes_are_declared)


def _routes_are_declared(**_: Any) -> list[Error]:
    from yibao.console.routes import faults

    return [Error(fault, id="yibao.E001") for fault in faults()]
