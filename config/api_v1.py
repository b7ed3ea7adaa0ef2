"""Every /api/v1/ route, one line a resource."""

from django.urls import path

api_urls: list = []
