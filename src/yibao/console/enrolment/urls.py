from django.urls import path

from yibao.console.enrolment import mending, views

app_name = "enrolment"
urlpatterns = [
    path("coverages/", views.coverages, name="coverages"),
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.upload, name="upload"),
    path("imports/template/<str:kind>/<int:area_no>/", views.template, name="template"),
    path("imports/<int:import_id>/", views.ledger, name="import"),
    path("imports/<int:import_id>/errors/", views.error_file, name="errors"),
    path("imports/<int:import_id>/check/", views.check, name="check"),
    path("imports/<int:import_id>/decide/", views.decide, name="decide"),
    path("imports/<int:import_id>/confirm/", views.confirm, name="confirm"),
    path("imports/<int:import_id>/pause/", views.pause, name="pause"),
    path("imports/<int:import_id>/resume/", views.resume, name="resume"),
    path("imports/<int:import_id>/mend/", mending.mend, name="mend"),
    path("imports/<int:import_id>/mend/file/", mending.mend_file, name="mend_file"),
    path("households/new/", mending.household, name="household"),
    path("imports/<int:import_id>/drop/", views.drop, name="drop"),
    path("imports/<int:import_id>/undo/", views.undo, name="undo"),
]
