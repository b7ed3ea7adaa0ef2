from django.urls import path

from marketplace.files import views

file_urls = [path("<str:token>/", views.open_file, name="open_file")]
