from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "yibao.apps.collection"
    label = "collection"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell enrolment whose lines are paid: a paid line is not undone (方案 四(二))."""
        from yibao.apps.collection.queries.dues import paid_persons
        from yibao.apps.enrolment.guards import paid_guard

        paid_guard(paid_persons)
