from django.urls import path

from yibao.console.registry import private, views

app_name = "registry"
urlpatterns = [
    path("persons/<int:person_id>/", views.person, name="person"),
    path("persons/<int:person_id>/reveal/", private.reveal, name="reveal"),
    path("persons/<int:person_id>/looked/", private.looked, name="looked"),
    path("persons/<int:person_id>/looked.csv", private.looked_file, name="looked_file"),
    path("persons/<int:person_id>/erase/", private.ask_erasure, name="ask_erasure"),
    path("erasures/", private.erasures, name="erasures"),
    path("erasures/<int:erasure_id>/", private.erasure, name="erasure"),
    path("households/<int:household_id>/", views.household, name="household"),
]
