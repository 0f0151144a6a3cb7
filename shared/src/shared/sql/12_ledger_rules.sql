-- Rules that the ledger kernel gained after 10_ledger.sql, in both stacks, and the repair of its snapshots.
-- Run by a version of its own in each chain, after the chart.
--
-- What is guaranteed from here on, whoever writes, the owner included:
-- - a reversal is the exact mirror of what it reverses, complete at the commit, and is never reversed itself;
-- - a correction names another transfer of its book;
-- - a posting moves an asset that exists;
-- - the times of recording are the database's;
-- - a hold is closed as exhausted only when nothing is left of it, as expired only when it could expire;
-- - snapshots are rewritten by nothing but a row in ledger_repair, and then from postings and holds alone.

-- ---- keys

-- The same columns, the time-ordered id first: with the book first, thousands of books each have a place of
-- their own in the index where pages split half full and stay so (measured at a million transfers: 633
-- bytes a transfer against 560, and a quarter more of them a second). What is asked by book has an index
-- that keeps equal keys once.
ALTER TABLE ledger_transfer DROP CONSTRAINT ledger_transfer_pk,
    ADD CONSTRAINT ledger_transfer_pk PRIMARY KEY (id, book_id) WITH (fillfactor = 100);
ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_pk,
    ADD CONSTRAINT ledger_posting_pk PRIMARY KEY (transfer_id, asset_id, book_id) WITH (fillfactor = 100);
CREATE INDEX ledger_posting_book ON ledger_posting (book_id, asset_id);

-- ---- transfers

CREATE OR REPLACE FUNCTION ledger_after_transfer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off AS $$
DECLARE
    strange boolean;
    mistimed boolean;
    linked boolean;
BEGIN
    -- One pass over what was added. The minute is for a clock that is set back while a transaction runs.
    SELECT bool_or(a.tenant_id IS DISTINCT FROM (SELECT b.tenant_id FROM ledger_book b WHERE b.id = a.book_id)),
           bool_or(a.recorded_at NOT BETWEEN now() - interval '1 minute' AND clock_timestamp() + interval '1 minute'),
           bool_or(a.reverses IS NOT NULL OR a.corrects IS NOT NULL)
    FROM added a INTO strange, mistimed, linked;
    IF strange THEN
        PERFORM ledger_violation('a transfer needs an open book of its tenant', 'ledger_transfer_book');
    END IF;
    IF mistimed THEN
        PERFORM ledger_violation('the time of recording is the database''s', 'ledger_transfer_recorded_at');
    END IF;
    IF linked THEN
        IF EXISTS (SELECT FROM added a WHERE a.reverses IS NOT NULL AND a.reverses IS DISTINCT FROM
                       (SELECT t.id FROM ledger_transfer t WHERE t.book_id = a.book_id AND t.id = a.reverses)) THEN
            PERFORM ledger_violation('a reversal names a transfer of its book', 'ledger_transfer_reverses');
        END IF;
        IF EXISTS (SELECT FROM added a WHERE a.reverses IS NOT NULL AND
                       (SELECT t.reverses FROM ledger_transfer t
                        WHERE t.book_id = a.book_id AND t.id = a.reverses) IS NOT NULL) THEN
            PERFORM ledger_violation('a reversal is not reversed: post a new transfer',
                                     'ledger_transfer_reverses_a_reversal');
        END IF;
        IF EXISTS (SELECT FROM added a WHERE a.corrects IS NOT NULL AND a.corrects IS DISTINCT FROM
                       (SELECT t.id FROM ledger_transfer t
                        WHERE t.book_id = a.book_id AND t.id = a.corrects AND t.id <> a.id)) THEN
            PERFORM ledger_violation('a correction names another transfer of its book',
                                     'ledger_transfer_corrects');
        END IF;
    END IF;
    RETURN NULL;
END $$;

-- At the commit, since the postings follow their transfer. Fires for reversals only.
CREATE FUNCTION ledger_check_mirror() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        (SELECT asset_id, source, target, amount, cost, profit FROM ledger_posting
         WHERE book_id = NEW.book_id AND transfer_id = NEW.id
         EXCEPT
         SELECT asset_id, target, source, amount, -cost, -profit FROM ledger_posting
         WHERE book_id = NEW.book_id AND transfer_id = NEW.reverses)
        UNION ALL
        (SELECT asset_id, target, source, amount, -cost, -profit FROM ledger_posting
         WHERE book_id = NEW.book_id AND transfer_id = NEW.reverses
         EXCEPT
         SELECT asset_id, source, target, amount, cost, profit FROM ledger_posting
         WHERE book_id = NEW.book_id AND transfer_id = NEW.id)) THEN
        PERFORM ledger_violation('a reversal mirrors every posting of its transfer', 'ledger_transfer_mirror');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_transfer_mirror AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.reverses IS NOT NULL)
    EXECUTE FUNCTION ledger_check_mirror();

