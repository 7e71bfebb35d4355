from django.apps import AppConfig


class SubsidyConfig(AppConfig):
    name = "yibao.apps.subsidy"
    label = "subsidy"
    default_auto_field = "django.db.models.BigAutoField"
