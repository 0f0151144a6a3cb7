-- Messages of providers, stored as they came.
SELECT 1;
