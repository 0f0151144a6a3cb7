CREATE TYPE public.audit_restore_cause AS ENUM (
    'backup_restored',
    'database_moved',
    'drill'
);

CREATE TYPE public.break_closing AS ENUM (
    'explained',
    'corrected_by_transfer',
    'exchange_corrected'
);

CREATE TYPE public.break_kind AS ENUM (
    'resolution_cash',
    'resolution_clearing',
    'check',
    'fee_excess',
    'late_fill',
    'resolution_amended',
    'reversal_float',
    'order_missing',
    'order_unknown',
    'order_differs',
    'fill_missing',
    'fill_unknown',
    'fill_differs',
    'position_drift',
    'balance_delta',
    'settlement_differs'
);

CREATE TYPE public.break_reference AS ENUM (
    'order',
    'exchange_order',
    'fill',
    'window',
    'market',
    'reading'
);

CREATE TYPE public.break_step_kind AS ENUM (
    'taken',
    'closed'
);

CREATE TYPE public.control_cause AS ENUM (
    'unknown_orders',
    'position_drift',
    'clock_skew',
    'operator',
    'exchange_fault',
    'regulator',
    'security'
);

CREATE TYPE public.intent_action AS ENUM (
    'buy',
    'sell'
);

CREATE TYPE public.intent_reason AS ENUM (
    'cancelled',
    'unknown_account',
    'unknown_market',
    'market_not_open',
    'price_off_tick',
    'max_total_too_small',
    'float_too_low',
    'position_too_small',
    'conflicting_intent',
    'out_of_bounds',
    'market_halted',
    'position_limit'
);

CREATE TYPE public.intent_state AS ENUM (
    'received',
    'pooled',
    'final',
    'refused',
    'cancelled'
);

CREATE TYPE public.ledger_account AS ENUM (
    'position',
    'cash',
    'fees',
    'prefund',
    'settled',
    'float',
    'omnibus',
    'pairs',
    'pair_payable',
    'pair_cash',
    'resolution',
    'own',
    'excess',
    'suspense',
    'own_cash',
    'between'
);

CREATE TYPE public.ledger_action AS ENUM (
    'deposit',
    'buy',
    'sale',
    'fee',
    'pairing',
    'payout',
    'loss',
    'clearing',
    'settlement',
    'buy_revert',
    'sale_revert',
    'fee_revert',
    'pairing_revert',
    'payout_revert',
    'loss_revert',
    'clearing_revert',
    'settlement_revert'
);

CREATE TYPE public.ledger_book_kind AS ENUM (
    'reference',
    'tenant',
    'market',
    'house'
);

CREATE TYPE public.ledger_class AS ENUM (
    'checked',
    'unchecked'
);

CREATE TYPE public.ledger_close_reason AS ENUM (
    'released',
    'exhausted',
    'expired'
);

CREATE TYPE public.ledger_contract_side AS ENUM (
    'yes',
    'no'
);

CREATE TYPE public.ledger_currency AS ENUM (
    'LKR',
    'USD'
);

CREATE TYPE public.ledger_transfer_kind AS ENUM (
    'float_deposit',
    'order_float',
    'sale_position',
    'buy_fill',
    'sale_fill',
    'fill_fee',
    'fee_excess',
    'pairing',
    'resolution_payout',
    'resolution_loss',
    'resolution_pairs',
    'resolution_omnibus',
    'resolution_cash',
    'settlement_fee',
    'settlement_receipt',
    'reversal',
    'late_fill',
    'late_fill_kept'
);

CREATE TYPE public.market_status AS ENUM (
    'upcoming',
    'open',
    'halted',
    'closed',
    'resolved'
);

CREATE TYPE public.operator_key_act_kind AS ENUM (
    'found',
    'register',
    'retire'
);

CREATE TYPE public.order_state AS ENUM (
    'submitted',
    'unknown',
    'acked',
    'filled',
    'partial',
    'unfilled',
    'refused'
);

CREATE TYPE public.pgqueuer_status AS ENUM (
    'queued',
    'picked',
    'successful',
    'exception',
    'canceled',
    'deleted',
    'failed'
);

CREATE TYPE public.reconciliation_list AS ENUM (
    'trading',
    'settlements',
    'trading_ahead'
);

CREATE TYPE public.report_kind AS ENUM (
    'fill_share',
    'final',
    'not_pooled',
    'resolution',
    'payout',
    'settlement_fee',
    'reversal'
);

CREATE TYPE public.resolution_basis AS ENUM (
    'value',
    'cancelled_trades',
    'original_cost'
);

CREATE TYPE public.resolution_void_outcome AS ENUM (
    'approved',
    'rejected'
);

CREATE TYPE public.settlement_direction AS ENUM (
    'pay',
    'receive'
);

CREATE TYPE public.settlement_outcome AS ENUM (
    'agreed',
    'different'
);

CREATE TYPE public.settlement_release_outcome AS ENUM (
    'approved',
    'rejected'
);

CREATE TYPE public.witness_alarm_ending AS ENUM (
    'restore_accepted',
    'investigated'
);

CREATE TYPE public.witness_alarm_kind AS ENUM (
    'forked',
    'shrunk',
    'disowned',
    'behind'
);

CREATE FUNCTION public.aggregation_order_keep_facts() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF (NEW.id, NEW.window_id, NEW.market_id, NEW.quantity, NEW.submitted_at)
       IS DISTINCT FROM (OLD.id, OLD.window_id, OLD.market_id, OLD.quantity, OLD.submitted_at)
       OR (OLD.exchange_order_id IS NOT NULL AND NEW.exchange_order_id IS DISTINCT FROM OLD.exchange_order_id)
       OR (OLD.ended_at IS NOT NULL AND (NEW.filled, NEW.cost, NEW.fees, NEW.excess, NEW.ended_at)
           IS DISTINCT FROM (OLD.filled, OLD.cost, OLD.fees, OLD.excess, OLD.ended_at)) THEN
        RAISE EXCEPTION 'what was sent and what came of it never change'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'aggregation_order_facts';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
        (OLD.state = 'submitted' AND NEW.state IN ('unknown', 'acked', 'refused'))
        OR (OLD.state = 'unknown' AND NEW.state IN ('submitted', 'acked', 'refused'))
        OR (OLD.state = 'acked' AND NEW.state IN ('filled', 'partial', 'unfilled'))) THEN
        RAISE EXCEPTION 'an order cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'aggregation_order_transition';
    END IF;
    RETURN NEW;
END $$;

CREATE PROCEDURE public.bulkhead_plain_table(IN name text, IN append_only boolean)
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC', name);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO bulkhead_app', name);
    EXECUTE format('GRANT SELECT ON %I TO bulkhead_auditor', name);
    IF append_only THEN
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I '
                       'FOR EACH ROW EXECUTE FUNCTION refuse_change()', name || '_append_only', name);
    ELSE
        EXECUTE format('GRANT UPDATE, DELETE ON %I TO bulkhead_app', name);
    END IF;
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_no_truncate', name);
END $$;

CREATE PROCEDURE public.bulkhead_tenant_table(IN name text, IN append_only boolean)
    LANGUAGE plpgsql
    AS $$
BEGIN
    CALL bulkhead_plain_table(name, append_only);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    -- The sub-select makes the tenants a constant of the statement instead of a test per row.
    EXECUTE format('CREATE POLICY tenant_isolation ON %I TO bulkhead_app '
                   'USING (tenant_id = ANY ((SELECT current_tenants())::uuid[])) '
                   'WITH CHECK (tenant_id = ANY ((SELECT current_tenants())::uuid[]))', name);
    EXECUTE format('CREATE POLICY owner_maintains ON %I TO bulkhead_owner USING (true) WITH CHECK (true)', name);
    EXECUTE format('CREATE POLICY auditor_reads ON %I FOR SELECT TO bulkhead_auditor USING (true)', name);
END $$;

CREATE FUNCTION public.current_tenants() RETURNS uuid[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (COALESCE(NULLIF(current_setting('app.tenants'::text, true), ''::text), '{}'::text))::uuid[];

CREATE FUNCTION public.fn_pgqueuer_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    to_emit BOOLEAN := false;  -- Flag to decide whether to emit a notification
BEGIN
    -- Check operation type and set the emit flag accordingly
    IF TG_OP = 'UPDATE' AND OLD IS DISTINCT FROM NEW THEN
        to_emit := true;
    ELSIF TG_OP = 'DELETE' THEN
        to_emit := true;
    ELSIF TG_OP = 'INSERT' THEN
        to_emit := true;
    ELSIF TG_OP = 'TRUNCATE' THEN
        to_emit := true;
    END IF;

    -- Perform notification if the emit flag is set
    IF to_emit THEN
        PERFORM pg_notify(
            'ch_pgqueuer',
            json_build_object(
                'channel', 'ch_pgqueuer',
                'operation', lower(TG_OP),
                'sent_at', NOW(),
                'table', TG_TABLE_NAME,
                'type', 'table_changed_event'
            )::text
        );
    END IF;

    -- Return appropriate value based on the operation
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        RETURN NEW;
    ELSIF TG_OP = 'DELETE' THEN
        RETURN OLD;
    ELSE
        RETURN NULL; -- For TRUNCATE and other non-row-specific contexts
    END IF;

END;
$$;

CREATE FUNCTION public.intent_keep_facts() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF (NEW.tenant_id, NEW.id, NEW.account, NEW.market_id, NEW.quantity, NEW.max_total, NEW.arrival,
        NEW.received_at, NEW.limit_price, NEW.side, NEW.action, NEW.was_received)
       IS DISTINCT FROM
       (OLD.tenant_id, OLD.id, OLD.account, OLD.market_id, OLD.quantity, OLD.max_total, OLD.arrival,
        OLD.received_at, OLD.limit_price, OLD.side, OLD.action, OLD.was_received) THEN
        RAISE EXCEPTION 'what an intent asked for never changes'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'intent_facts';
    END IF;
    IF NOT ((OLD.state = 'received' AND NEW.state IN ('pooled', 'refused', 'cancelled'))
            OR (OLD.state = 'pooled' AND NEW.state = 'final')) THEN
        RAISE EXCEPTION 'an intent cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'intent_transition';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.ledger_after_transfer() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
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

CREATE FUNCTION public.ledger_check_mirror() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
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

CREATE FUNCTION public.ledger_check_posting() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
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

CREATE FUNCTION public.ledger_follow_capture() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
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

CREATE FUNCTION public.ledger_follow_close() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    SET enable_nestloop TO 'off'
    AS $$
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

CREATE FUNCTION public.ledger_follow_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM added a WHERE a.tenant_id IS DISTINCT FROM
                   (SELECT b.tenant_id FROM ledger_balance b
                    WHERE b.book_id = a.book_id AND b.asset_id = a.asset_id AND b.account = a.account)) THEN
        PERFORM ledger_violation('a hold needs a checked account of its tenant that has a balance',
                                 'ledger_hold_account');
    END IF;
    INSERT INTO ledger_balance AS b (tenant_id, book_id, asset_id, account, side, held, floor)
    SELECT tenant_id, book_id, asset_id, account, 1, sum(amount)::bigint, -4611686018427387904
    FROM added GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4
    ON CONFLICT ON CONSTRAINT ledger_balance_pk DO UPDATE SET held = b.held + excluded.held;
    INSERT INTO ledger_hold_open (tenant_id, book_id, hold_id, remaining, asset_id, account)
    SELECT tenant_id, book_id, id, amount, asset_id, account FROM added;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_follow_posting() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_nestloop TO 'off'
    AS $$
DECLARE
    opened boolean;
