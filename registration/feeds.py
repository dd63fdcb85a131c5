"""Calendars of registrants, without a language in front."""

from django.urls import path

from registration.views.personal import calendar

app_name = "registration-feeds"
urlpatterns = [
    path("my/<str:token>.ics", calendar.own, name="own"),
    path("shared/<str:token>.ics", calendar.shared, name="shared"),
]
