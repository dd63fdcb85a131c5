from django.urls import path

from registration.views import badge, desk, register
from registration.views.personal import my_agenda, own_page
from registration.views.workspace import copying, publication, questions, registrations, seats, settings

app_name = "registration"
urlpatterns = [
    path("register/", register.register, name="register"),
    path("register/sent/", register.sent, name="sent"),
    path("register/lost-link/", register.lost_link, name="lost-link"),
    path("registrations/<str:token>/", own_page.own, name="own"),
    path("registrations/<str:token>/attendance/", own_page.attendance, name="attendance"),
    path("registrations/<str:token>/details/", own_page.details, name="details"),
    path("registrations/<str:token>/cancellation/", own_page.cancellation, name="cancellation"),
    path("registrations/<str:token>/messages/", own_page.resend, name="resend"),
    path("registrations/<str:token>/calendar/", own_page.calendar, name="calendar"),
    path("registrations/<str:token>/badge.pdf", badge.own_badge, name="own-badge"),
    path("registrations/<str:token>/ticket.pdf", badge.own_ticket, name="own-ticket"),
    path("registrations/<str:token>/sessions/<slug:code>/", my_agenda.own_session, name="own-session"),
    path("my-agenda/", my_agenda.my_agenda, name="my-agenda"),
    path("my-agenda.pdf", my_agenda.my_agenda_pdf, name="my-agenda-pdf"),
    path("my-agenda/sharing/", my_agenda.sharing, name="my-agenda-sharing"),
    path("my-agenda/suggestion/", my_agenda.suggestion, name="my-agenda-suggestion"),
    path("my-agenda/sessions/<slug:code>/", my_agenda.my_session, name="my-session"),
    path("shared-agendas/<str:token>/", my_agenda.shared, name="shared-agenda"),
    path("organiser/", registrations.dashboard, name="dashboard"),
    path("organiser/registrations/", registrations.registrations, name="registrations"),
    path(
        "organiser/registrations/registrations.<str:form>", registrations.registrations_file, name="registrations-file"
    ),
    path("organiser/registrations/<uuid:guid>/", registrations.registration, name="registration"),
    path("organiser/registrations/<uuid:guid>/details/", registrations.details, name="registration-details"),
    path("organiser/registrations/<uuid:guid>/attendance/", registrations.attendance, name="registration-attendance"),
    path(
        "organiser/registrations/<uuid:guid>/cancellation/",
        registrations.cancellation,
        name="registration-cancellation",
    ),
    path("organiser/registrations/<uuid:guid>/messages/", registrations.resend, name="registration-resend"),
    path("organiser/settings/registration/", settings.arrangement, name="settings-registration"),
    *settings.CATEGORIES.urls(),
    *settings.DESKS.urls(),
    path("organiser/questions/", questions.questions, name="questions"),
    path("organiser/questions/new/", questions.new_question, name="new-question"),
    path("organiser/questions/<int:pk>/", questions.question, name="question"),
    path("organiser/questions/<int:pk>/deletion/", questions.deletion, name="question-deletion"),
    path("organiser/sessions/<slug:code>/seats/", seats.seats, name="session-seats"),
    path("organiser/publication/", publication.publication, name="publication"),
    path("organiser/copy/", copying.copy, name="copy"),
    path("organiser/badges/", badge.jobs, name="badge-jobs"),
    path("organiser/badges/<uuid:guid>/", badge.job, name="badge-job"),
    path("organiser/badges/<uuid:guid>/file/", badge.job_file, name="badge-file"),
    path("desk/", desk.desks, name="desks"),
    path("desk/<slug:desk>/", desk.scan, name="desk"),
    path("desk/<slug:desk>/check-ins/", desk.check_ins, name="check-ins"),
    path("desk/<slug:desk>/check-ins/<int:pk>/cancellation/", desk.undo, name="check-in-undo"),
    path("desk/<slug:desk>/attendance/", desk.attendance, name="desk-attendance"),
    path("desk/<slug:desk>/badges/<uuid:guid>.pdf", badge.desk_badge, name="desk-badge"),
]
