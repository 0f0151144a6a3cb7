-- Transfers between customers and QR payments.
SELECT 1;
