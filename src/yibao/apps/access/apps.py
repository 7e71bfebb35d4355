from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from yibao.database import triggers


class AccessConfig(AppConfig):
    name = "yibao.apps.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hold the triggers after every migration: who adds one need not think of it."""
        post_migrate.connect(_hold_triggers, sender=self, dispatch_uid="hold_triggers")


def _hold_triggers(*, using: str, plan: Any = (), **_: Any) -> None:
    """Nothing is to be held where nothing was migrated: a test's tables are emptied this way."""
    if plan:
        with connections[using].cursor() as cursor:
            triggers.hold(cursor)
