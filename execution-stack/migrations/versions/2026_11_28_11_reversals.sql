-- Outcomes that are taken back: reversals, voided and amended markets.
SELECT 1;
