"""Addresses of jobs, exports, notices and saved lists."""

from django.urls import path

from yibao.console.desk import exports, jobs, notices, saved

app_name = "desk"
urlpatterns = [
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:job_id>/", jobs.job, name="job"),
    path("jobs/<int:job_id>/progress/", jobs.progress, name="progress"),
    path("exports/", exports.exports, name="exports"),
    path("exports/ask/<slug:of>/", exports.ask_export, name="ask_export"),
    path("exports/<int:export_id>/", exports.export, name="export"),
    path("exports/<int:export_id>/take/", exports.take, name="take"),
    path("notices/", notices.notices, name="notices"),
    path("notices/write/", notices.write_notice, name="write_notice"),
    path("notices/<int:notice_id>/withdraw/", notices.withdraw_notice, name="withdraw_notice"),
    path("lists/<slug:of>/save/", saved.save_list, name="save_list"),
    path("lists/saved/<int:list_id>/", saved.saved_list, name="saved_list"),
]
