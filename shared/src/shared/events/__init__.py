"""Events: facts that other parts of the same stack act on later.

An event is enqueued in the transaction of its fact, so work that was rolled back is never announced.
Its topic is a past participle (`wagers.wager_placed`), its payload ids and numbers, never personal
data. `port` publishes, `worker` delivers; both hide the queue, which is pgqueuer on the same database.

Guaranteed:
- an event is delivered at least once, and its effect happens once per consumer: the inbox row is
  written in the transaction of the effect;
- a consumer that fails is tried again, later each time, then the event is held for a person;
- a failing consumer does not stop the others of the same topic.

Tables owned: pgqueuer, pgqueuer_log, pgqueuer_schedules, pgqueuer_statistics, event_inbox.
"""
