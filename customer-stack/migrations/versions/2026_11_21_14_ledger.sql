-- Sources of transfers, deals with their states and versioned items, kinds of accounts.
SELECT 1;
