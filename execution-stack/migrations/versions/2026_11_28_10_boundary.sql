-- What the second version of the boundary adds: two more words for why an intent was not taken.
ALTER TYPE intent_reason ADD VALUE 'market_halted';
ALTER TYPE intent_reason ADD VALUE 'position_limit';
