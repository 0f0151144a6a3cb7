-- Outcomes that are taken back.
SELECT 1;
