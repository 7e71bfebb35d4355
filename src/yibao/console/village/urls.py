from django.urls import path

from yibao.console.village import views

app_name = "village"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("households/", views.households, name="households"),
    path("households/<int:household_id>/", views.household, name="household"),
    path("households/<int:household_id>/collect/", views.collect, name="collect"),
    path("receipts/", views.receipts, name="receipts"),
    path("hand-in/", views.hand_in, name="hand_in"),
    path("records/", views.records, name="records"),
]
