"""Addresses of feeds, without a language in front, where other software looks for them."""

from django.urls import path

from sessions.exports import register
from sessions.views import captioning
from sessions.views.public import data, embed, feeds

app_name = "feeds"
urlpatterns = [
    path("schedule.ics", feeds.schedule, name="schedule"),
    path("schedule.xml", feeds.schedule_xml, name="schedule-xml"),
    path("schedule.json", feeds.schedule_json, name="schedule-json"),
    path("schedule.xcal", feeds.schedule_xcal, name="schedule-xcal"),
    path("schedule2.json", data.schedule2_json, name="schedule2-json"),
    path("schedule.jsonld", data.schedule_jsonld, name="schedule-jsonld"),
    path("sessions.xlsx", data.tables_xlsx, name="tables-xlsx"),
    path("sessions.csv", data.sessions_csv, name="sessions-csv"),
    path("people.csv", data.people_csv, name="people-csv"),
    path("organisations.csv", data.organisations_csv, name="organisations-csv"),
    path("rooms.csv", data.rooms_csv, name="rooms-csv"),
    *(path(f"civic/{name}.csv", data.register_csv(name), name=f"civic-{name}-csv") for name in register.TABLES),
    path("people.json", data.people_json, name="people-json"),
    path("organisations.json", data.organisations_json, name="organisations-json"),
    path("podcast.rss", data.podcast_rss, name="podcast"),
    path("media.json", data.media_json, name="media-json"),
    path("outcomes.csv", data.outcomes_csv, name="outcomes-csv"),
    path("outcomes.json", data.outcomes_json, name="outcomes-json"),
    path("changes.atom", data.changes_atom, name="changes-atom"),
    path("dataset.jsonld", data.dataset_jsonld, name="dataset-jsonld"),
    path("bundle.zip", data.newest_bundle, name="bundle"),
    path("bundle-<int:number>.zip", data.bundle_of, name="bundle-version"),
    path("sessions/<slug:code>.ics", feeds.session, name="session"),
    path("my-sessions/<str:token>.ics", feeds.speaker_own, name="speaker-own"),
    path("captions/<str:token>/lines", captioning.lines, name="captions"),
    path("theme.css", feeds.theme, name="theme"),
    path("summit-agenda.js", embed.script, name="script"),
    path("schedule/", embed.schedule, name="pretalx-schedule"),
    path("schedule/widgets/schedule.json", embed.widget, name="pretalx-widget"),
    path("schedule/widget/v2.json", embed.widget, name="pretalx-widget-v2"),
    path("widgets/schedule.js", embed.script, name="pretalx-script"),
    path("talk/<slug:code>/", embed.talk, name="pretalx-talk"),
    path("speaker/<slug:code>/", embed.speaker, name="pretalx-speaker"),
]
