"""The opening address of each language: ``/ko/``, ``/en/``, the first start, and what belongs to operators."""

from django.urls import path

from summit.views import entrance, held_mail, installation

urlpatterns = [
    path("", entrance.start, name="start-in-language"),
    path("set-up/", installation.set_up, name="set-up"),
    path("my/mail/", held_mail.mail, name="held-mail"),
    path("my/mail/discard/", held_mail.discard, name="held-mail-discard"),
    path("my/mail/send/", held_mail.send, name="held-mail-send"),
    path("my/summits/", installation.summits, name="summits"),
    path("my/summits/new/", installation.new_summit, name="new-summit"),
    path("my/summits/demonstration/", installation.demonstration, name="demonstration"),
    path("my/summits/demonstration/<uuid:number>/", installation.building, name="demonstration-building"),
    path("my/summits/<summit:code>/current/", installation.current, name="summit-current"),
    path("my/summits/<summit:code>/deletion/", installation.deletion, name="summit-deletion"),
    path("my/summits/<summit:code>/owner/", installation.owner, name="summit-owner"),
]
