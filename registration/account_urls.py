from django.urls import path

from registration.views.personal import account
from summit.views import preferences, user_sessions

app_name = "account"
urlpatterns = [
    path("preferences/", preferences.preferences, name="preferences"),
    path("sessions/", user_sessions.mine, name="sessions"),
    path("", account.home, name="home"),
]
