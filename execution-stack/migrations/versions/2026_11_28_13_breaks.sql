-- Breaks with owners, and what the exchange was last seen to hold.
SELECT 1;
