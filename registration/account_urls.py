from django.urls import path

from registration.views.personal import account

app_name = "account"
urlpatterns = [path("", account.home, name="home")]
