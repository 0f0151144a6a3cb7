-- Posted rates, proposed rates, and the rates of every conversion.
SELECT 1;
