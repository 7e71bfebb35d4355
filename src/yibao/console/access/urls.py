from django.urls import path

from yibao.console.access import views

app_name = "access"
urlpatterns = [
    path("operators/", views.operators, name="operators"),
    path("operators/new/", views.open_account, name="open_account"),
    path("operators/<int:operator_id>/", views.operator, name="operator"),
    path("operators/<int:operator_id>/post/", views.grant_post, name="grant_post"),
    path("operators/<int:operator_id>/certificate/", views.certificate, name="certificate"),
    path("operators/<int:operator_id>/password/", views.renew_password, name="renew_password"),
    path("operators/<int:operator_id>/close/", views.close_account, name="close_account"),
    path("audit/", views.audit_log, name="audit"),
]
