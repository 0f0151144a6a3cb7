"""What Prometheus hears of cases."""

from typing import Final

from prometheus_client import Counter, Gauge

OPENED: Final = Counter("cases_opened", "Cases opened by this process, before their commit.", ("family",))
ALERTS: Final = Counter("cases_alerts", "Findings that opened a case or were added to one.", ("reason",))
CLOSED: Final = Counter("cases_closed", "Cases closed by this process.", ("family", "outcome"))
OVERDUE: Final = Gauge("cases_overdue", "Cases of all tenants that should have been closed.", ("family",))
