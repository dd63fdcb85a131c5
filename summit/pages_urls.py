from django.urls import path

from summit.views import app, lists, public

app_name = "summit"
urlpatterns = [
    path("", public.home, name="home"),
    path("app.webmanifest", app.manifest, name="manifest"),
    path("offline/", app.offline, name="offline"),
    path("pages/", public.pages, name="pages"),
    path("pages/<slug:slug>/", public.page, name="page"),
    *lists.rooms.urls("rooms"),
]
