"""What every process needs to be operated: logs, health, readiness, metrics, a clean end.

Logs are JSON lines with a correlation id and without personal data (`logs`). Health, readiness and
metrics answer on a port of their own, never a public one (`management`). `process` runs the tasks of a
process, restarts what crashes and ends in order.
"""
