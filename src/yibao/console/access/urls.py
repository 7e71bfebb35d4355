from django.urls import path

from yibao.console import sessions
from yibao.console.access import audit, grants, matrix, views

app_name = "access"
urlpatterns = [
    path("operators/", views.operators, name="operators"),
    path("operators/new/", views.open_account, name="open_account"),
    path("operators/<int:operator_id>/", views.operator, name="operator"),
    path("operators/<int:operator_id>/post/", grants.grant_post, name="grant_post"),
    path("operators/<int:operator_id>/certificate/", views.certificate, name="certificate"),
    path("operators/<int:operator_id>/password/", views.renew_password, name="renew_password"),
    path("operators/<int:operator_id>/factor/", sessions.reset_factor, name="reset_factor"),
    path("operators/<int:operator_id>/close/", views.close_account, name="close_account"),
    path("grants/", grants.grants, name="grants"),
    path("grants/<int:request_id>/", grants.grant, name="grant"),
    path("grants/<int:request_id>/revise/", grants.revise, name="revise_grant"),
    path("grants/<int:request_id>/approve/", grants.approve, name="approve_grant"),
    path("grants/<int:request_id>/return/", grants.send_back, name="return_grant"),
    path("grants/<int:request_id>/withdraw/", grants.withdraw, name="withdraw_grant"),
    path("posts/", grants.posts, name="posts"),
    path("posts/<int:post_id>/end/", grants.end_post, name="end_post"),
    path("review/", grants.review, name="review"),
    path("review/<int:post_id>/", grants.review_post, name="review_post"),
    path("organisations/", views.organisations, name="organisations"),
    path("matrix/", matrix.matrix, name="matrix"),
    path("matrix/exclusive/", matrix.exclusive, name="exclusive"),
    path("audit/", audit.log, name="audit"),
    path("audit/evidence/", audit.take_evidence, name="evidence"),
]
