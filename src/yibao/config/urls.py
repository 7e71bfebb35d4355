"""Which address belongs to which part."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("yibao.console.urls")),
    path("", include("yibao.console.system.watch_urls")),
]
handler404 = "yibao.console.errors.not_found"
handler500 = "yibao.console.errors.broken"