CREATE OR REPLACE FUNCTION ledger_check_posting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off AS $$
DECLARE
    late boolean;
    unknown boolean;
BEGIN
    SELECT bool_or(pg_current_xact_id()::xid::text IS DISTINCT FROM
                   (SELECT t.xmin::text FROM ledger_transfer t
                    WHERE t.book_id = a.book_id AND t.id = a.transfer_id AND t.tenant_id = a.tenant_id)),
           bool_or((SELECT x.id FROM ledger_asset x WHERE x.id = a.asset_id) IS NULL)
    FROM added a INTO late, unknown;
    IF late THEN
        PERFORM ledger_violation('a posting needs a transfer made in the same transaction',
                                 'ledger_posting_transfer');
    END IF;
    IF unknown THEN
        PERFORM ledger_violation('a posting moves an asset that exists', 'ledger_posting_asset');
    END IF;
    RETURN NULL;
END $$;

-- ---- holds

CREATE OR REPLACE FUNCTION ledger_follow_close() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    ended record;
    hold record;
BEGIN
    FOR ended IN SELECT tenant_id, book_id, hold_id, reason FROM added ORDER BY 2, 3 LOOP
        DELETE FROM ledger_hold_open o
        WHERE o.book_id = ended.book_id AND o.hold_id = ended.hold_id AND o.tenant_id = ended.tenant_id
        RETURNING o.asset_id, o.account, o.remaining INTO hold;
        IF NOT FOUND THEN
            PERFORM ledger_violation('a close needs an open hold', 'ledger_hold_close_open');
        END IF;
        IF ended.reason = 'exhausted' AND hold.remaining > 0 THEN
            PERFORM ledger_violation('a hold of which something is left is not exhausted',
                                     'ledger_hold_close_exhausted');
        END IF;
        IF ended.reason = 'expired' AND (SELECT h.expires_at FROM ledger_hold h
                WHERE h.book_id = ended.book_id AND h.id = ended.hold_id) IS NULL THEN
            PERFORM ledger_violation('a hold without an end does not expire', 'ledger_hold_close_expired');
        END IF;
        IF hold.remaining > 0 THEN
            UPDATE ledger_balance b SET held = b.held - hold.remaining
            WHERE b.book_id = ended.book_id AND b.asset_id = hold.asset_id AND b.account = hold.account;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- ---- what the application may say about a fact: not when it was recorded, and not its number

REVOKE INSERT ON ledger_book, ledger_transfer, ledger_posting, ledger_hold, ledger_hold_close, idempotency_answer
    FROM bulkhead_app;
GRANT INSERT (id, tenant_id, kind) ON ledger_book TO bulkhead_app;
GRANT INSERT (tenant_id, book_id, id, movement_id, reverses, corrects, effective_at, kind)
    ON ledger_transfer TO bulkhead_app;
GRANT INSERT (tenant_id, book_id, transfer_id, amount, cost, profit, asset_id, source, target, action)
    ON ledger_posting TO bulkhead_app;
GRANT INSERT (tenant_id, book_id, id, amount, expires_at, asset_id, account, purpose)
    ON ledger_hold TO bulkhead_app;
GRANT INSERT (tenant_id, book_id, hold_id, reason) ON ledger_hold_close TO bulkhead_app;
GRANT INSERT (tenant_id, book_id, key, digest, answer) ON idempotency_answer TO bulkhead_app;

-- ---- repair

