-- Payouts: withdrawals and refunds.
SELECT 1;
