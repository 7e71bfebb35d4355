"""The addresses of rosters, the match, fixed lists and grants."""

from django.urls import path

from yibao.console.subsidy import lists, rosters

app_name = "subsidy"
urlpatterns = [
    path("", rosters.listed, name="rosters"),
    path("upload/", rosters.upload, name="upload"),
    path("template/<str:kind>/", rosters.template, name="template"),
    path("rosters/<int:roster_id>/", rosters.roster, name="roster"),
    path("rosters/<int:roster_id>/confirm/", rosters.confirm, name="confirm"),
    path("waiting/", rosters.waiting, name="waiting"),
    path("rows/<int:row_id>/", rosters.row, name="row"),
    path("match/", lists.match, name="match"),
    path("lists/", lists.fixed, name="lists"),
    path("lists/<int:list_id>/", lists.fixed_list, name="list"),
    path("grants/", lists.grants, name="grants"),
    path("grants/<int:grant_id>/", lists.grant, name="grant"),
]
