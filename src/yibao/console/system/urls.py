from django.urls import path

from yibao.console.system import views

app_name = "system"
urlpatterns = [path("health/", views.health, name="health")]
