-- Keys and columns that the busiest queries need.
SELECT 1;
