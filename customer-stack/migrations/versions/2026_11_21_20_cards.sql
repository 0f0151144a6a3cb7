-- Cards: funding, and issuing in shadow mode.
SELECT 1;
