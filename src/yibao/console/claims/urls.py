"""Addresses of settlements."""

from django.urls import path

from yibao.console.claims import views

app_name = "claims"
urlpatterns = [
    path("", views.settlements, name="settlements"),
    path("new/", views.who, name="who"),
    path("new/<int:person_id>/", views.visit, name="visit"),
    path("<int:settlement_id>/", views.settlement, name="settlement"),
    path("<int:settlement_id>/reverse/", views.reverse, name="reverse"),
]
