-- What the second version of the boundary adds: two more words for why execution did not take a wager.
ALTER TYPE wager_refusal ADD VALUE 'market_halted';
ALTER TYPE wager_refusal ADD VALUE 'position_limit';
