from django.urls import path

from speakers.views import details, invited, lists, portraits, profile, public

app_name = "speakers"
urlpatterns = [
    path("speakers/", public.speakers, name="speakers"),
    path("speakers/<slug:code>/", public.speaker, name="speaker"),
    path("hosts/", public.hosts, name="hosts"),
    path("host-invitations/<str:token>/", invited.host, name="host-invitation"),
    path("profile-claims/<str:token>/", invited.profile, name="profile-claim"),
    path("hosts/<slug:code>/", public.host, name="host"),
    path("my-profile/<slug:code>/", profile.profile, name="my-profile"),
    path("my-profile/<slug:code>/portrait/", portraits.own, name="my-portrait"),
    *lists.people.urls("people"),
    *lists.organisations.urls("organisations"),
    path("organiser/people/new/", details.new_person, name="organiser-new-person"),
    path("organiser/people/<slug:code>/", details.person, name="organiser-person"),
    path("organiser/people/<slug:code>/portrait/", portraits.of_person, name="organiser-portrait"),
    path("organiser/people/<slug:code>/invitation/", details.invite_person, name="organiser-invite-person"),
    path("organiser/people/<slug:code>/deletion/", details.person_deletion, name="organiser-person-deletion"),
    path("organiser/organisations/new/", details.new_organisation, name="organiser-new-organisation"),
    path("organiser/organisations/<slug:code>/", details.organisation, name="organiser-organisation"),
    path(
        "organiser/organisations/<slug:code>/members/",
        details.organisation_members,
        name="organiser-organisation-members",
    ),
    path(
        "organiser/organisations/<slug:code>/deletion/",
        details.organisation_deletion,
        name="organiser-organisation-deletion",
    ),
]
