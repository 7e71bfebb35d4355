"""Which address belongs to which part."""

import importlib.util

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = []
if importlib.util.find_spec("yibao.console.urls"):
    urlpatterns.append(path("", include("yibao.console.urls")))
    handler404 = "yibao.console.errors.not_found"
    handler500 = "yibao.console.errors.broken"
