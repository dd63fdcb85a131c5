from django.urls import path

from speakers.views import invited, lists, public

app_name = "speakers"
urlpatterns = [
    path("speakers/", public.speakers, name="speakers"),
    path("speakers/<slug:code>/", public.speaker, name="speaker"),
    path("hosts/", public.hosts, name="hosts"),
    path("host-invitations/<str:token>/", invited.host, name="host-invitation"),
    path("profile-claims/<str:token>/", invited.profile, name="profile-claim"),
    path("hosts/<slug:code>/", public.host, name="host"),
    *lists.people.urls("people"),
    *lists.organisations.urls("organisations"),
]