BEGIN
    -- PostgreSQL tests a proposed row before it looks for a conflict: a first outflow would break the
    -- floor of a row that never comes to be. So accounts enter without a floor and get it right after.
    WITH legs AS MATERIALIZED (
        SELECT a.tenant_id, a.book_id, a.asset_id, a.transfer_id, a.number, a.action, a.cost, a.profit,
               c.account, c.side, CASE WHEN c.account = a.source THEN -a.amount ELSE a.amount END AS delta
        FROM added a JOIN ledger_chart c ON c.account IN (a.source, a.target) AND c.class = 'checked'
    ), changed AS (
        INSERT INTO ledger_balance AS b (tenant_id, book_id, asset_id, account, side, posted, version, floor)
        SELECT tenant_id, book_id, asset_id, account, side, sum(delta)::bigint, count(*), -4611686018427387904
        FROM legs GROUP BY 1, 2, 3, 4, 5 ORDER BY 2, 3, 4
        ON CONFLICT ON CONSTRAINT ledger_balance_pk DO UPDATE
        SET posted = b.posted + excluded.posted, version = b.version + excluded.version
        RETURNING b.book_id, b.asset_id, b.account, b.posted, b.version, b.floor
    ), numbered AS (
        SELECT l.*, count(*) OVER e AS steps, (sum(delta) OVER e)::bigint AS total,
               row_number() OVER w AS step, (sum(delta) OVER w)::bigint AS running
        FROM legs l
        WINDOW e AS (PARTITION BY book_id, asset_id, account),
               w AS (PARTITION BY book_id, asset_id, account ORDER BY number)
    ), written AS (
        INSERT INTO ledger_entry (tenant_id, book_id, asset_id, account, version, transfer_id, amount,
                                  balance_after, action, cost, profit)
        SELECT n.tenant_id, n.book_id, n.asset_id, n.account, c.version - n.steps + n.step, n.transfer_id,
               n.delta, c.posted - n.total + n.running, n.action, n.cost, n.profit
        FROM numbered n JOIN changed c USING (book_id, asset_id, account)
    )
    SELECT bool_or(floor < 0) FROM changed INTO opened;
    IF opened THEN
        UPDATE ledger_balance b SET floor = 0
        WHERE b.floor = -4611686018427387904 AND b.book_id IN (SELECT book_id FROM added);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_refuse_direct_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION '% follows from postings and holds: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'derived_only';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_repair_snapshots() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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

CREATE FUNCTION public.ledger_violation(message text, rule text) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '%', message USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = rule;
END $$;

CREATE FUNCTION public.refuse_calls_before_restore() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.sent_at <= (SELECT max(calls_after) FROM database_seen) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
END $$;

CREATE FUNCTION public.resolution_void_two_persons() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.outcome = 'approved'
       AND NEW.decided_by = (SELECT v.proposed_by FROM resolution_void v WHERE v.id = NEW.void_id) THEN
        RAISE EXCEPTION 'a void is approved by another person'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'resolution_void_two_persons';
    END IF;
    RETURN NEW;
END $$;

