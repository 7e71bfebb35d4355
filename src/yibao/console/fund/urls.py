from django.urls import path

from yibao.console.fund.views import books, closing, days, parties, reconciling

app_name = "fund"
urlpatterns = [
    path("books/", books.books, name="books"),
    path("books/new/", books.open_books, name="open"),
    path("books/<int:book_id>/", books.book, name="book"),
    path("books/<int:book_id>/balance.<slug:kind>", books.balance_file, name="balance_file"),
    path("books/<int:book_id>/days/", days.days, name="days"),
    path("books/<int:book_id>/days.<slug:kind>", days.days_file, name="days_file"),
    path("books/<int:book_id>/accounts/<slug:code>/", days.account, name="account"),
    path("books/<int:book_id>/parties/", parties.parties, name="parties"),
    path("books/<int:book_id>/months/", closing.months, name="months"),
    path("books/parties/<int:party_id>/<slug:kind>/<int:book_id>/", parties.party, name="party"),
    path("books/entries/<int:entry_id>/", days.entry, name="entry"),
    path("books/entries/<int:entry_id>/reverse/", days.reverse, name="reverse"),
    path("reconcile/", reconciling.reconcile, name="reconcile"),
    path("reconcile.<slug:kind>", reconciling.reconcile_file, name="reconcile_file"),
    path("verify/", closing.verify, name="verify"),
    path("verify/run/", closing.run_verification, name="run_verification"),
]
