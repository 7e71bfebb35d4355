"""Addresses of the board and of what lies below it."""

from django.urls import path

from yibao.console.statistics import views

app_name = "statistics"
urlpatterns = [
    path("", views.board, name="board"),
    path("progress.csv", views.progress_csv, name="progress_csv"),
    path("days.csv", views.days_csv, name="days_csv"),
    path("unpaid/", views.unpaid, name="unpaid"),
    path("people/", views.people, name="people"),
    path("households/", views.households, name="households"),
    path("households/<int:household_id>/", views.household, name="household"),
]
