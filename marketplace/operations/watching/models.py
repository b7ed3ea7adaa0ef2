"""What is measured and remembered of the machine: checks, runs, minutes, alerts, figures."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField


class HealthCheck(models.Model):
    """How a part of the machine was when it was last tried: one row a part."""

    name = models.CharField(max_length=40, unique=True)
    is_ok = models.BooleanField()
    detail = models.CharField(max_length=400, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(default=timezone.now)
    failing_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Outage(models.Model):
    """From when to when a part failed; the history of the status page."""

    name = models.CharField(max_length=40)
    detail = models.CharField(max_length=400, blank=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(ended_at__isnull=True),
                name="outage_one_a_part",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.began_at:%Y-%m-%d %H:%M}"


class ScheduledTask(models.Model):
    """One line of the schedule: whose turn was taken last (the lock), and how it went."""

    name = models.CharField(max_length=120, unique=True)
    slot = models.DateTimeField(null=True, blank=True, help_text="the turn that was taken last")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="empty while it runs")
    succeeded_at = models.DateTimeField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    result = models.TextField(blank=True)
    error = models.TextField(blank=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TaskRun(models.Model):
    """One run of a line of the schedule, with what came of it."""

    name = models.CharField(max_length=120)
    slot = models.DateTimeField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    result = models.TextField(blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["name", "slot"], name="task_run_once_a_turn")
        ]
        indexes = [models.Index(fields=["started_at"], name="task_run_started")]

    def __str__(self) -> str:
        return f"{self.name} {self.started_at:%Y-%m-%d %H:%M:%S}"


class TaskDay(models.Model):
    """The runs of a day, counted. Of frequent lines their successful runs are kept only here."""

    name = models.CharField(max_length=120)
    day = models.DateField()
    runs = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    milliseconds = models.PositiveBigIntegerField(default=0, help_text="of all runs together")
    longest_ms = models.PositiveIntegerField("longest (ms)", default=0)

    class Meta:
        ordering = ["-day", "name"]
        constraints = [models.UniqueConstraint(fields=["name", "day"], name="task_day_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.day}"


class RequestMinute(models.Model):
    """What one web process answered in one minute. A row without requests says that it lived.

    `groups` has for each group of paths [requests, errors, milliseconds, buckets]; buckets count
    answers by their time, see counting.BOUNDS. The sums stand beside it, health checks left out.
    """

    minute = models.DateTimeField()
    process = models.CharField(max_length=80)
    requests = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0, help_text="answers of 500 and above")
    milliseconds = models.PositiveBigIntegerField(default=0)
    groups = models.JSONField(default=dict)

    class Meta:
        ordering = ["-minute", "process"]
        constraints = [
            models.UniqueConstraint(fields=["minute", "process"], name="request_minute_once")
        ]

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M} {self.process}"


class MachineMinute(models.Model):
    """The machine of the worker, who is here, and what waits, once a minute. Percent, seconds."""

    minute = models.DateTimeField(unique=True)
    cpu = models.FloatField("CPU (%)")
    memory = models.FloatField("memory (%)")
    disk = models.FloatField("disk (%)")
    active_users = models.PositiveIntegerField()
    waiting = models.PositiveIntegerField("deliveries due")
    dead = models.PositiveIntegerField("deliveries failed for good")
    oldest_seconds = models.PositiveIntegerField("oldest delivery due for (s)")

    class Meta:
        ordering = ["-minute"]

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M}"


class Threshold(models.Model):
    """From which value on a measurement is an alert."""

    name = models.CharField(max_length=40, unique=True, editable=False)
    limit = models.FloatField(validators=[MinValueValidator(0)])
    minutes = models.PositiveSmallIntegerField(
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text="over how many minutes it is measured",
    )
    is_on = models.BooleanField("watched", default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Alert(models.Model):
    """Something that needs a person: open until it is over. One a cause at a time."""

    public_id = PublicIdField(prefix="alr")
    cause = models.CharField(max_length=140, help_text="kind and name, as threshold:cpu")
    sentence = models.CharField(max_length=400)
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cause"],
                condition=models.Q(ended_at__isnull=True),
                name="alert_one_a_cause",
            )
        ]

    def __str__(self) -> str:
        return self.sentence


class KpiDay(models.Model):
    """One figure of one day: what was counted, and for a share of what."""

    figure = models.CharField(max_length=40)
    day = models.DateField()
    part = models.FloatField(help_text="what was counted")
    whole = models.FloatField(default=0, help_text="of how many; 0 where the figure is no share")

    class Meta:
        ordering = ["-day", "figure"]
        constraints = [models.UniqueConstraint(fields=["figure", "day"], name="kpi_day_once")]
        verbose_name = "figure of a day"
        verbose_name_plural = "figures of days"

    def __str__(self) -> str:
        return f"{self.figure} {self.day}"
