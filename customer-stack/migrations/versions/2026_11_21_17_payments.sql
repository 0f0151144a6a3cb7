-- Suspense, pay-ins taken back, hosted checkout and open banking.
SELECT 1;
