"""The watch for staff: what is measured, what ran, what is wrong, and the board of figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone

from marketplace.core.admin import ReadOnlyAdmin
from marketplace.core.spreadsheets import csv_line
from marketplace.operations.models import (
    Alert,
    HealthCheck,
    KpiDay,
    MachineMinute,
    Outage,
    RequestMinute,
    ScheduledTask,
    TaskDay,
    TaskRun,
    Threshold,
)
from marketplace.operations.watching.charts import chart_of, said
from marketplace.operations.watching.kpis import board
from marketplace.operations.watching.measuring import MEASURES, readings
from marketplace.operations.watching.measuring import said as measured
from marketplace.operations.watching.runs import schedule
from marketplace.operations.watching.turns import next_turn


@admin.register(Threshold)
class ThresholdAdmin(admin.ModelAdmin):
    """The limits; the watch in front of them shows what is measured."""

    list_display = ["label", "limit", "unit", "minutes", "is_on"]
    list_editable = ["limit", "minutes", "is_on"]
    list_display_links = None
    change_list_template = "admin/operations/thresholds.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.display(description="Measured")
    def label(self, threshold: Threshold) -> str:
        """What is measured, in words."""
        measure = MEASURES.get(threshold.name)
        return measure.label if measure else threshold.name

    @admin.display(description="Unit")
    def unit(self, threshold: Threshold) -> str:
        """The unit of the limit."""
        measure = MEASURES.get(threshold.name)
        return measure.unit if measure else ""

    def get_urls(self) -> list[URLPattern]:
        """The watch beside Django's own pages."""
        view = self.admin_site.admin_view(self.watch)
        return [path("watch/", view, name="operations_watch"), *super().get_urls()]

    def watch(self, request: HttpRequest) -> HttpResponse:
        """What is wrong, what is measured against which limit, how every part is, what ran."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        tasks = {task.name: task for task in ScheduledTask.objects.all()}
        page: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Watch",
            "alerts": Alert.objects.filter(ended_at__isnull=True),
            "over": Alert.objects.filter(ended_at__isnull=False)[:10],
            "readings": [
                (
                    reading,
                    measured(reading.value, reading.measure.unit),
                    measured(reading.threshold.limit, reading.measure.unit),
                )
                for reading in readings(now)
            ],
            "checks": HealthCheck.objects.all(),
            "lines": [
                (name, tasks.get(name), next_turn(line["schedule"], name, now))
                for name, line in schedule().items()
            ],
        }
        return render(request, "admin/operations/watch.html", page)


@admin.register(KpiDay)
class KpiDayAdmin(ReadOnlyAdmin):
    """The kept days; the board in front of them shows the figures."""

    list_display = ["day", "figure", "part", "whole"]
    list_filter = ["figure"]
    change_list_template = "admin/operations/kpi_days.html"

    def get_urls(self) -> list[URLPattern]:
        """The board and its file."""
        view = self.admin_site.admin_view
        return [
            path("board/", view(self.board), name="operations_kpis"),
            path("board.csv", view(self.board_csv), name="operations_kpis_csv"),
            *super().get_urls(),
        ]

    def board(self, request: HttpRequest) -> HttpResponse:
        """Each figure with its target, trend and definition."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.now().date()
        told_all = board(today)
        figures = [
            {
                "told": told,
                "value": said(told.value, told.figure.unit),
                "target": said(told.figure.target, told.figure.unit),
                "chart": chart_of(told),
            }
            for told in told_all
        ]
        page: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Figures",
            "figures": figures,
            "today": today,
            "counted": KpiDay.objects.filter(day__lte=today).first(),
            "is_empty": not any(told.value for told in told_all),
        }
        return render(request, "admin/operations/kpis.html", page)

    def board_csv(self, request: HttpRequest) -> HttpResponse:
        """Every figure at the end of each week, and its target."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        answer = HttpResponse("".join(_csv()).encode(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="figures.csv"'
        answer["Cache-Control"] = "private, no-store"
        return answer


def _csv() -> Iterator[str]:
    yield csv_line(["figure", "label", "unit", "target", "day", "value", "target reached"])
    for told in board(timezone.now().date()):
        figure = told.figure
        for point in told.trend:
            met = {True: "yes", False: "no", None: ""}[figure.meets(point.value)]
            value = "" if point.value is None else round(point.value, 4)
            yield csv_line(
                [figure.name, figure.label, figure.unit, figure.target, point.day, value, met]
            )


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ["began_at", "sentence", "cause", "ended_at"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    search_fields = ["sentence", "cause"]


@admin.register(TaskRun)
class TaskRunAdmin(ReadOnlyAdmin):
    """Runs of rare lines one by one, and of frequent ones those that failed."""

    list_display = ["started_at", "name", "outcome", "milliseconds", "result", "error"]
    list_filter = ["name", ("error", admin.EmptyFieldListFilter)]
    search_fields = ["name", "error", "result"]
    date_hierarchy = "started_at"

    @admin.display(description="Outcome")
    def outcome(self, run: TaskRun) -> str:
        """Done, failed, or not ended (yet, or because its worker died)."""
        if run.ended_at is None:
            return "not ended"
        return "failed" if run.error else "done"


@admin.register(TaskDay)
class TaskDayAdmin(ReadOnlyAdmin):
    list_display = ["day", "name", "runs", "failures", "milliseconds", "longest_ms"]
    list_filter = ["name"]


@admin.register(ScheduledTask)
class ScheduledTaskAdmin(ReadOnlyAdmin):
    list_display = [
        "name",
        "started_at",
        "milliseconds",
        "result",
        "error",
        "failures_in_a_row",
        "succeeded_at",
    ]


@admin.register(HealthCheck)
class HealthCheckAdmin(ReadOnlyAdmin):
    list_display = ["name", "is_ok", "detail", "milliseconds", "checked_at", "failing_since"]


@admin.register(Outage)
class OutageAdmin(ReadOnlyAdmin):
    list_display = ["name", "began_at", "ended_at", "detail"]
    list_filter = ["name"]


@admin.register(RequestMinute)
class RequestMinuteAdmin(ReadOnlyAdmin):
    list_display = ["minute", "process", "requests", "errors", "milliseconds"]


@admin.register(MachineMinute)
class MachineMinuteAdmin(ReadOnlyAdmin):
    list_display = [
        "minute",
        "cpu",
        "memory",
        "disk",
        "active_users",
        "waiting",
        "dead",
        "oldest_seconds",
    ]
