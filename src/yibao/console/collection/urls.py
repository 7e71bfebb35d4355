"""The addresses of payments, files, unmatched money, cash and receipts."""

from django.urls import path

from yibao.console.collection import cash, payments

app_name = "collection"
urlpatterns = [
    path("", payments.listed, name="payments"),
    path("run/", payments.run, name="run"),
    path("files/", payments.files, name="files"),
    path("files/upload/", payments.upload, name="upload"),
    path("files/template/", payments.template, name="template"),
    path("files/<int:file_id>/", payments.file, name="file"),
    path("dues/", payments.dues, name="dues"),
    path("unmatched/", payments.unmatched, name="unmatched"),
    path("unmatched/<int:payment_id>/", payments.claim, name="claim"),
    path("payments/<int:payment_id>/", payments.payment, name="payment"),
    path("payments/<int:payment_id>/request/", payments.request_back, name="request"),
    path("payments/<int:payment_id>/invoice/", payments.invoice, name="invoice"),
    path("requests/<int:request_id>/", payments.answered, name="answered"),
    path("cash/", cash.custody, name="cash"),
    path("cash/find/", cash.find, name="find"),
    path("cash/collect/<int:due_id>/", cash.collect, name="collect"),
    path("cash/receipts/", cash.ranges, name="ranges"),
    path("cash/receipts/<str:number>/", cash.receipt, name="receipt"),
]