CREATE TABLE public.account_recipient (
    id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    registered_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.account_recipient IS 'no tenant: read before a transaction can name its tenants';

CREATE TABLE public.account_reference (
    tenant_id uuid NOT NULL,
    account uuid NOT NULL,
    registered_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.account_reference FORCE ROW LEVEL SECURITY;

CREATE TABLE public.account_tenant (
    id uuid NOT NULL,
    opened_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.account_tenant IS 'no tenant: it is the list of tenants, read before a transaction can name any';

CREATE TABLE public.aggregation_fill (
    fill_id uuid NOT NULL,
    order_id uuid NOT NULL,
    quantity bigint NOT NULL,
    fee bigint NOT NULL,
    traded_at timestamp with time zone,
    recorded_at timestamp with time zone NOT NULL,
    yes_price integer NOT NULL,
    is_taker boolean NOT NULL,
    is_late boolean NOT NULL,
    CONSTRAINT aggregation_fill_price_inside_the_dollar CHECK (((yes_price >= 0) AND (yes_price <= 10000))),
    CONSTRAINT aggregation_fill_quantity_positive CHECK ((quantity > 0))
);

COMMENT ON TABLE public.aggregation_fill IS 'no tenant: fills of omnibus orders';

CREATE TABLE public.aggregation_order (
    id uuid NOT NULL,
    window_id uuid NOT NULL,
    market_id uuid NOT NULL,
    exchange_order_id uuid,
    quantity bigint NOT NULL,
    filled bigint,
    cost bigint,
    fees bigint,
    excess bigint,
    submitted_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    lease_until timestamp with time zone NOT NULL,
    recheck_at timestamp with time zone,
    attempts smallint NOT NULL,
    rechecks smallint DEFAULT 0 NOT NULL,
    state public.order_state NOT NULL,
    unknown_at timestamp with time zone,
    CONSTRAINT aggregation_order_attempts_bounds CHECK (((attempts >= 1) AND (attempts <= 1000))),
    CONSTRAINT aggregation_order_outcome CHECK (
CASE state
    WHEN 'filled'::public.order_state THEN (filled = quantity)
    WHEN 'partial'::public.order_state THEN ((filled > 0) AND (filled < quantity))
    WHEN 'unfilled'::public.order_state THEN (filled = 0)
    WHEN 'refused'::public.order_state THEN (filled = 0)
    ELSE true
END),
    CONSTRAINT aggregation_order_state_facts CHECK (
CASE
    WHEN (state = ANY (ARRAY['submitted'::public.order_state, 'unknown'::public.order_state])) THEN ((exchange_order_id IS NULL) AND (num_nonnulls(filled, cost, fees, excess, ended_at) = 0))
    WHEN (state = 'acked'::public.order_state) THEN ((exchange_order_id IS NOT NULL) AND (num_nonnulls(filled, cost, fees, excess, ended_at) = 0))
    ELSE (((exchange_order_id IS NOT NULL) OR (state = 'refused'::public.order_state)) AND (num_nonnulls(filled, cost, fees, excess, ended_at) = 5))
END),
    CONSTRAINT aggregation_order_sums CHECK (((cost >= 0) AND (fees >= 0) AND ((excess >= 0) AND (excess <= fees))))
)
WITH (fillfactor='70');

COMMENT ON TABLE public.aggregation_order IS 'no tenant: an omnibus order pools intents of all tenants';

CREATE TABLE public.aggregation_pause (
    tenant_id uuid NOT NULL,
    paused_at timestamp with time zone NOT NULL,
    resumed_at timestamp with time zone,
    number bigint NOT NULL,
    CONSTRAINT aggregation_pause_ends_later CHECK ((resumed_at >= paused_at))
);

ALTER TABLE ONLY public.aggregation_pause FORCE ROW LEVEL SECURITY;

ALTER TABLE public.aggregation_pause ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.aggregation_pause_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.aggregation_window (
    id uuid NOT NULL,
    market_id uuid NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    quantity bigint NOT NULL,
    limit_price integer NOT NULL,
    side public.ledger_contract_side NOT NULL,
    action public.intent_action NOT NULL,
    manifest bytea NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT aggregation_window_digest_of_manifest CHECK ((digest = sha256(manifest))),
    CONSTRAINT aggregation_window_limit_inside_the_dollar CHECK (((limit_price >= 1) AND (limit_price <= 9999))),
    CONSTRAINT aggregation_window_manifest_size CHECK ((octet_length(manifest) <= 1048576)),
    CONSTRAINT aggregation_window_quantity_positive CHECK ((quantity > 0))
);

COMMENT ON TABLE public.aggregation_window IS 'no tenant: a window pools intents of all tenants';

CREATE TABLE public.audit_checkpoint (
    size bigint NOT NULL,
    root bytea NOT NULL,
    key_id bytea NOT NULL,
    signature bytea NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT audit_checkpoint_key_size CHECK ((octet_length(key_id) = 4)),
    CONSTRAINT audit_checkpoint_root_size CHECK ((octet_length(root) = 32)),
    CONSTRAINT audit_checkpoint_signature_size CHECK ((octet_length(signature) = 64)),
    CONSTRAINT audit_checkpoint_size_positive CHECK ((size > 0))
);

COMMENT ON TABLE public.audit_checkpoint IS 'no tenant: signed roots of the one tree over the records of all tenants';

CREATE TABLE public.audit_cosignature (
    epoch integer NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text NOT NULL COLLATE pg_catalog."C",
    cosigned_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    CONSTRAINT audit_cosignature_epoch_counts CHECK ((epoch >= 1)),
    CONSTRAINT audit_cosignature_note_size CHECK ((length(note) <= 2000)),
    CONSTRAINT audit_cosignature_root_size CHECK ((octet_length(root) = 32)),
    CONSTRAINT audit_cosignature_size_counts CHECK ((size >= 1))
);

COMMENT ON TABLE public.audit_cosignature IS 'no tenant: one log over the records of all tenants';

CREATE TABLE public.audit_epoch (
    epoch integer NOT NULL,
    after_size bigint NOT NULL,
    operator uuid NOT NULL,
    cause public.audit_restore_cause NOT NULL,
    began_at timestamp with time zone NOT NULL,
    CONSTRAINT audit_epoch_after_size_counts CHECK ((after_size >= 0)),
    CONSTRAINT audit_epoch_second_or_later CHECK ((epoch > 1))
);

COMMENT ON TABLE public.audit_epoch IS 'no tenant: one log over the records of all tenants';

CREATE TABLE public.audit_node (
    level smallint NOT NULL,
    number bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_node_hash_size CHECK ((octet_length(hash) = 32)),
    CONSTRAINT audit_node_level_form CHECK (((level >= 8) AND (level <= 62))),
    CONSTRAINT audit_node_number_form CHECK ((number >= 0))
);

COMMENT ON TABLE public.audit_node IS 'no tenant: nodes of the one tree over the records of all tenants';

CREATE TABLE public.audit_record (
    id bigint NOT NULL,
    txid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    tenant_id uuid NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT audit_record_body_size CHECK (((octet_length(body) >= 2) AND (octet_length(body) <= 65536))),
    CONSTRAINT audit_record_kind_form CHECK (((length(kind) <= 64) AND (kind ~ '^[a-z_]+\.[a-z_]+$'::text)))
);

ALTER TABLE ONLY public.audit_record FORCE ROW LEVEL SECURITY;

ALTER TABLE public.audit_record ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_record_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 64
);

CREATE TABLE public.audit_seal (
    start bigint NOT NULL,
    size bigint NOT NULL,
    last_txid xid8 NOT NULL,
    last_id bigint NOT NULL,
    leaves bytea NOT NULL,
    frontier bytea NOT NULL,
    chain bytea NOT NULL,
    sealed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT audit_seal_chain_size CHECK ((octet_length(chain) = 32)),
    CONSTRAINT audit_seal_frontier_size CHECK ((octet_length(frontier) = (32 * bit_count((size)::bit(64))))),
    CONSTRAINT audit_seal_leaves_size CHECK ((octet_length(leaves) = (32 * (size - start)))),
    CONSTRAINT audit_seal_start_form CHECK (((start >= 0) AND (size > start)))
);
ALTER TABLE ONLY public.audit_seal ALTER COLUMN leaves SET STORAGE EXTERNAL;

COMMENT ON TABLE public.audit_seal IS 'no tenant: one tree over the records of all tenants; it holds hashes only';

CREATE TABLE public.book_market (
    market_id uuid NOT NULL,
    yes_gross bigint NOT NULL,
    no_gross bigint NOT NULL,
    is_cleared boolean DEFAULT false NOT NULL,
    CONSTRAINT book_market_no_not_negative CHECK ((no_gross >= 0)),
    CONSTRAINT book_market_yes_not_negative CHECK ((yes_gross >= 0))
)
WITH (fillfactor='50');

COMMENT ON TABLE public.book_market IS 'no tenant: a market is held by references of all tenants';

CREATE TABLE public.boundary_nonce (
    key_id uuid NOT NULL,
    nonce bytea NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    CONSTRAINT boundary_nonce_size CHECK ((octet_length(nonce) = 16))
);

COMMENT ON TABLE public.boundary_nonce IS 'no tenant: a call carries the work of several tenants';

CREATE TABLE public.break_evidence (
    break_id uuid NOT NULL,
    reference_id uuid NOT NULL,
    kind public.break_reference NOT NULL
);

COMMENT ON TABLE public.break_evidence IS 'no tenant: a difference with the exchange concerns all who share its account';

CREATE TABLE public.break_found (
    kind public.break_kind NOT NULL,
    subject uuid NOT NULL,
    expected bigint NOT NULL,
    found bigint NOT NULL,
    found_at timestamp with time zone NOT NULL,
    id uuid NOT NULL,
    occurrence integer NOT NULL,
    CONSTRAINT break_found_occurrence_counts CHECK ((occurrence >= 1))
);

COMMENT ON TABLE public.break_found IS 'no tenant: a difference with the exchange concerns all who share its account';

CREATE TABLE public.break_step (
    break_id uuid NOT NULL,
    operator uuid NOT NULL,
    transfer_id uuid,
    at timestamp with time zone NOT NULL,
    number integer NOT NULL,
    kind public.break_step_kind NOT NULL,
    closing public.break_closing,
    CONSTRAINT break_step_facts CHECK ((((kind = 'closed'::public.break_step_kind) = (closing IS NOT NULL)) AND ((transfer_id IS NOT NULL) = (NOT (closing IS DISTINCT FROM 'corrected_by_transfer'::public.break_closing))))),
    CONSTRAINT break_step_number_counts CHECK ((number >= 1))
);

COMMENT ON TABLE public.break_step IS 'no tenant: a difference with the exchange concerns all who share its account';

CREATE TABLE public.control_halt (
    id uuid NOT NULL,
    market_id uuid,
    operator uuid,
    since timestamp with time zone NOT NULL,
    cause public.control_cause NOT NULL,
    CONSTRAINT control_halt_machine_knows_its_cause CHECK (((operator IS NOT NULL) OR (cause = ANY (ARRAY['unknown_orders'::public.control_cause, 'position_drift'::public.control_cause, 'clock_skew'::public.control_cause]))))
);

COMMENT ON TABLE public.control_halt IS 'no tenant: a market stands still for all tenants';

CREATE TABLE public.control_lift (
    halt_id uuid NOT NULL,
    operator uuid NOT NULL,
    lifted_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.control_lift IS 'no tenant: a market is set free for all tenants';

CREATE TABLE public.control_position_limit (
    id uuid NOT NULL,
    market_id uuid NOT NULL,
    operator uuid NOT NULL,
    set_at timestamp with time zone NOT NULL,
    number bigint NOT NULL,
    contracts bigint NOT NULL,
    CONSTRAINT control_position_limit_not_negative CHECK ((contracts >= 0))
);

COMMENT ON TABLE public.control_position_limit IS 'no tenant: the exchange knows one account for all tenants';

ALTER TABLE public.control_position_limit ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.control_position_limit_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.database_seen (
    system_identifier bigint NOT NULL,
    timeline integer NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    operator uuid,
    calls_after timestamp with time zone,
    CONSTRAINT database_seen_by_operator CHECK (((operator IS NULL) OR (calls_after IS NOT NULL)))
);

COMMENT ON TABLE public.database_seen IS 'no tenant: one database';

CREATE TABLE public.event_inbox (
    event_id uuid NOT NULL,
    consumer text NOT NULL,
    done_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT event_inbox_consumer_is_a_name CHECK ((consumer ~ '^[a-z][a-z0-9_.]{0,62}$'::text))
);

COMMENT ON TABLE public.event_inbox IS 'no tenant: ids of events and names of consumers';

CREATE TABLE public.evidence_pack (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    window_id uuid NOT NULL,
    operator uuid NOT NULL,
    signed_with uuid NOT NULL,
    signature bytea NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    manifest_sha256 bytea NOT NULL,
    row_count bigint NOT NULL,
    record_count bigint NOT NULL,
    checkpoint_size bigint NOT NULL,
    is_witnessed boolean NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT evidence_pack_counts CHECK (((size_bytes > 0) AND (row_count > 0) AND (record_count > 0) AND (checkpoint_size > record_count))),
    CONSTRAINT evidence_pack_manifest CHECK ((octet_length(manifest_sha256) = 32)),
    CONSTRAINT evidence_pack_sha256 CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT evidence_pack_signature CHECK ((octet_length(signature) = 64))
);

ALTER TABLE ONLY public.evidence_pack FORCE ROW LEVEL SECURITY;

CREATE TABLE public.idempotency_answer (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    key bytea NOT NULL,
    digest bytea NOT NULL,
    answer bytea NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT idempotency_answer_digest_size CHECK ((octet_length(digest) = 32)),
    CONSTRAINT idempotency_answer_key_size CHECK ((octet_length(key) = 32)),
    CONSTRAINT idempotency_answer_size CHECK ((octet_length(answer) <= 8192))
);

ALTER TABLE ONLY public.idempotency_answer FORCE ROW LEVEL SECURITY;

CREATE TABLE public.intent (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    account uuid NOT NULL,
    market_id uuid NOT NULL,
    quantity bigint NOT NULL,
    max_total bigint NOT NULL,
    arrival bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    window_id uuid,
    filled bigint,
    limit_price integer NOT NULL,
    side public.ledger_contract_side NOT NULL,
    action public.intent_action NOT NULL,
    state public.intent_state NOT NULL,
    was_received boolean NOT NULL,
    reason public.intent_reason,
    CONSTRAINT intent_filled_bounds CHECK (((filled >= 0) AND (filled <= quantity))),
    CONSTRAINT intent_limit_inside_the_dollar CHECK (((limit_price >= 1) AND (limit_price <= 9999))),
    CONSTRAINT intent_max_total_not_negative CHECK ((max_total >= 0)),
    CONSTRAINT intent_only_refused_at_receipt CHECK ((was_received OR (state = 'refused'::public.intent_state))),
    CONSTRAINT intent_quantity_bounds CHECK (((quantity >= 1) AND (quantity <= 100000000))),
    CONSTRAINT intent_state_facts CHECK (
CASE state
    WHEN 'received'::public.intent_state THEN ((window_id IS NULL) AND (filled IS NULL) AND (reason IS NULL) AND (ended_at IS NULL))
    WHEN 'pooled'::public.intent_state THEN ((window_id IS NOT NULL) AND (filled IS NULL) AND (reason IS NULL) AND (ended_at IS NULL))
    WHEN 'final'::public.intent_state THEN ((window_id IS NOT NULL) AND (filled IS NOT NULL) AND (reason IS NULL) AND (ended_at IS NOT NULL))
    ELSE ((window_id IS NULL) AND (filled IS NULL) AND (reason IS NOT NULL) AND (ended_at IS NOT NULL))
END)
)
WITH (fillfactor='80');

ALTER TABLE ONLY public.intent FORCE ROW LEVEL SECURITY;

ALTER TABLE public.intent ALTER COLUMN arrival ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.intent_arrival_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.ledger_asset (
    id integer NOT NULL,
    currency public.ledger_currency,
    market_id uuid,
    side public.ledger_contract_side,
    CONSTRAINT ledger_asset_is_currency_or_contract CHECK ((((currency IS NULL) = ((market_id IS NOT NULL) AND (side IS NOT NULL))) AND ((market_id IS NULL) = (side IS NULL))))
);

COMMENT ON TABLE public.ledger_asset IS 'no tenant: currencies and contracts of markets are the same for all';

ALTER TABLE public.ledger_asset ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.ledger_asset_id_seq
    START WITH 1000
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.ledger_balance (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    posted bigint DEFAULT 0 NOT NULL,
    held bigint DEFAULT 0 NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    floor bigint DEFAULT 0 NOT NULL,
    asset_id integer NOT NULL,
    account public.ledger_account NOT NULL,
    side smallint NOT NULL,
    CONSTRAINT ledger_balance_floor CHECK ((((side * posted) - held) >= floor)),
    CONSTRAINT ledger_balance_held_not_negative CHECK ((held >= 0))
)
WITH (fillfactor='50');

ALTER TABLE ONLY public.ledger_balance FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_book (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    kind public.ledger_book_kind NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.ledger_book FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_chart (
    account public.ledger_account NOT NULL,
    class public.ledger_class NOT NULL,
    side smallint NOT NULL,
    CONSTRAINT ledger_chart_checked_has_a_side CHECK (((class = 'unchecked'::public.ledger_class) OR (side <> 0))),
    CONSTRAINT ledger_chart_side CHECK ((side = ANY (ARRAY['-1'::integer, 0, 1])))
);

COMMENT ON TABLE public.ledger_chart IS 'no tenant: the chart of accounts is the same for all';

CREATE TABLE public.ledger_entry (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    version bigint NOT NULL,
    amount bigint NOT NULL,
    balance_after bigint NOT NULL,
    cost bigint,
    profit bigint,
    asset_id integer NOT NULL,
    account public.ledger_account NOT NULL,
    action public.ledger_action NOT NULL,
    CONSTRAINT ledger_entry_amount_not_zero CHECK ((amount <> 0))
);

ALTER TABLE ONLY public.ledger_entry FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_hold (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    id uuid NOT NULL,
    amount bigint NOT NULL,
    placed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone,
    asset_id integer NOT NULL,
    account public.ledger_account NOT NULL,
    purpose public.ledger_transfer_kind NOT NULL,
    CONSTRAINT ledger_hold_amount_positive CHECK ((amount > 0))
);

ALTER TABLE ONLY public.ledger_hold FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_hold_capture (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    capture_id uuid NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT ledger_hold_capture_amount_positive CHECK ((amount > 0))
);

ALTER TABLE ONLY public.ledger_hold_capture FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_hold_close (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    closed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    reason public.ledger_close_reason NOT NULL
);

ALTER TABLE ONLY public.ledger_hold_close FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_hold_open (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    remaining bigint NOT NULL,
    asset_id integer NOT NULL,
    account public.ledger_account NOT NULL,
    CONSTRAINT ledger_hold_open_remaining_not_negative CHECK ((remaining >= 0))
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.ledger_hold_open FORCE ROW LEVEL SECURITY;

CREATE TABLE public.ledger_posting (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    number bigint NOT NULL,
    amount bigint NOT NULL,
    cost bigint,
    profit bigint,
    asset_id integer NOT NULL,
    source public.ledger_account NOT NULL,
    target public.ledger_account NOT NULL,
    action public.ledger_action NOT NULL,
    CONSTRAINT ledger_posting_amount_positive CHECK ((amount > 0)),
    CONSTRAINT ledger_posting_two_accounts CHECK ((source <> target))
);

ALTER TABLE ONLY public.ledger_posting FORCE ROW LEVEL SECURITY;

CREATE VIEW public.ledger_leg WITH (security_invoker='true') AS
 SELECT ledger_posting.tenant_id,
    ledger_posting.book_id,
    ledger_posting.asset_id,
    ledger_posting.transfer_id,
    ledger_posting.number,
    ledger_posting.source AS account,
    (- ledger_posting.amount) AS amount,
    ledger_posting.action
   FROM public.ledger_posting
UNION ALL
 SELECT ledger_posting.tenant_id,
    ledger_posting.book_id,
    ledger_posting.asset_id,
    ledger_posting.transfer_id,
    ledger_posting.number,
    ledger_posting.target AS account,
    ledger_posting.amount,
    ledger_posting.action
   FROM public.ledger_posting;

ALTER TABLE public.ledger_posting ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.ledger_posting_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.ledger_repair (
    id uuid NOT NULL,
    requested_by text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    balances_rewritten bigint DEFAULT 0 NOT NULL,
    holds_rewritten bigint DEFAULT 0 NOT NULL,
    CONSTRAINT ledger_repair_requested_by CHECK ((requested_by ~ '^(system|owner|staff:[0-9a-f-]{36})$'::text))
);

COMMENT ON TABLE public.ledger_repair IS 'no tenant: a repair goes over the snapshots of all tenants';

CREATE TABLE public.ledger_transfer (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    id uuid NOT NULL,
    movement_id uuid NOT NULL,
    reverses uuid,
    corrects uuid,
    effective_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    kind public.ledger_transfer_kind NOT NULL
);

ALTER TABLE ONLY public.ledger_transfer FORCE ROW LEVEL SECURITY;

CREATE TABLE public.market (
    id uuid NOT NULL,
    close_time timestamp with time zone NOT NULL,
    refreshed_at timestamp with time zone NOT NULL,
    tick integer NOT NULL,
    yes_bid integer NOT NULL,
    yes_ask integer NOT NULL,
    fee_multiplier integer NOT NULL,
    yes_value integer,
    status public.market_status NOT NULL,
    ticker text NOT NULL,
    title text NOT NULL,
    rules text NOT NULL,
    CONSTRAINT market_fee_multiplier_covered CHECK (((fee_multiplier >= 0) AND (fee_multiplier <= 142857))),
    CONSTRAINT market_rules_size CHECK ((char_length(rules) <= 500)),
    CONSTRAINT market_tick_bounds CHECK (((tick >= 1) AND (tick <= 5000))),
    CONSTRAINT market_ticker_form CHECK ((ticker ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'::text)),
    CONSTRAINT market_title_size CHECK ((char_length(title) <= 200)),
    CONSTRAINT market_value_when_resolved CHECK (((status = 'resolved'::public.market_status) = (yes_value IS NOT NULL))),
    CONSTRAINT market_yes_ask_inside_the_dollar CHECK (((yes_ask >= 0) AND (yes_ask <= 10000))),
    CONSTRAINT market_yes_bid_inside_the_dollar CHECK (((yes_bid >= 0) AND (yes_bid <= 10000))),
    CONSTRAINT market_yes_value_inside_the_dollar CHECK (((yes_value >= 0) AND (yes_value <= 10000)))
)
WITH (fillfactor='70');

COMMENT ON TABLE public.market IS 'no tenant: markets of the exchange are the same for all';

CREATE TABLE public.operator_key (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    operator uuid NOT NULL,
    public_key bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT operator_key_size CHECK ((octet_length(public_key) = 32))
);

ALTER TABLE ONLY public.operator_key FORCE ROW LEVEL SECURITY;

CREATE TABLE public.operator_key_act (
    tenant_id uuid NOT NULL,
    key_id uuid NOT NULL,
    act public.operator_key_act_kind NOT NULL,
    operator uuid NOT NULL,
    signed_with uuid,
    signature bytea,
    at timestamp with time zone NOT NULL,
    CONSTRAINT operator_key_act_of_others CHECK (((signed_with <> key_id) OR (act = 'retire'::public.operator_key_act_kind))),
    CONSTRAINT operator_key_act_signed CHECK ((((act = 'found'::public.operator_key_act_kind) = (signed_with IS NULL)) AND ((signed_with IS NULL) = (signature IS NULL)))),
    CONSTRAINT operator_key_act_size CHECK ((octet_length(signature) = 64))
);

ALTER TABLE ONLY public.operator_key_act FORCE ROW LEVEL SECURITY;

CREATE TABLE public.outflow_resumption (
    epoch integer NOT NULL,
    compared_to timestamp with time zone NOT NULL,
    operator uuid NOT NULL,
    resumed_at timestamp with time zone NOT NULL,
    CONSTRAINT outflow_resumption_compared CHECK ((compared_to <= resumed_at))
);

COMMENT ON TABLE public.outflow_resumption IS 'no tenant: one database';

CREATE TABLE public.pgqueuer (
    id bigint NOT NULL,
    priority integer NOT NULL,
    queue_manager_id uuid,
    created timestamp with time zone DEFAULT now() NOT NULL,
    updated timestamp with time zone DEFAULT now() NOT NULL,
    heartbeat timestamp with time zone DEFAULT now() NOT NULL,
    execute_after timestamp with time zone DEFAULT now() NOT NULL,
    status public.pgqueuer_status NOT NULL,
    entrypoint text NOT NULL,
    dedupe_key text,
    payload bytea,
    headers jsonb,
    attempts integer DEFAULT 0 NOT NULL,
    slot bigint
);

COMMENT ON TABLE public.pgqueuer IS 'no tenant: a queue of ids; each listener binds its transaction to the event''s tenant';

CREATE SEQUENCE public.pgqueuer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.pgqueuer_id_seq OWNED BY public.pgqueuer.id;

CREATE TABLE public.pgqueuer_log (
    id bigint NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL,
    job_id bigint NOT NULL,
    status public.pgqueuer_status NOT NULL,
    priority integer NOT NULL,
    entrypoint text NOT NULL,
    traceback jsonb,
    aggregated boolean DEFAULT false
);

COMMENT ON TABLE public.pgqueuer_log IS 'no tenant: states of queued work, without its payload';

ALTER TABLE public.pgqueuer_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.pgqueuer_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.pgqueuer_schedules (
    id bigint NOT NULL,
    expression text NOT NULL,
    entrypoint text NOT NULL,
    heartbeat timestamp with time zone DEFAULT now() NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL,
    updated timestamp with time zone DEFAULT now() NOT NULL,
    next_run timestamp with time zone DEFAULT now() NOT NULL,
    last_run timestamp with time zone,
    status public.pgqueuer_status DEFAULT 'queued'::public.pgqueuer_status
);

COMMENT ON TABLE public.pgqueuer_schedules IS 'no tenant: times of periodic work; unused, the queue expects it';

CREATE SEQUENCE public.pgqueuer_schedules_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.pgqueuer_schedules_id_seq OWNED BY public.pgqueuer_schedules.id;

CREATE TABLE public.pgqueuer_statistics (
    id bigint NOT NULL,
    created timestamp with time zone DEFAULT date_trunc('sec'::text, now()) NOT NULL,
    count bigint NOT NULL,
    priority integer NOT NULL,
    status public.pgqueuer_status NOT NULL,
    entrypoint text NOT NULL
);

COMMENT ON TABLE public.pgqueuer_statistics IS 'no tenant: counts of queued work';

CREATE SEQUENCE public.pgqueuer_statistics_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.pgqueuer_statistics_id_seq OWNED BY public.pgqueuer_statistics.id;

CREATE TABLE public.reconciliation_cursor (
    list public.reconciliation_list NOT NULL,
    reconciled_to timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.reconciliation_cursor IS 'no tenant: the account at the exchange is shared by all';

CREATE TABLE public.reconciliation_reading (
    id uuid NOT NULL,
    read_at timestamp with time zone NOT NULL,
    balance bigint NOT NULL,
    float_cash bigint NOT NULL,
    pair_cash bigint NOT NULL,
    own_cash bigint NOT NULL
);

COMMENT ON TABLE public.reconciliation_reading IS 'no tenant: the account at the exchange is shared by all';

CREATE TABLE public.report (
    tenant_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    sequence bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    intent_id uuid,
    account uuid,
    market_id uuid,
    window_id uuid,
    quantity bigint,
    amount bigint,
    fee bigint,
    yes_value integer,
    kind public.report_kind NOT NULL,
    side public.ledger_contract_side,
    action public.intent_action,
    reason public.intent_reason,
    manifest bytea,
    reverses bigint,
    revision smallint DEFAULT 1 NOT NULL,
    basis public.resolution_basis,
    CONSTRAINT report_amount_not_negative CHECK ((amount >= 0)),
    CONSTRAINT report_fee_not_negative CHECK ((fee >= 0)),
    CONSTRAINT report_manifest_size CHECK ((octet_length(manifest) = 32)),
    CONSTRAINT report_quantity_not_negative CHECK ((quantity >= 0)),
    CONSTRAINT report_reverses_something_earlier CHECK (((reverses > 0) AND (reverses < sequence))),
    CONSTRAINT report_revision_positive CHECK ((revision > 0)),
    CONSTRAINT report_sequence_positive CHECK ((sequence > 0)),
    CONSTRAINT report_shape CHECK (
CASE (kind)::text
    WHEN 'fill_share'::text THEN ((num_nonnulls(intent_id, account, market_id, window_id, quantity, amount, fee, side, action, manifest) = 10) AND (num_nonnulls(yes_value, reason, reverses, basis) = 0))
    WHEN 'final'::text THEN ((num_nonnulls(intent_id, quantity) = 2) AND (num_nonnulls(account, market_id, window_id, amount, fee, yes_value, side, action, reason, manifest, reverses, basis) = 0))
    WHEN 'not_pooled'::text THEN ((num_nonnulls(intent_id, reason) = 2) AND (num_nonnulls(account, market_id, window_id, quantity, amount, fee, yes_value, side, action, manifest, reverses, basis) = 0))
    WHEN 'resolution'::text THEN ((num_nonnulls(market_id, yes_value) = 2) AND (num_nonnulls(intent_id, account, window_id, quantity, amount, fee, side, action, reason, manifest, reverses) = 0))
    WHEN 'payout'::text THEN ((num_nonnulls(account, market_id, quantity, amount, side) = 5) AND (num_nonnulls(intent_id, window_id, fee, yes_value, action, reason, manifest, reverses, basis) = 0))
    WHEN 'settlement_fee'::text THEN ((num_nonnulls(account, market_id, amount) = 3) AND (num_nonnulls(intent_id, window_id, quantity, fee, yes_value, side, action, reason, manifest, reverses, basis) = 0))
    WHEN 'reversal'::text THEN ((num_nonnulls(account, market_id, quantity, amount, fee, reverses) = 6) AND (num_nonnulls(intent_id, window_id, yes_value, reason, manifest, basis) = 0) AND ((side IS NOT NULL) OR ((action IS NULL) AND (quantity = 0) AND (amount = 0))))
    ELSE NULL::boolean
END),
    CONSTRAINT report_yes_value_range CHECK (((yes_value >= 0) AND (yes_value <= 10000)))
);

ALTER TABLE ONLY public.report FORCE ROW LEVEL SECURITY;

CREATE TABLE public.report_cursor (
    recipient_id uuid NOT NULL,
    last_sequence bigint DEFAULT 0 NOT NULL,
    CONSTRAINT report_cursor_not_negative CHECK ((last_sequence >= 0))
)
WITH (fillfactor='50');

COMMENT ON TABLE public.report_cursor IS 'no tenant: one recipient serves many tenants';

CREATE TABLE public.resolution_market (
    market_id uuid NOT NULL,
    yes_value integer NOT NULL,
    yes_gross bigint NOT NULL,
    no_gross bigint NOT NULL,
    payouts bigint NOT NULL,
    fees bigint NOT NULL,
    exchange_cash bigint NOT NULL,
    pair_cash bigint NOT NULL,
    resolved_at timestamp with time zone NOT NULL,
    revision smallint DEFAULT 1 NOT NULL,
    basis public.resolution_basis DEFAULT 'value'::public.resolution_basis NOT NULL,
    void_id uuid,
    CONSTRAINT resolution_market_cash_identity CHECK (((payouts - fees) = (exchange_cash + pair_cash))),
    CONSTRAINT resolution_market_fees_not_negative CHECK ((fees >= 0)),
    CONSTRAINT resolution_market_payouts_follow CHECK (((basis <> 'value'::public.resolution_basis) OR (payouts = ((yes_gross * yes_value) + (no_gross * (10000 - yes_value)))))),
    CONSTRAINT resolution_market_revision_positive CHECK ((revision > 0)),
    CONSTRAINT resolution_market_value_range CHECK (((yes_value >= 0) AND (yes_value <= 10000))),
    CONSTRAINT resolution_market_void_declared CHECK (((basis = 'value'::public.resolution_basis) = (void_id IS NULL)))
);

COMMENT ON TABLE public.resolution_market IS 'no tenant: a market is held by references of all tenants';

CREATE TABLE public.resolution_void (
    id uuid NOT NULL,
    market_id uuid NOT NULL,
    returned bigint NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    form public.resolution_basis NOT NULL,
    fees_returned boolean NOT NULL,
    CONSTRAINT resolution_void_cost_keeps_fees CHECK (((form = 'cancelled_trades'::public.resolution_basis) OR (NOT fees_returned))),
    CONSTRAINT resolution_void_form CHECK ((form <> 'value'::public.resolution_basis))
);

COMMENT ON TABLE public.resolution_void IS 'no tenant: a market is held by references of all tenants';

COMMENT ON COLUMN public.resolution_void.returned IS 'all that the exchange paid for the market since its last trade';

CREATE TABLE public.resolution_void_decision (
    void_id uuid NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    outcome public.resolution_void_outcome NOT NULL
);

COMMENT ON TABLE public.resolution_void_decision IS 'no tenant: a market is held by references of all tenants';

CREATE TABLE public.schema_floor (
    revision text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT schema_floor_form CHECK ((revision ~ '^[0-9]{4}(_[0-9]{2}){3}_[a-z0-9_]{1,40}$'::text))
);

COMMENT ON TABLE public.schema_floor IS 'no tenant: one chain';

CREATE TABLE public.settlement_confirmation (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    after_sequence bigint NOT NULL,
    to_sequence bigint NOT NULL,
    amount bigint NOT NULL,
    cost_of_buys bigint NOT NULL,
    proceeds bigint NOT NULL,
    fees bigint NOT NULL,
    payouts bigint NOT NULL,
    confirmed_at timestamp with time zone NOT NULL,
    direction public.settlement_direction NOT NULL,
    outcome public.settlement_outcome NOT NULL,
    digest bytea NOT NULL,
    reversed_costs bigint DEFAULT 0 NOT NULL,
    reversed_proceeds bigint DEFAULT 0 NOT NULL,
    reversed_fees bigint DEFAULT 0 NOT NULL,
    reversed_payouts bigint DEFAULT 0 NOT NULL,
    CONSTRAINT settlement_confirmation_after CHECK ((after_sequence >= 0)),
    CONSTRAINT settlement_confirmation_amount CHECK ((amount >= 0)),
    CONSTRAINT settlement_confirmation_digest_size CHECK ((octet_length(digest) = 32)),
    CONSTRAINT settlement_confirmation_period CHECK ((to_sequence >= after_sequence))
);

ALTER TABLE ONLY public.settlement_confirmation FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.settlement_confirmation.cost_of_buys IS 'as the customer side stated; ours is in the reports';

CREATE TABLE public.settlement_receipt (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    received_at timestamp with time zone NOT NULL,
    direction public.settlement_direction,
    amount bigint,
    release_id uuid,
    release public.settlement_release_outcome,
    CONSTRAINT settlement_receipt_amount CHECK ((amount > 0)),
    CONSTRAINT settlement_receipt_approved CHECK ((release = 'approved'::public.settlement_release_outcome)),
    CONSTRAINT settlement_receipt_two_people CHECK (((direction IS NULL) OR (direction = 'pay'::public.settlement_direction) OR ((release_id IS NOT NULL) AND (release IS NOT NULL))))
);

ALTER TABLE ONLY public.settlement_receipt FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_receipt_part (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    direction public.settlement_direction NOT NULL,
    number integer NOT NULL,
    amount bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    CONSTRAINT settlement_receipt_part_amount CHECK ((amount > 0)),
    CONSTRAINT settlement_receipt_part_arrives CHECK ((direction = 'pay'::public.settlement_direction)),
    CONSTRAINT settlement_receipt_part_number CHECK ((number > 1))
);

ALTER TABLE ONLY public.settlement_receipt_part FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_release (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    signed_with uuid,
    signature bytea,
    CONSTRAINT settlement_release_signature CHECK ((octet_length(signature) = 64))
);

ALTER TABLE ONLY public.settlement_release FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_release_decision (
    tenant_id uuid NOT NULL,
    release_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    proposed_by uuid NOT NULL,
    outcome public.settlement_release_outcome NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    signed_with uuid,
    signature bytea,
    CONSTRAINT settlement_release_decision_checker CHECK (((outcome = 'rejected'::public.settlement_release_outcome) OR (decided_by <> proposed_by))),
    CONSTRAINT settlement_release_decision_signature CHECK ((octet_length(signature) = 64))
);

ALTER TABLE ONLY public.settlement_release_decision FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_void (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    operator uuid NOT NULL,
    voided_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.settlement_void FORCE ROW LEVEL SECURITY;

CREATE TABLE public.witness_alarm (
    id uuid NOT NULL,
    kind public.witness_alarm_kind NOT NULL,
    epoch integer NOT NULL,
    held_size bigint NOT NULL,
    held_root bytea,
    size bigint NOT NULL,
    root bytea NOT NULL,
    signature bytea,
    raised_at timestamp with time zone NOT NULL,
    CONSTRAINT witness_alarm_held_root_size CHECK ((octet_length(held_root) = 32)),
    CONSTRAINT witness_alarm_root_size CHECK ((octet_length(root) = 32)),
    CONSTRAINT witness_alarm_signature_size CHECK ((octet_length(signature) = 64))
);

COMMENT ON TABLE public.witness_alarm IS 'no tenant: both logs are over the records of all tenants';

CREATE TABLE public.witness_alarm_end (
    alarm_id uuid NOT NULL,
    operator uuid NOT NULL,
    ending public.witness_alarm_ending NOT NULL,
    ended_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.witness_alarm_end IS 'no tenant: both logs are over the records of all tenants';

CREATE TABLE public.witness_checkpoint (
    epoch integer NOT NULL,
    previous_size bigint NOT NULL,
    size bigint NOT NULL,
    continues bigint GENERATED ALWAYS AS (NULLIF(previous_size, 0)) STORED,
    root bytea NOT NULL,
    signature bytea NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    cosigned_at timestamp with time zone NOT NULL,
    cosignature bytea NOT NULL,
    CONSTRAINT witness_checkpoint_cosignature_size CHECK ((octet_length(cosignature) = 64)),
    CONSTRAINT witness_checkpoint_epoch_counts CHECK ((epoch >= 1)),
    CONSTRAINT witness_checkpoint_grows CHECK (((previous_size >= 0) AND (size > previous_size))),
    CONSTRAINT witness_checkpoint_root_size CHECK ((octet_length(root) = 32)),
    CONSTRAINT witness_checkpoint_signature_size CHECK ((octet_length(signature) = 64))
);

COMMENT ON TABLE public.witness_checkpoint IS 'no tenant: the other stack has one log';

CREATE TABLE public.witness_epoch (
    epoch integer NOT NULL,
    kept_size bigint NOT NULL,
    operator uuid NOT NULL,
    accepted_at timestamp with time zone NOT NULL,
    CONSTRAINT witness_epoch_kept_size_counts CHECK ((kept_size >= 0)),
    CONSTRAINT witness_epoch_second_or_later CHECK ((epoch > 1))
);

COMMENT ON TABLE public.witness_epoch IS 'no tenant: the other stack has one log';

ALTER TABLE ONLY public.pgqueuer ALTER COLUMN id SET DEFAULT nextval('public.pgqueuer_id_seq'::regclass);

ALTER TABLE ONLY public.pgqueuer_schedules ALTER COLUMN id SET DEFAULT nextval('public.pgqueuer_schedules_id_seq'::regclass);

ALTER TABLE ONLY public.pgqueuer_statistics ALTER COLUMN id SET DEFAULT nextval('public.pgqueuer_statistics_id_seq'::regclass);

ALTER TABLE ONLY public.account_recipient
    ADD CONSTRAINT account_recipient_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.account_reference
    ADD CONSTRAINT account_reference_pk PRIMARY KEY (account);

ALTER TABLE ONLY public.account_tenant
    ADD CONSTRAINT account_tenant_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.aggregation_fill
    ADD CONSTRAINT aggregation_fill_pk PRIMARY KEY (fill_id);

ALTER TABLE ONLY public.aggregation_order
    ADD CONSTRAINT aggregation_order_exchange_id_once UNIQUE (exchange_order_id);

ALTER TABLE ONLY public.aggregation_order
    ADD CONSTRAINT aggregation_order_one_per_window UNIQUE (window_id);

ALTER TABLE ONLY public.aggregation_order
    ADD CONSTRAINT aggregation_order_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.aggregation_pause
    ADD CONSTRAINT aggregation_pause_pk PRIMARY KEY (tenant_id, number);

ALTER TABLE ONLY public.aggregation_window
    ADD CONSTRAINT aggregation_window_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_checkpoint
    ADD CONSTRAINT audit_checkpoint_pk PRIMARY KEY (size);

ALTER TABLE ONLY public.audit_cosignature
    ADD CONSTRAINT audit_cosignature_pk PRIMARY KEY (epoch, size);

ALTER TABLE ONLY public.audit_epoch
    ADD CONSTRAINT audit_epoch_pk PRIMARY KEY (epoch);

ALTER TABLE ONLY public.audit_node
    ADD CONSTRAINT audit_node_pk PRIMARY KEY (level, number);

ALTER TABLE ONLY public.audit_record
    ADD CONSTRAINT audit_record_pk PRIMARY KEY (txid, id);

ALTER TABLE ONLY public.audit_seal
    ADD CONSTRAINT audit_seal_last_once UNIQUE (last_txid, last_id);

ALTER TABLE ONLY public.audit_seal
    ADD CONSTRAINT audit_seal_pk PRIMARY KEY (start);

ALTER TABLE ONLY public.book_market
    ADD CONSTRAINT book_market_pk PRIMARY KEY (market_id);

ALTER TABLE ONLY public.boundary_nonce
    ADD CONSTRAINT boundary_nonce_pk PRIMARY KEY (key_id, nonce);

ALTER TABLE ONLY public.break_evidence
    ADD CONSTRAINT break_evidence_pk PRIMARY KEY (break_id, kind, reference_id);

ALTER TABLE ONLY public.break_found
    ADD CONSTRAINT break_found_once UNIQUE (kind, subject, expected, found, occurrence);

ALTER TABLE ONLY public.break_found
    ADD CONSTRAINT break_found_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.break_step
    ADD CONSTRAINT break_step_pk PRIMARY KEY (break_id, number);

ALTER TABLE ONLY public.control_halt
    ADD CONSTRAINT control_halt_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.control_lift
    ADD CONSTRAINT control_lift_pk PRIMARY KEY (halt_id);

ALTER TABLE ONLY public.control_position_limit
    ADD CONSTRAINT control_position_limit_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.database_seen
    ADD CONSTRAINT database_seen_pk PRIMARY KEY (system_identifier, timeline, seen_at);

ALTER TABLE ONLY public.event_inbox
    ADD CONSTRAINT event_inbox_pk PRIMARY KEY (event_id, consumer);

ALTER TABLE ONLY public.evidence_pack
    ADD CONSTRAINT evidence_pack_once UNIQUE (sha256);

ALTER TABLE ONLY public.evidence_pack
    ADD CONSTRAINT evidence_pack_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.idempotency_answer
    ADD CONSTRAINT idempotency_answer_pk PRIMARY KEY (book_id, key);

ALTER TABLE ONLY public.intent
    ADD CONSTRAINT intent_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_asset
    ADD CONSTRAINT ledger_asset_contract_once UNIQUE (market_id, side);

ALTER TABLE ONLY public.ledger_asset
    ADD CONSTRAINT ledger_asset_currency_once UNIQUE (currency);

ALTER TABLE ONLY public.ledger_asset
    ADD CONSTRAINT ledger_asset_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_balance
    ADD CONSTRAINT ledger_balance_pk PRIMARY KEY (book_id, asset_id, account);

ALTER TABLE ONLY public.ledger_book
    ADD CONSTRAINT ledger_book_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_chart
    ADD CONSTRAINT ledger_chart_pk PRIMARY KEY (account);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_pk PRIMARY KEY (book_id, asset_id, account, version);

ALTER TABLE ONLY public.ledger_hold_capture
    ADD CONSTRAINT ledger_hold_capture_pk PRIMARY KEY (book_id, hold_id, capture_id);

ALTER TABLE ONLY public.ledger_hold_close
    ADD CONSTRAINT ledger_hold_close_pk PRIMARY KEY (book_id, hold_id);

ALTER TABLE ONLY public.ledger_hold_open
    ADD CONSTRAINT ledger_hold_open_pk PRIMARY KEY (book_id, hold_id);

ALTER TABLE ONLY public.ledger_hold
    ADD CONSTRAINT ledger_hold_pk PRIMARY KEY (book_id, id);

ALTER TABLE ONLY public.ledger_posting
    ADD CONSTRAINT ledger_posting_pk PRIMARY KEY (transfer_id, asset_id, book_id) WITH (fillfactor='100');

ALTER TABLE ONLY public.ledger_repair
    ADD CONSTRAINT ledger_repair_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_transfer
    ADD CONSTRAINT ledger_transfer_pk PRIMARY KEY (id, book_id) WITH (fillfactor='100');

ALTER TABLE ONLY public.market
    ADD CONSTRAINT market_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.market
    ADD CONSTRAINT market_ticker_once UNIQUE (ticker);

ALTER TABLE ONLY public.operator_key_act
    ADD CONSTRAINT operator_key_act_pk PRIMARY KEY (key_id, act, operator);

ALTER TABLE ONLY public.operator_key
    ADD CONSTRAINT operator_key_of UNIQUE (id, operator);

ALTER TABLE ONLY public.operator_key
    ADD CONSTRAINT operator_key_once UNIQUE (public_key);

ALTER TABLE ONLY public.operator_key
    ADD CONSTRAINT operator_key_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.outflow_resumption
    ADD CONSTRAINT outflow_resumption_pk PRIMARY KEY (epoch);

ALTER TABLE ONLY public.pgqueuer_log
    ADD CONSTRAINT pgqueuer_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pgqueuer
    ADD CONSTRAINT pgqueuer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pgqueuer_schedules
    ADD CONSTRAINT pgqueuer_schedules_expression_entrypoint_key UNIQUE (expression, entrypoint);

ALTER TABLE ONLY public.pgqueuer_schedules
    ADD CONSTRAINT pgqueuer_schedules_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pgqueuer_statistics
    ADD CONSTRAINT pgqueuer_statistics_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reconciliation_cursor
    ADD CONSTRAINT reconciliation_cursor_pk PRIMARY KEY (list);

ALTER TABLE ONLY public.reconciliation_reading
    ADD CONSTRAINT reconciliation_reading_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.report_cursor
    ADD CONSTRAINT report_cursor_pk PRIMARY KEY (recipient_id);

ALTER TABLE ONLY public.report
    ADD CONSTRAINT report_pk PRIMARY KEY (recipient_id, sequence);

ALTER TABLE ONLY public.resolution_market
    ADD CONSTRAINT resolution_market_pk PRIMARY KEY (market_id, revision);

ALTER TABLE ONLY public.resolution_void_decision
    ADD CONSTRAINT resolution_void_decision_pk PRIMARY KEY (void_id);

ALTER TABLE ONLY public.resolution_void
    ADD CONSTRAINT resolution_void_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.schema_floor
    ADD CONSTRAINT schema_floor_pk PRIMARY KEY (revision);

ALTER TABLE ONLY public.settlement_confirmation
    ADD CONSTRAINT settlement_confirmation_direction UNIQUE (settlement_id, direction);

ALTER TABLE ONLY public.settlement_confirmation
    ADD CONSTRAINT settlement_confirmation_of_tenant UNIQUE (tenant_id, settlement_id);

ALTER TABLE ONLY public.settlement_confirmation
    ADD CONSTRAINT settlement_confirmation_pk PRIMARY KEY (settlement_id);

ALTER TABLE ONLY public.settlement_receipt_part
    ADD CONSTRAINT settlement_receipt_part_once UNIQUE (settlement_id, number);

ALTER TABLE ONLY public.settlement_receipt_part
    ADD CONSTRAINT settlement_receipt_part_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.settlement_receipt
    ADD CONSTRAINT settlement_receipt_pk PRIMARY KEY (settlement_id);

ALTER TABLE public.settlement_receipt
    ADD CONSTRAINT settlement_receipt_stated CHECK (((direction IS NOT NULL) AND (amount IS NOT NULL))) NOT VALID;

ALTER TABLE ONLY public.settlement_release_decision
    ADD CONSTRAINT settlement_release_decision_of UNIQUE (settlement_id, outcome, release_id);

ALTER TABLE ONLY public.settlement_release_decision
    ADD CONSTRAINT settlement_release_decision_pk PRIMARY KEY (release_id);

ALTER TABLE ONLY public.settlement_release
    ADD CONSTRAINT settlement_release_maker UNIQUE (id, settlement_id, proposed_by);

ALTER TABLE ONLY public.settlement_release
    ADD CONSTRAINT settlement_release_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.settlement_void
    ADD CONSTRAINT settlement_void_pk PRIMARY KEY (settlement_id);

ALTER TABLE ONLY public.witness_alarm_end
    ADD CONSTRAINT witness_alarm_end_pk PRIMARY KEY (alarm_id);

ALTER TABLE ONLY public.witness_alarm
    ADD CONSTRAINT witness_alarm_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.witness_checkpoint
    ADD CONSTRAINT witness_checkpoint_continued_once UNIQUE (epoch, previous_size);

ALTER TABLE ONLY public.witness_checkpoint
    ADD CONSTRAINT witness_checkpoint_pk PRIMARY KEY (epoch, size);

ALTER TABLE ONLY public.witness_epoch
    ADD CONSTRAINT witness_epoch_pk PRIMARY KEY (epoch);

CREATE INDEX account_recipient_tenants ON public.account_recipient USING btree (recipient_id);

CREATE INDEX aggregation_fill_of_order ON public.aggregation_fill USING btree (order_id);

CREATE INDEX aggregation_fill_traded ON public.aggregation_fill USING btree (traded_at) WHERE (traded_at IS NOT NULL);

CREATE INDEX aggregation_order_became_unknown ON public.aggregation_order USING btree (unknown_at) WHERE (unknown_at IS NOT NULL);

CREATE INDEX aggregation_order_of_market ON public.aggregation_order USING btree (market_id, id);

CREATE UNIQUE INDEX aggregation_order_one_in_flight ON public.aggregation_order USING btree (market_id) WHERE (state = ANY (ARRAY['submitted'::public.order_state, 'unknown'::public.order_state, 'acked'::public.order_state]));

CREATE INDEX aggregation_order_recheck ON public.aggregation_order USING btree (recheck_at) WHERE (recheck_at IS NOT NULL);

CREATE INDEX aggregation_order_sent ON public.aggregation_order USING btree (sent_at);

CREATE UNIQUE INDEX aggregation_pause_one_stands ON public.aggregation_pause USING btree (tenant_id) WHERE (resumed_at IS NULL);

CREATE INDEX boundary_nonce_sent_at ON public.boundary_nonce USING btree (sent_at);

CREATE INDEX break_found_age ON public.break_found USING btree (found_at, id);

CREATE UNIQUE INDEX break_step_one_end ON public.break_step USING btree (break_id) WHERE (kind = 'closed'::public.break_step_kind);

CREATE INDEX control_position_limit_of_market ON public.control_position_limit USING btree (market_id, number);

CREATE INDEX evidence_pack_of_window ON public.evidence_pack USING btree (window_id, id);

CREATE INDEX intent_of_market ON public.intent USING btree (market_id, tenant_id);

CREATE INDEX intent_of_window ON public.intent USING btree (window_id) WHERE (window_id IS NOT NULL);

CREATE INDEX intent_waiting ON public.intent USING btree (market_id, side, action, limit_price, arrival) WHERE (state = 'received'::public.intent_state);

CREATE INDEX ledger_posting_book ON public.ledger_posting USING btree (book_id, asset_id);

CREATE UNIQUE INDEX ledger_transfer_one_reversal ON public.ledger_transfer USING btree (book_id, reverses) WHERE (reverses IS NOT NULL);

CREATE INDEX pgqueuer_ep_ea_idx ON public.pgqueuer USING btree (entrypoint, execute_after) WHERE (status = 'queued'::public.pgqueuer_status);

CREATE INDEX pgqueuer_ep_prio_id_idx ON public.pgqueuer USING btree (entrypoint, priority DESC, id) WHERE (status = 'queued'::public.pgqueuer_status);

CREATE INDEX pgqueuer_log_created ON public.pgqueuer_log USING btree (created);

CREATE INDEX pgqueuer_log_job_id_status ON public.pgqueuer_log USING btree (job_id, created DESC);

CREATE INDEX pgqueuer_log_not_aggregated ON public.pgqueuer_log USING btree ((1)) WHERE (NOT aggregated);

CREATE INDEX pgqueuer_log_status ON public.pgqueuer_log USING btree (status);

CREATE INDEX pgqueuer_picked_heartbeat_idx ON public.pgqueuer USING btree (heartbeat) WHERE (status = 'picked'::public.pgqueuer_status);

CREATE UNIQUE INDEX pgqueuer_picked_slot_idx ON public.pgqueuer USING btree (entrypoint, slot) WHERE ((status = 'picked'::public.pgqueuer_status) AND (slot IS NOT NULL));

CREATE INDEX pgqueuer_priority_id_id1_idx ON public.pgqueuer USING btree (priority, id DESC) INCLUDE (id) WHERE (status = 'queued'::public.pgqueuer_status);

CREATE INDEX pgqueuer_queue_manager_id_idx ON public.pgqueuer USING btree (queue_manager_id) WHERE (queue_manager_id IS NOT NULL);

CREATE UNIQUE INDEX pgqueuer_statistics_unique_count ON public.pgqueuer_statistics USING btree (priority, date_trunc('sec'::text, timezone('UTC'::text, created)), status, entrypoint);

CREATE UNIQUE INDEX pgqueuer_unique_dedupe_key ON public.pgqueuer USING btree (dedupe_key) WHERE ((status = ANY (ARRAY['queued'::public.pgqueuer_status, 'picked'::public.pgqueuer_status])) AND (dedupe_key IS NOT NULL));

CREATE INDEX pgqueuer_updated_id_id1_idx ON public.pgqueuer USING btree (updated, id DESC) INCLUDE (id) WHERE (status = 'picked'::public.pgqueuer_status);

CREATE INDEX reconciliation_reading_newest ON public.reconciliation_reading USING btree (read_at, id);

CREATE INDEX report_of_account ON public.report USING btree (account, sequence) WHERE (account IS NOT NULL);

CREATE INDEX report_of_intent ON public.report USING btree (intent_id) WHERE (intent_id IS NOT NULL);

CREATE INDEX report_of_tenant ON public.report USING btree (tenant_id, sequence) WHERE (account IS NOT NULL);

CREATE UNIQUE INDEX report_one_end ON public.report USING btree (intent_id) WHERE (kind = ANY (ARRAY['final'::public.report_kind, 'not_pooled'::public.report_kind]));

CREATE UNIQUE INDEX report_one_payout ON public.report USING btree (market_id, account, side, revision) WHERE (kind = 'payout'::public.report_kind);

CREATE UNIQUE INDEX report_one_reversal ON public.report USING btree (recipient_id, reverses) WHERE (reverses IS NOT NULL);

CREATE UNIQUE INDEX report_one_share ON public.report USING btree (intent_id, window_id) WHERE (kind = 'fill_share'::public.report_kind);

CREATE INDEX resolution_void_of_market ON public.resolution_void USING btree (market_id);

CREATE INDEX settlement_confirmation_cut ON public.settlement_confirmation USING btree (tenant_id, to_sequence);

CREATE UNIQUE INDEX settlement_release_once ON public.settlement_release_decision USING btree (settlement_id) WHERE (outcome = 'approved'::public.settlement_release_outcome);

CREATE INDEX settlement_release_settlement ON public.settlement_release USING btree (settlement_id);

CREATE TRIGGER account_recipient_append_only BEFORE DELETE OR UPDATE ON public.account_recipient FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER account_recipient_no_truncate BEFORE TRUNCATE ON public.account_recipient FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER account_reference_append_only BEFORE DELETE OR UPDATE ON public.account_reference FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER account_reference_no_truncate BEFORE TRUNCATE ON public.account_reference FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER account_tenant_append_only BEFORE DELETE OR UPDATE ON public.account_tenant FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER account_tenant_no_truncate BEFORE TRUNCATE ON public.account_tenant FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aggregation_fill_append_only BEFORE DELETE OR UPDATE ON public.aggregation_fill FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aggregation_fill_no_truncate BEFORE TRUNCATE ON public.aggregation_fill FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aggregation_order_facts BEFORE UPDATE ON public.aggregation_order FOR EACH ROW EXECUTE FUNCTION public.aggregation_order_keep_facts();

CREATE TRIGGER aggregation_order_no_truncate BEFORE TRUNCATE ON public.aggregation_order FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aggregation_pause_no_truncate BEFORE TRUNCATE ON public.aggregation_pause FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aggregation_window_append_only BEFORE DELETE OR UPDATE ON public.aggregation_window FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER aggregation_window_no_truncate BEFORE TRUNCATE ON public.aggregation_window FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_checkpoint_append_only BEFORE DELETE OR UPDATE ON public.audit_checkpoint FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_checkpoint_no_truncate BEFORE TRUNCATE ON public.audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_cosignature_append_only BEFORE DELETE OR UPDATE ON public.audit_cosignature FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_cosignature_no_truncate BEFORE TRUNCATE ON public.audit_cosignature FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_epoch_append_only BEFORE DELETE OR UPDATE ON public.audit_epoch FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_epoch_no_truncate BEFORE TRUNCATE ON public.audit_epoch FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_node_append_only BEFORE DELETE OR UPDATE ON public.audit_node FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_node_no_truncate BEFORE TRUNCATE ON public.audit_node FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_record_append_only BEFORE DELETE OR UPDATE ON public.audit_record FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_record_no_truncate BEFORE TRUNCATE ON public.audit_record FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_seal_append_only BEFORE DELETE OR UPDATE ON public.audit_seal FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_seal_no_truncate BEFORE TRUNCATE ON public.audit_seal FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER book_market_no_truncate BEFORE TRUNCATE ON public.book_market FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER boundary_nonce_after_restore BEFORE INSERT ON public.boundary_nonce FOR EACH ROW EXECUTE FUNCTION public.refuse_calls_before_restore();

CREATE TRIGGER boundary_nonce_no_truncate BEFORE TRUNCATE ON public.boundary_nonce FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER break_evidence_append_only BEFORE DELETE OR UPDATE ON public.break_evidence FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER break_evidence_no_truncate BEFORE TRUNCATE ON public.break_evidence FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER break_found_append_only BEFORE DELETE OR UPDATE ON public.break_found FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER break_found_no_truncate BEFORE TRUNCATE ON public.break_found FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER break_step_append_only BEFORE DELETE OR UPDATE ON public.break_step FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER break_step_no_truncate BEFORE TRUNCATE ON public.break_step FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER control_halt_append_only BEFORE DELETE OR UPDATE ON public.control_halt FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER control_halt_no_truncate BEFORE TRUNCATE ON public.control_halt FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER control_lift_append_only BEFORE DELETE OR UPDATE ON public.control_lift FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER control_lift_no_truncate BEFORE TRUNCATE ON public.control_lift FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER control_position_limit_append_only BEFORE DELETE OR UPDATE ON public.control_position_limit FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER control_position_limit_no_truncate BEFORE TRUNCATE ON public.control_position_limit FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER database_seen_append_only BEFORE DELETE OR UPDATE ON public.database_seen FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER database_seen_no_truncate BEFORE TRUNCATE ON public.database_seen FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER event_inbox_append_only BEFORE DELETE OR UPDATE ON public.event_inbox FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER event_inbox_no_truncate BEFORE TRUNCATE ON public.event_inbox FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER evidence_pack_append_only BEFORE DELETE OR UPDATE ON public.evidence_pack FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER evidence_pack_no_truncate BEFORE TRUNCATE ON public.evidence_pack FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER idempotency_answer_append_only BEFORE DELETE OR UPDATE ON public.idempotency_answer FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER idempotency_answer_no_truncate BEFORE TRUNCATE ON public.idempotency_answer FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER intent_facts BEFORE UPDATE ON public.intent FOR EACH ROW EXECUTE FUNCTION public.intent_keep_facts();

CREATE TRIGGER intent_no_truncate BEFORE TRUNCATE ON public.intent FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_asset_append_only BEFORE DELETE OR UPDATE ON public.ledger_asset FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_asset_no_truncate BEFORE TRUNCATE ON public.ledger_asset FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_balance_derived BEFORE INSERT OR DELETE OR UPDATE ON public.ledger_balance FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_refuse_direct_change();

CREATE TRIGGER ledger_balance_no_truncate BEFORE TRUNCATE ON public.ledger_balance FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_book_append_only BEFORE DELETE OR UPDATE ON public.ledger_book FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_book_no_truncate BEFORE TRUNCATE ON public.ledger_book FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_chart_append_only BEFORE DELETE OR UPDATE ON public.ledger_chart FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_chart_no_truncate BEFORE TRUNCATE ON public.ledger_chart FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_entry_append_only BEFORE DELETE OR UPDATE ON public.ledger_entry FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_entry_derived BEFORE INSERT ON public.ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_refuse_direct_change();

CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON public.ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_hold_append_only BEFORE DELETE OR UPDATE ON public.ledger_hold FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_hold_capture_append_only BEFORE DELETE OR UPDATE ON public.ledger_hold_capture FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_hold_capture_follow AFTER INSERT ON public.ledger_hold_capture REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_follow_capture();

CREATE TRIGGER ledger_hold_capture_no_truncate BEFORE TRUNCATE ON public.ledger_hold_capture FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_hold_close_append_only BEFORE DELETE OR UPDATE ON public.ledger_hold_close FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_hold_close_follow AFTER INSERT ON public.ledger_hold_close REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_follow_close();

CREATE TRIGGER ledger_hold_close_no_truncate BEFORE TRUNCATE ON public.ledger_hold_close FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_hold_follow AFTER INSERT ON public.ledger_hold REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_follow_hold();

CREATE TRIGGER ledger_hold_no_truncate BEFORE TRUNCATE ON public.ledger_hold FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_hold_open_derived BEFORE INSERT OR DELETE OR UPDATE ON public.ledger_hold_open FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_refuse_direct_change();

CREATE TRIGGER ledger_hold_open_no_truncate BEFORE TRUNCATE ON public.ledger_hold_open FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_posting_append_only BEFORE DELETE OR UPDATE ON public.ledger_posting FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_posting_check AFTER INSERT ON public.ledger_posting REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_check_posting();

CREATE TRIGGER ledger_posting_follow AFTER INSERT ON public.ledger_posting REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_follow_posting();

CREATE TRIGGER ledger_posting_no_truncate BEFORE TRUNCATE ON public.ledger_posting FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_repair_append_only BEFORE DELETE OR UPDATE ON public.ledger_repair FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_repair_no_truncate BEFORE TRUNCATE ON public.ledger_repair FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_repair_run BEFORE INSERT ON public.ledger_repair FOR EACH ROW EXECUTE FUNCTION public.ledger_repair_snapshots();

CREATE TRIGGER ledger_transfer_append_only BEFORE DELETE OR UPDATE ON public.ledger_transfer FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_transfer_follow AFTER INSERT ON public.ledger_transfer REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_after_transfer();

CREATE CONSTRAINT TRIGGER ledger_transfer_mirror AFTER INSERT ON public.ledger_transfer DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.reverses IS NOT NULL)) EXECUTE FUNCTION public.ledger_check_mirror();

CREATE TRIGGER ledger_transfer_no_truncate BEFORE TRUNCATE ON public.ledger_transfer FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER market_no_truncate BEFORE TRUNCATE ON public.market FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER operator_key_act_append_only BEFORE DELETE OR UPDATE ON public.operator_key_act FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER operator_key_act_no_truncate BEFORE TRUNCATE ON public.operator_key_act FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER operator_key_append_only BEFORE DELETE OR UPDATE ON public.operator_key FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER operator_key_no_truncate BEFORE TRUNCATE ON public.operator_key FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER outflow_resumption_append_only BEFORE DELETE OR UPDATE ON public.outflow_resumption FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER outflow_resumption_no_truncate BEFORE TRUNCATE ON public.outflow_resumption FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER pgqueuer_log_no_truncate BEFORE TRUNCATE ON public.pgqueuer_log FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER pgqueuer_no_truncate BEFORE TRUNCATE ON public.pgqueuer FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER pgqueuer_schedules_no_truncate BEFORE TRUNCATE ON public.pgqueuer_schedules FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER pgqueuer_statistics_no_truncate BEFORE TRUNCATE ON public.pgqueuer_statistics FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_cursor_no_truncate BEFORE TRUNCATE ON public.reconciliation_cursor FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_reading_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_reading FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_reading_no_truncate BEFORE TRUNCATE ON public.reconciliation_reading FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER report_append_only BEFORE DELETE OR UPDATE ON public.report FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER report_cursor_no_truncate BEFORE TRUNCATE ON public.report_cursor FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER report_no_truncate BEFORE TRUNCATE ON public.report FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER resolution_market_append_only BEFORE DELETE OR UPDATE ON public.resolution_market FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER resolution_market_no_truncate BEFORE TRUNCATE ON public.resolution_market FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER resolution_void_append_only BEFORE DELETE OR UPDATE ON public.resolution_void FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER resolution_void_decision_append_only BEFORE DELETE OR UPDATE ON public.resolution_void_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER resolution_void_decision_no_truncate BEFORE TRUNCATE ON public.resolution_void_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER resolution_void_no_truncate BEFORE TRUNCATE ON public.resolution_void FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER resolution_void_two_persons BEFORE INSERT ON public.resolution_void_decision FOR EACH ROW EXECUTE FUNCTION public.resolution_void_two_persons();

CREATE TRIGGER schema_floor_append_only BEFORE DELETE OR UPDATE ON public.schema_floor FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER schema_floor_no_truncate BEFORE TRUNCATE ON public.schema_floor FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_confirmation_append_only BEFORE DELETE OR UPDATE ON public.settlement_confirmation FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_confirmation_no_truncate BEFORE TRUNCATE ON public.settlement_confirmation FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_receipt_append_only BEFORE DELETE OR UPDATE ON public.settlement_receipt FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_receipt_no_truncate BEFORE TRUNCATE ON public.settlement_receipt FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_receipt_part_append_only BEFORE DELETE OR UPDATE ON public.settlement_receipt_part FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_receipt_part_no_truncate BEFORE TRUNCATE ON public.settlement_receipt_part FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_release_append_only BEFORE DELETE OR UPDATE ON public.settlement_release FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_release_decision_append_only BEFORE DELETE OR UPDATE ON public.settlement_release_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_release_decision_no_truncate BEFORE TRUNCATE ON public.settlement_release_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_release_no_truncate BEFORE TRUNCATE ON public.settlement_release FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_void_append_only BEFORE DELETE OR UPDATE ON public.settlement_void FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_void_no_truncate BEFORE TRUNCATE ON public.settlement_void FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tg_pgqueuer_changed AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.pgqueuer FOR EACH STATEMENT EXECUTE FUNCTION public.fn_pgqueuer_changed();

CREATE TRIGGER witness_alarm_append_only BEFORE DELETE OR UPDATE ON public.witness_alarm FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER witness_alarm_end_append_only BEFORE DELETE OR UPDATE ON public.witness_alarm_end FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER witness_alarm_end_no_truncate BEFORE TRUNCATE ON public.witness_alarm_end FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER witness_alarm_no_truncate BEFORE TRUNCATE ON public.witness_alarm FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER witness_checkpoint_append_only BEFORE DELETE OR UPDATE ON public.witness_checkpoint FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER witness_checkpoint_no_truncate BEFORE TRUNCATE ON public.witness_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER witness_epoch_append_only BEFORE DELETE OR UPDATE ON public.witness_epoch FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER witness_epoch_no_truncate BEFORE TRUNCATE ON public.witness_epoch FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

ALTER TABLE ONLY public.account_recipient
    ADD CONSTRAINT account_recipient_tenant FOREIGN KEY (id) REFERENCES public.account_tenant(id);

ALTER TABLE ONLY public.account_reference
    ADD CONSTRAINT account_reference_tenant FOREIGN KEY (tenant_id) REFERENCES public.account_tenant(id);

ALTER TABLE ONLY public.aggregation_fill
    ADD CONSTRAINT aggregation_fill_order FOREIGN KEY (order_id) REFERENCES public.aggregation_order(id);

ALTER TABLE ONLY public.aggregation_order
    ADD CONSTRAINT aggregation_order_window FOREIGN KEY (window_id) REFERENCES public.aggregation_window(id);

ALTER TABLE ONLY public.aggregation_window
    ADD CONSTRAINT aggregation_window_market FOREIGN KEY (market_id) REFERENCES public.market(id);

ALTER TABLE ONLY public.break_evidence
    ADD CONSTRAINT break_evidence_of_break FOREIGN KEY (break_id) REFERENCES public.break_found(id);

ALTER TABLE ONLY public.break_step
    ADD CONSTRAINT break_step_of_break FOREIGN KEY (break_id) REFERENCES public.break_found(id);

ALTER TABLE ONLY public.control_lift
    ADD CONSTRAINT control_lift_halt FOREIGN KEY (halt_id) REFERENCES public.control_halt(id);

ALTER TABLE ONLY public.evidence_pack
    ADD CONSTRAINT evidence_pack_by FOREIGN KEY (signed_with, operator) REFERENCES public.operator_key(id, operator);

ALTER TABLE ONLY public.evidence_pack
    ADD CONSTRAINT evidence_pack_window FOREIGN KEY (window_id) REFERENCES public.aggregation_window(id);

ALTER TABLE ONLY public.operator_key_act
    ADD CONSTRAINT operator_key_act_by FOREIGN KEY (signed_with, operator) REFERENCES public.operator_key(id, operator);

ALTER TABLE ONLY public.operator_key_act
    ADD CONSTRAINT operator_key_act_fk FOREIGN KEY (key_id) REFERENCES public.operator_key(id);

ALTER TABLE ONLY public.outflow_resumption
    ADD CONSTRAINT outflow_resumption_epoch FOREIGN KEY (epoch) REFERENCES public.audit_epoch(epoch);

ALTER TABLE ONLY public.resolution_void_decision
    ADD CONSTRAINT resolution_void_decision_void FOREIGN KEY (void_id) REFERENCES public.resolution_void(id);

ALTER TABLE ONLY public.settlement_receipt
    ADD CONSTRAINT settlement_receipt_confirmed FOREIGN KEY (tenant_id, settlement_id) REFERENCES public.settlement_confirmation(tenant_id, settlement_id);

ALTER TABLE ONLY public.settlement_receipt_part
    ADD CONSTRAINT settlement_receipt_part_first FOREIGN KEY (settlement_id) REFERENCES public.settlement_receipt(settlement_id);

ALTER TABLE ONLY public.settlement_receipt_part
    ADD CONSTRAINT settlement_receipt_part_way FOREIGN KEY (settlement_id, direction) REFERENCES public.settlement_confirmation(settlement_id, direction);

ALTER TABLE ONLY public.settlement_receipt
    ADD CONSTRAINT settlement_receipt_release FOREIGN KEY (settlement_id, release, release_id) REFERENCES public.settlement_release_decision(settlement_id, outcome, release_id);

ALTER TABLE ONLY public.settlement_receipt
    ADD CONSTRAINT settlement_receipt_way FOREIGN KEY (settlement_id, direction) REFERENCES public.settlement_confirmation(settlement_id, direction);

ALTER TABLE ONLY public.settlement_release
    ADD CONSTRAINT settlement_release_by FOREIGN KEY (signed_with, proposed_by) REFERENCES public.operator_key(id, operator) NOT VALID;

ALTER TABLE ONLY public.settlement_release
    ADD CONSTRAINT settlement_release_confirmed FOREIGN KEY (tenant_id, settlement_id) REFERENCES public.settlement_confirmation(tenant_id, settlement_id);

ALTER TABLE ONLY public.settlement_release_decision
    ADD CONSTRAINT settlement_release_decision_by FOREIGN KEY (signed_with, decided_by) REFERENCES public.operator_key(id, operator) NOT VALID;

ALTER TABLE ONLY public.settlement_release_decision
    ADD CONSTRAINT settlement_release_decision_fk FOREIGN KEY (release_id, settlement_id, proposed_by) REFERENCES public.settlement_release(id, settlement_id, proposed_by);

ALTER TABLE ONLY public.settlement_void
    ADD CONSTRAINT settlement_void_confirmed FOREIGN KEY (tenant_id, settlement_id) REFERENCES public.settlement_confirmation(tenant_id, settlement_id);

ALTER TABLE ONLY public.witness_alarm_end
    ADD CONSTRAINT witness_alarm_end_alarm_fk FOREIGN KEY (alarm_id) REFERENCES public.witness_alarm(id);

ALTER TABLE ONLY public.witness_checkpoint
    ADD CONSTRAINT witness_checkpoint_continues_one FOREIGN KEY (epoch, continues) REFERENCES public.witness_checkpoint(epoch, size);

ALTER TABLE public.account_reference ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.aggregation_pause ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_record ENABLE ROW LEVEL SECURITY;

CREATE POLICY auditor_reads ON public.account_reference FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.aggregation_pause FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.audit_record FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.evidence_pack FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.idempotency_answer FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.intent FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_balance FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_book FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_entry FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_hold FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_hold_capture FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_hold_close FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_hold_open FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_posting FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_transfer FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.operator_key FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.operator_key_act FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.report FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_confirmation FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_receipt FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_receipt_part FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_release FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_release_decision FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_void FOR SELECT TO bulkhead_auditor USING (true);

ALTER TABLE public.evidence_pack ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_answer ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.intent ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_balance ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_book ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_hold ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_hold_capture ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_hold_close ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_hold_open ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_posting ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_transfer ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.operator_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.operator_key_act ENABLE ROW LEVEL SECURITY;

CREATE POLICY owner_maintains ON public.account_reference TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.aggregation_pause TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.audit_record TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.evidence_pack TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.idempotency_answer TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.intent TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_balance TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_book TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_entry TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_hold TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_hold_capture TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_hold_close TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_hold_open TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_posting TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_transfer TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.operator_key TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.operator_key_act TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.report TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_confirmation TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_receipt TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_receipt_part TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_release TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_release_decision TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_void TO bulkhead_owner USING (true) WITH CHECK (true);

ALTER TABLE public.report ENABLE ROW LEVEL SECURITY;

CREATE POLICY sealer_reads ON public.audit_record FOR SELECT TO bulkhead_sealer USING (true);

ALTER TABLE public.settlement_confirmation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_receipt ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_receipt_part ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_release ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_release_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_void ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_isolation ON public.account_reference TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.aggregation_pause TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.audit_record TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.evidence_pack TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.idempotency_answer TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.intent TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_balance TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_book TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_entry TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_hold TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_hold_capture TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_hold_close TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_hold_open TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_posting TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_transfer TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.operator_key TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.operator_key_act TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.report TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_confirmation TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_receipt TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_receipt_part TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_release TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_release_decision TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_void TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

GRANT SELECT,INSERT ON TABLE public.account_recipient TO bulkhead_app;
GRANT SELECT ON TABLE public.account_recipient TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.account_reference TO bulkhead_app;
GRANT SELECT ON TABLE public.account_reference TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.account_tenant TO bulkhead_app;
GRANT SELECT ON TABLE public.account_tenant TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.aggregation_fill TO bulkhead_app;
GRANT SELECT ON TABLE public.aggregation_fill TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.aggregation_order TO bulkhead_app;
GRANT SELECT ON TABLE public.aggregation_order TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.aggregation_pause TO bulkhead_app;
GRANT SELECT ON TABLE public.aggregation_pause TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.aggregation_window TO bulkhead_app;
GRANT SELECT ON TABLE public.aggregation_window TO bulkhead_auditor;

GRANT SELECT ON TABLE public.audit_checkpoint TO bulkhead_app;
GRANT SELECT ON TABLE public.audit_checkpoint TO bulkhead_auditor;
GRANT SELECT,INSERT ON TABLE public.audit_checkpoint TO bulkhead_sealer;

GRANT SELECT,INSERT ON TABLE public.audit_cosignature TO bulkhead_app;
GRANT SELECT ON TABLE public.audit_cosignature TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.audit_epoch TO bulkhead_app;
GRANT SELECT ON TABLE public.audit_epoch TO bulkhead_auditor;
GRANT SELECT ON TABLE public.audit_epoch TO bulkhead_sealer;

GRANT SELECT ON TABLE public.audit_node TO bulkhead_app;
GRANT SELECT ON TABLE public.audit_node TO bulkhead_auditor;
GRANT SELECT,INSERT ON TABLE public.audit_node TO bulkhead_sealer;

GRANT SELECT ON TABLE public.audit_record TO bulkhead_app;
GRANT SELECT ON TABLE public.audit_record TO bulkhead_auditor;
GRANT SELECT ON TABLE public.audit_record TO bulkhead_sealer;

GRANT INSERT(tenant_id) ON TABLE public.audit_record TO bulkhead_app;

GRANT INSERT(kind) ON TABLE public.audit_record TO bulkhead_app;

GRANT INSERT(body) ON TABLE public.audit_record TO bulkhead_app;

GRANT SELECT ON TABLE public.audit_seal TO bulkhead_app;
GRANT SELECT ON TABLE public.audit_seal TO bulkhead_auditor;
GRANT SELECT,INSERT ON TABLE public.audit_seal TO bulkhead_sealer;

GRANT SELECT,INSERT,UPDATE ON TABLE public.book_market TO bulkhead_app;
GRANT SELECT ON TABLE public.book_market TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.boundary_nonce TO bulkhead_app;
GRANT SELECT ON TABLE public.boundary_nonce TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.break_evidence TO bulkhead_app;
GRANT SELECT ON TABLE public.break_evidence TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.break_found TO bulkhead_app;
GRANT SELECT ON TABLE public.break_found TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.break_step TO bulkhead_app;
GRANT SELECT ON TABLE public.break_step TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.control_halt TO bulkhead_app;
GRANT SELECT ON TABLE public.control_halt TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.control_lift TO bulkhead_app;
GRANT SELECT ON TABLE public.control_lift TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.control_position_limit TO bulkhead_app;
GRANT SELECT ON TABLE public.control_position_limit TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.database_seen TO bulkhead_app;
GRANT SELECT ON TABLE public.database_seen TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.event_inbox TO bulkhead_app;
GRANT SELECT ON TABLE public.event_inbox TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.evidence_pack TO bulkhead_app;
GRANT SELECT ON TABLE public.evidence_pack TO bulkhead_auditor;

GRANT SELECT ON TABLE public.idempotency_answer TO bulkhead_app;
GRANT SELECT ON TABLE public.idempotency_answer TO bulkhead_auditor;

GRANT INSERT(tenant_id) ON TABLE public.idempotency_answer TO bulkhead_app;

GRANT INSERT(book_id) ON TABLE public.idempotency_answer TO bulkhead_app;

GRANT INSERT(key) ON TABLE public.idempotency_answer TO bulkhead_app;

GRANT INSERT(digest) ON TABLE public.idempotency_answer TO bulkhead_app;

GRANT INSERT(answer) ON TABLE public.idempotency_answer TO bulkhead_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.intent TO bulkhead_app;
GRANT SELECT ON TABLE public.intent TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.ledger_asset TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_asset TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_balance TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_balance TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_book TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_book TO bulkhead_auditor;

GRANT INSERT(id) ON TABLE public.ledger_book TO bulkhead_app;

GRANT INSERT(tenant_id) ON TABLE public.ledger_book TO bulkhead_app;

GRANT INSERT(kind),UPDATE(kind) ON TABLE public.ledger_book TO bulkhead_app;

GRANT SELECT ON TABLE public.ledger_chart TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_chart TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_entry TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_entry TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_hold TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_hold TO bulkhead_auditor;

GRANT INSERT(tenant_id) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT INSERT(book_id) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT INSERT(id) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT INSERT(amount) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT INSERT(expires_at) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT INSERT(asset_id) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT INSERT(account) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT INSERT(purpose) ON TABLE public.ledger_hold TO bulkhead_app;

GRANT SELECT,INSERT ON TABLE public.ledger_hold_capture TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_hold_capture TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_hold_close TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_hold_close TO bulkhead_auditor;

GRANT INSERT(tenant_id) ON TABLE public.ledger_hold_close TO bulkhead_app;

GRANT INSERT(book_id) ON TABLE public.ledger_hold_close TO bulkhead_app;

GRANT INSERT(hold_id) ON TABLE public.ledger_hold_close TO bulkhead_app;

GRANT INSERT(reason) ON TABLE public.ledger_hold_close TO bulkhead_app;

GRANT SELECT ON TABLE public.ledger_hold_open TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_hold_open TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_posting TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_posting TO bulkhead_auditor;

GRANT INSERT(tenant_id) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(book_id) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(transfer_id) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(amount) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(cost) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(profit) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(asset_id) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(source) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(target) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT INSERT(action) ON TABLE public.ledger_posting TO bulkhead_app;

GRANT SELECT ON TABLE public.ledger_leg TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_leg TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_repair TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_repair TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_transfer TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_transfer TO bulkhead_auditor;

GRANT INSERT(tenant_id) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT INSERT(book_id) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT INSERT(id) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT INSERT(movement_id) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT INSERT(reverses) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT INSERT(corrects) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT INSERT(effective_at) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT INSERT(kind) ON TABLE public.ledger_transfer TO bulkhead_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.market TO bulkhead_app;
GRANT SELECT ON TABLE public.market TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.operator_key TO bulkhead_app;
GRANT SELECT ON TABLE public.operator_key TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.operator_key_act TO bulkhead_app;
GRANT SELECT ON TABLE public.operator_key_act TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.outflow_resumption TO bulkhead_app;
GRANT SELECT ON TABLE public.outflow_resumption TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pgqueuer TO bulkhead_app;
GRANT SELECT ON TABLE public.pgqueuer TO bulkhead_auditor;

GRANT USAGE ON SEQUENCE public.pgqueuer_id_seq TO bulkhead_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pgqueuer_log TO bulkhead_app;
GRANT SELECT ON TABLE public.pgqueuer_log TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pgqueuer_schedules TO bulkhead_app;
GRANT SELECT ON TABLE public.pgqueuer_schedules TO bulkhead_auditor;

GRANT USAGE ON SEQUENCE public.pgqueuer_schedules_id_seq TO bulkhead_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pgqueuer_statistics TO bulkhead_app;
GRANT SELECT ON TABLE public.pgqueuer_statistics TO bulkhead_auditor;

GRANT USAGE ON SEQUENCE public.pgqueuer_statistics_id_seq TO bulkhead_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.reconciliation_cursor TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_cursor TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_reading TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_reading TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.report TO bulkhead_app;
GRANT SELECT ON TABLE public.report TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.report_cursor TO bulkhead_app;
GRANT SELECT ON TABLE public.report_cursor TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.resolution_market TO bulkhead_app;
GRANT SELECT ON TABLE public.resolution_market TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.resolution_void TO bulkhead_app;
GRANT SELECT ON TABLE public.resolution_void TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.resolution_void_decision TO bulkhead_app;
GRANT SELECT ON TABLE public.resolution_void_decision TO bulkhead_auditor;

GRANT SELECT ON TABLE public.schema_floor TO bulkhead_app;
GRANT SELECT ON TABLE public.schema_floor TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_confirmation TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_confirmation TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_receipt TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_receipt TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_receipt_part TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_receipt_part TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_release TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_release TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_release_decision TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_release_decision TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_void TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_void TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.witness_alarm TO bulkhead_app;
GRANT SELECT ON TABLE public.witness_alarm TO bulkhead_auditor;
GRANT SELECT ON TABLE public.witness_alarm TO bulkhead_sealer;

GRANT SELECT,INSERT ON TABLE public.witness_alarm_end TO bulkhead_app;
GRANT SELECT ON TABLE public.witness_alarm_end TO bulkhead_auditor;
GRANT SELECT ON TABLE public.witness_alarm_end TO bulkhead_sealer;

GRANT SELECT,INSERT ON TABLE public.witness_checkpoint TO bulkhead_app;
GRANT SELECT ON TABLE public.witness_checkpoint TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.witness_epoch TO bulkhead_app;
GRANT SELECT ON TABLE public.witness_epoch TO bulkhead_auditor;
