from django.urls import path

from marketplace.notifications.views import account

account_urls = [
    path("inbox/", account.inbox, name="inbox"),
    path("inbox/bell/", account.inbox_bell, name="inbox_bell"),
    path("inbox/read/", account.mark_all_read, name="mark_all_read"),
    path("settings/notifications/", account.notification_settings, name="notification_settings"),
    path("stop-mails/<str:token>/", account.stop_mails, name="stop_mails"),
    path("inbox/<str:notification>/", account.open_notification, name="open_notification"),
]
