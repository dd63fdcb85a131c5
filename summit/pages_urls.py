from django.urls import path

from summit.views import app, invitations, public
from summit.views.workspace import lists, pages, places, register, rooms, settings, team

app_name = "summit"
urlpatterns = [
    path("", public.home, name="home"),
    path("app.webmanifest", app.manifest, name="manifest"),
    path("offline/", app.offline, name="offline"),
    path("organiser/settings/", settings.index, name="settings"),
    path("organiser/settings/general/", settings.general, name="settings-general"),
    path("organiser/settings/languages/", settings.languages, name="settings-languages"),
    path("organiser/settings/look/", settings.look, name="settings-look"),
    path("organiser/settings/menu/", settings.menu, name="settings-menu"),
    path("organiser/settings/address/", settings.address, name="settings-address"),
    path("organiser/settings/deletion/", settings.deletion, name="deletion"),
    path("organiser/settings/domain/", settings.domain, name="settings-domain"),
    *places.VENUES.urls(),
    path("organiser/settings/register/", register.register, name="register"),
    *register.urls(),
    *team.team.urls("team"),
    path("organiser/team/invitation/", team.invite, name="team-invite"),
    path("organiser/team/<int:pk>/", team.member, name="team-member"),
    path("team-invitations/<str:token>/", invitations.team, name="team-invitation"),
    path("pages/", public.pages, name="pages"),
    path("pages/<slug:slug>/", public.page, name="page"),
    *lists.history.urls("history"),
    *lists.pages.urls("pages"),
    path("organiser/pages/new/", pages.new_page, name="organiser-new-page"),
    path("organiser/pages/<slug:slug>/", pages.page, name="organiser-page"),
    path("organiser/pages/<slug:slug>/deletion/", pages.deletion, name="organiser-page-deletion"),
    *lists.rooms.urls("rooms"),
    path("organiser/rooms/new/", rooms.new_room, name="organiser-new-room"),
    path("organiser/rooms/<slug:code>/", rooms.room, name="organiser-room"),
    path("organiser/rooms/<slug:code>/deletion/", rooms.room_deletion, name="organiser-room-deletion"),
]
