-- What the second version of the boundary adds.
SELECT 1;
