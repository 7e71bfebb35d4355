from django.urls import path

from yibao.console.registry import views

app_name = "registry"
urlpatterns = [
    path("persons/<int:person_id>/", views.person, name="person"),
    path("households/<int:household_id>/", views.household, name="household"),
]
