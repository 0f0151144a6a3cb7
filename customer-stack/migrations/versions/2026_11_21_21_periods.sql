-- Closed periods.
SELECT 1;
