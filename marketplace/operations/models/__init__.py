from marketplace.operations.backups.models import BackupRun
from marketplace.operations.incidents.models import (
    Incident,
    IncidentUpdate,
    StatusSubscription,
    SupportContact,
)
from marketplace.operations.models.people import (
    DataExport,
    DeletionRequest,
    EarlierRecord,
    ExportPiece,
    OrganizationExport,
)
from marketplace.operations.watching.models import (
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

__all__ = [
    "Alert",
    "BackupRun",
    "DataExport",
    "DeletionRequest",
    "EarlierRecord",
    "ExportPiece",
    "HealthCheck",
    "Incident",
    "IncidentUpdate",
    "KpiDay",
    "MachineMinute",
    "OrganizationExport",
    "Outage",
    "RequestMinute",
    "ScheduledTask",
    "StatusSubscription",
    "SupportContact",
    "TaskDay",
    "TaskRun",
    "Threshold",
]
