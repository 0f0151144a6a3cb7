"""Working days in Sri Lanka: what deadlines of compliance are counted in.

Words. A *working day* is a day in Colombo that is neither Saturday, Sunday nor a gazetted holiday. A
deadline of n working days ends with the n-th working day after the day on which it began.

Guaranteed:
- a day is a day of Colombo, whatever zone a moment was written in;
- a year whose holidays are not known yet counts as if it had none: a deadline is then early, never late.

Tables owned: none. The holidays are reviewed configuration: `holidays.yaml`, read by `catalogue`.
"""