-- Each row is one repair, and inserting it is the repair. Only the owner may. Entries are not rewritten:
-- they are history, and a broken chain of them is for a person to judge.
CREATE TABLE ledger_repair (
    id uuid CONSTRAINT ledger_repair_pk PRIMARY KEY,
    requested_by text NOT NULL
        CONSTRAINT ledger_repair_requested_by CHECK (requested_by ~ '^(system|owner|staff:[0-9a-f-]{36})$'),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    balances_rewritten bigint NOT NULL DEFAULT 0,
    holds_rewritten bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE ledger_repair IS 'no tenant: a repair goes over the snapshots of all tenants';
CALL bulkhead_plain_table('ledger_repair', append_only => true);
REVOKE INSERT ON ledger_repair FROM bulkhead_app;

CREATE FUNCTION ledger_repair_snapshots() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM ledger_violation('a repair reads what is committed when it has its locks',
                                 'ledger_repair_isolation');
    END IF;
    -- Nobody posts, holds or closes meanwhile; reading goes on.
    LOCK TABLE ledger_posting, ledger_hold, ledger_hold_capture, ledger_hold_close, ledger_balance,
               ledger_hold_open IN SHARE ROW EXCLUSIVE MODE;

    WITH facts AS MATERIALIZED (
        SELECT h.tenant_id, h.book_id, h.id AS hold_id, h.asset_id, h.account,
               h.amount - coalesce(c.captured, 0)::bigint AS remaining
        FROM ledger_hold h
        LEFT JOIN (SELECT book_id, hold_id, sum(amount) AS captured FROM ledger_hold_capture GROUP BY 1, 2) c
          ON c.book_id = h.book_id AND c.hold_id = h.id
        WHERE NOT EXISTS (SELECT FROM ledger_hold_close x WHERE x.book_id = h.book_id AND x.hold_id = h.id)
    ), gone AS (
        DELETE FROM ledger_hold_open o
        WHERE NOT EXISTS (SELECT FROM facts f WHERE f.book_id = o.book_id AND f.hold_id = o.hold_id)
        RETURNING 1
    ), changed AS (
        UPDATE ledger_hold_open o SET (tenant_id, remaining, asset_id, account) =
                                      ROW (f.tenant_id, f.remaining, f.asset_id, f.account)
        FROM facts f WHERE f.book_id = o.book_id AND f.hold_id = o.hold_id
          AND (o.tenant_id, o.remaining, o.asset_id, o.account) IS DISTINCT FROM
              (f.tenant_id, f.remaining, f.asset_id, f.account)
        RETURNING 1
    ), added AS (
        INSERT INTO ledger_hold_open (tenant_id, book_id, hold_id, remaining, asset_id, account)
        SELECT tenant_id, book_id, hold_id, remaining, asset_id, account FROM facts f
        WHERE NOT EXISTS (SELECT FROM ledger_hold_open o WHERE o.book_id = f.book_id AND o.hold_id = f.hold_id)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM changed) + (SELECT count(*) FROM added)
    INTO NEW.holds_rewritten;

    WITH legs AS (
        SELECT l.tenant_id, l.book_id, l.asset_id, l.account, sum(l.amount)::bigint AS posted, count(*) AS version
        FROM ledger_leg l WHERE l.account IN (SELECT account FROM ledger_chart WHERE class = 'checked')
        GROUP BY 1, 2, 3, 4
    ), held AS (
        SELECT book_id, asset_id, account, sum(remaining)::bigint AS held FROM ledger_hold_open GROUP BY 1, 2, 3
    ), facts AS MATERIALIZED (
        SELECT l.*, coalesce(h.held, 0) AS held, c.side
        FROM legs l JOIN ledger_chart c USING (account) LEFT JOIN held h USING (book_id, asset_id, account)
    ), gone AS (
        DELETE FROM ledger_balance b WHERE NOT EXISTS (
            SELECT FROM facts f
            WHERE f.book_id = b.book_id AND f.asset_id = b.asset_id AND f.account = b.account)
        RETURNING 1
    ), changed AS (
        UPDATE ledger_balance b SET (tenant_id, posted, held, version, side, floor) =
                                    ROW (f.tenant_id, f.posted, f.held, f.version, f.side, 0)
        FROM facts f WHERE f.book_id = b.book_id AND f.asset_id = b.asset_id AND f.account = b.account
          AND (b.tenant_id, b.posted, b.held, b.version, b.side, b.floor) IS DISTINCT FROM
              (f.tenant_id, f.posted, f.held, f.version, f.side, 0)
        RETURNING 1
    ), added AS (
        INSERT INTO ledger_balance (tenant_id, book_id, asset_id, account, posted, held, version, side)
        SELECT tenant_id, book_id, asset_id, account, posted, held, version, side FROM facts f
        WHERE NOT EXISTS (
            SELECT FROM ledger_balance b
            WHERE b.book_id = f.book_id AND b.asset_id = f.asset_id AND b.account = f.account)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM changed) + (SELECT count(*) FROM added)
    INTO NEW.balances_rewritten;
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_repair_run BEFORE INSERT ON ledger_repair
    FOR EACH ROW EXECUTE FUNCTION ledger_repair_snapshots();
