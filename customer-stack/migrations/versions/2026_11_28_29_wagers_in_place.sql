-- A wager is written three times after it was placed. PostgreSQL keeps a new version of a row in its page, and
-- touches no index, as long as nothing that an index reads has changed and the page has room. The state was
-- part of an index's condition, so every step wrote every index. What the index asks is now a column of its
-- own, which changes once.
DROP INDEX wager_order_to_send;
ALTER TABLE wager_order SET (fillfactor = 50);
ALTER TABLE wager_order
    ADD COLUMN to_send boolean NOT NULL GENERATED ALWAYS AS (state IN ('pending', 'dispatched')) STORED;
CREATE INDEX wager_order_to_send ON wager_order (id) WHERE to_send;
