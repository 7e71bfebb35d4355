"""The console's addresses: the frame's own pages, and one folder a subsystem."""

from django.urls import URLPattern, URLResolver, include, path

from yibao.console import choices, home, look, preferences, search, signing

SUBSYSTEMS = (
    "access",
    "registry",
    "enrolment",
    "subsidy",
    "collection",
    "care",
    "claims",
    "fund",
    "statistics",
    "policy",
)

_frame: list[URLPattern] = [
    path("", home.home, name="home"),
    path("sign-in/", signing.sign_in, name="sign_in"),
    path("sign-out/", signing.sign_out, name="sign_out"),
    path("password/", signing.password, name="password"),
    path("posts/", signing.posts, name="posts"),
    path("preferences/", preferences.switch, name="preferences"),
    path("components/", look.look, name="look"),
    path("search/", search.search, name="search"),
    path("areas/", choices.areas, name="areas"),
    path("years/", choices.years, name="years"),
]
urlpatterns: list[URLPattern | URLResolver] = [path("", include((_frame, "console")))]
urlpatterns += [path(f"{name}/", include(f"yibao.console.{name}.urls")) for name in SUBSYSTEMS]
