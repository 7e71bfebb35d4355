from django.urls import path

from yibao.console.care import views

app_name = "care"
urlpatterns = [
    path("institutions/", views.institutions, name="institutions"),
    path("institutions/new/", views.register, name="register"),
    path("institutions/<int:institution_id>/", views.institution, name="institution"),
    path("institutions/<int:institution_id>/designate/", views.designate, name="designate"),
]
