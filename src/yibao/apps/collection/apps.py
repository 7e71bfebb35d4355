from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "yibao.apps.collection"
    label = "collection"
    default_auto_field = "django.db.models.BigAutoField"
