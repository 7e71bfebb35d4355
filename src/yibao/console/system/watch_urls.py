"""Addresses for machines that watch this one; they have no session."""

from django.urls import path

from yibao.console.system import health

app_name = "watch"
urlpatterns = [
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
]
