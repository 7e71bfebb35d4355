"""The console's addresses: the frame's own pages, and one folder a subsystem."""

from django.urls import URLPattern, URLResolver, include, path

from yibao.console import (
    choices,
    drafts,
    factor,
    guide,
    home,
    locking,
    look,
    picker,
    preferences,
    search,
    sessions,
    shortcuts,
    signing,
)

SUBSYSTEMS = (
    "access",
    "registry",
    "enrolment",
    "subsidy",
    "collection",
    "village",
    "care",
    "claims",
    "fund",
    "statistics",
    "policy",
    "system",
    "desk",
)

_frame: list[URLPattern] = [
    path("", home.home, name="home"),
    path("sign-in/", signing.sign_in, name="sign_in"),
    path("sign-in/code/", signing.code, name="code"),
    path("sign-in/factor/", factor.factor, name="factor"),
    path("sign-in/factor/square.svg", factor.square, name="square"),
    path("sign-out/", signing.sign_out, name="sign_out"),
    path("lock/", locking.lock, name="lock"),
    path("locked/", locking.locked, name="locked"),
    path("password/", signing.password, name="password"),
    path("posts/", signing.posts, name="posts"),
    path("my-sessions/", sessions.my_sessions, name="my_sessions"),
    path("my-sessions/end/", sessions.sign_out_everywhere, name="sign_out_everywhere"),
    path("my-sessions/codes/", sessions.recovery_codes, name="recovery_codes"),
    path("active-sessions/", sessions.active_sessions, name="active_sessions"),
    path("active-sessions/<int:session_id>/end/", sessions.end_session, name="end_session"),
    path("preferences/", preferences.switch, name="preferences"),
    path("components/", look.look, name="look"),
    path("search/", search.search, name="search"),
    path("drafts/", drafts.draft, name="draft"),
    path("drafts/<int:draft_id>/drop/", drafts.draft_drop, name="draft_drop"),
    path("pick/<str:kind>/", picker.pick, name="pick"),
    path("keys/", shortcuts.keys, name="keys"),
    path("areas/", choices.areas, name="areas"),
    path("years/", choices.years, name="years"),
    path("help/", guide.contents, name="help"),
    path("help/<slug:name>/", guide.page_of, name="help_page"),
    path("help/pictures/<str:name>", guide.picture, name="help_picture"),
]
urlpatterns: list[URLPattern | URLResolver] = [path("", include((_frame, "console")))]
urlpatterns += [path(f"{name}/", include(f"yibao.console.{name}.urls")) for name in SUBSYSTEMS]
