-- Treasury: bills, relocations, sales of stock.
SELECT 1;
