from django.urls import path

from registration.views.personal import account
from summit.views import preferences

app_name = "account"
urlpatterns = [path("preferences/", preferences.preferences, name="preferences"), path("", account.home, name="home")]
