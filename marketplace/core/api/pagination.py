"""Cursor pages in a stable order, newest first."""

from rest_framework.pagination import CursorPagination


class KeysetPagination(CursorPagination):
    """`next` and `previous` links; `page_size` up to 100. No counts: they cost more than a page."""

    ordering = "-pk"
    page_size_query_param = "page_size"
    max_page_size = 100
