-- Captures and closes of holds move their snapshots in sets. They did so hold by hold, two statements each;
-- a page of reports ends hundreds of holds of a few dozen accounts.
--
-- What is refused is the same, under the same names. Every access is again one that no statistics can spoil:
-- a scalar sub-select, INSERT ... ON CONFLICT DO UPDATE, or rows by their place (ctid); never a join with a
-- table. As in ledger_follow_hold, a proposed balance has no floor, since PostgreSQL tests it before it
-- looks for the row that is there.

CREATE OR REPLACE FUNCTION ledger_follow_capture() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off AS $$
DECLARE
    without_hold boolean;
BEGIN
    WITH parts AS MATERIALIZED (
        SELECT tenant_id, book_id, hold_id, sum(amount)::bigint AS amount FROM added GROUP BY 1, 2, 3
    ), found AS MATERIALIZED (
        SELECT p.*, (SELECT o FROM ledger_hold_open o WHERE o.book_id = p.book_id AND o.hold_id = p.hold_id
                     AND o.tenant_id = p.tenant_id) AS hold FROM parts p
    ), reduced AS (
        INSERT INTO ledger_hold_open AS o (tenant_id, book_id, hold_id, remaining, asset_id, account)
        SELECT tenant_id, book_id, hold_id, amount, (hold).asset_id, (hold).account FROM found
        WHERE (hold).hold_id IS NOT NULL ORDER BY book_id, hold_id
        ON CONFLICT ON CONSTRAINT ledger_hold_open_pk DO UPDATE SET remaining = o.remaining - excluded.remaining
        RETURNING o.xmax = 0 AS is_new
    ), freed AS (
        INSERT INTO ledger_balance AS b (tenant_id, book_id, asset_id, account, side, held, floor)
        SELECT tenant_id, book_id, (hold).asset_id, (hold).account, 1, sum(amount)::bigint,
               -4611686018427387904
        FROM found WHERE (hold).hold_id IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4
        ON CONFLICT ON CONSTRAINT ledger_balance_pk DO UPDATE SET held = b.held - excluded.held
    )
    -- A hold that somebody closed meanwhile would come back as a new row: that is refused too.
    SELECT EXISTS (SELECT FROM found WHERE (hold).hold_id IS NULL) OR EXISTS (SELECT FROM reduced WHERE is_new)
    INTO without_hold;
    IF without_hold THEN
        PERFORM ledger_violation('a capture needs an open hold', 'ledger_hold_capture_open');
    END IF;
    RETURN NULL;
END $$;

-- The only join is between what was deleted and what was added: neither is a table.
CREATE OR REPLACE FUNCTION ledger_follow_close() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public SET enable_seqscan = off SET enable_nestloop = off AS $$
DECLARE
    ended bigint;
    had_something_left boolean;
BEGIN
    IF EXISTS (SELECT FROM added a WHERE a.reason = 'expired' AND
                   (SELECT h.expires_at FROM ledger_hold h WHERE h.book_id = a.book_id AND h.id = a.hold_id)
                   IS NULL) THEN
        PERFORM ledger_violation('a hold without an end does not expire', 'ledger_hold_close_expired');
    END IF;
    WITH gone AS (
        DELETE FROM ledger_hold_open o WHERE o.ctid = ANY (ARRAY(
            SELECT (SELECT h.ctid FROM ledger_hold_open h WHERE h.book_id = a.book_id
                    AND h.hold_id = a.hold_id AND h.tenant_id = a.tenant_id) FROM added a))
        RETURNING o.tenant_id, o.book_id, o.hold_id, o.asset_id, o.account, o.remaining
    ), freed AS (
        INSERT INTO ledger_balance AS b (tenant_id, book_id, asset_id, account, side, held, floor)
        SELECT tenant_id, book_id, asset_id, account, 1, sum(remaining)::bigint, -4611686018427387904
        FROM gone WHERE remaining > 0 GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4
        ON CONFLICT ON CONSTRAINT ledger_balance_pk DO UPDATE SET held = b.held - excluded.held
    )
    SELECT count(*), bool_or(a.reason = 'exhausted' AND g.remaining > 0)
    FROM gone g JOIN added a USING (book_id, hold_id) INTO ended, had_something_left;
    IF ended <> (SELECT count(*) FROM added) THEN
        PERFORM ledger_violation('a close needs an open hold', 'ledger_hold_close_open');
    END IF;
    IF had_something_left THEN
        PERFORM ledger_violation('a hold of which something is left is not exhausted',
                                 'ledger_hold_close_exhausted');
    END IF;
    RETURN NULL;
END $$;
