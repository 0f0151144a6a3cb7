CREATE TYPE public.customer_clearance_kind AS ENUM (
    'identity',
    'screening'
);

CREATE TYPE public.customer_document_type AS ENUM (
    'national_id',
    'passport'
);

CREATE TYPE public.customer_status AS ENUM (
    'registered',
    'verifying',
    'active',
    'refused',
    'frozen',
    'closed'
);

CREATE TYPE public.fx_quote_outcome AS ENUM (
    'used',
    'expired',
    'replaced'
);

CREATE TYPE public.fx_quote_purpose AS ENUM (
    'deposit',
    'conversion'
);

CREATE TYPE public.kyc_outcome AS ENUM (
    'clear',
    'refused'
);

CREATE TYPE public.kyc_reason AS ENUM (
    'clear',
    'under_age',
    'residency_not_allowed',
    'document_rejected',
    'name_differs',
    'birth_date_differs'
);

CREATE TYPE public.ledger_account AS ENUM (
    'wallet',
    'position',
    'collection',
    'execution',
    'exchange_fees',
    'debt',
    'desk',
    'till',
    'stock',
    'treasury',
    'fx_revenue',
    'fx_fee_revenue',
    'payout_fee_revenue',
    'suspense',
    'nostro',
    'prefund',
    'settled',
    'in_transit'
);

CREATE TYPE public.ledger_action AS ENUM (
    'inflow',
    'outflow',
    'fee',
    'conversion',
    'stock_in',
    'stock_out',
    'fill',
    'sale',
    'payout',
    'loss',
    'debt_clearance',
    'settlement',
    'recognition',
    'inflow_revert',
    'outflow_revert',
    'fee_revert',
    'conversion_revert',
    'stock_in_revert',
    'stock_out_revert',
    'fill_revert',
    'sale_revert',
    'payout_revert',
    'loss_revert'
);

CREATE TYPE public.ledger_book_kind AS ENUM (
    'customer',
    'department'
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
    'contribution',
    'stock_purchase',
    'prefund_allocation',
    'prefund_payment',
    'pay_in',
    'pay_in_taken_back',
    'suspense_assignment',
    'suspense_return',
    'refund',
    'debt_clearance',
    'fx_fee',
    'fx_conversion',
    'revenue_recognition',
    'withdrawal',
    'withdrawal_fee',
    'wager_buy',
    'wager_sale',
    'wager_fee',
    'resolution_payout',
    'resolution_loss',
    'settlement_fee',
    'settlement_release',
    'settlement_confirmation',
    'reversal'
);

CREATE TYPE public.market_status AS ENUM (
    'upcoming',
    'open',
    'halted',
    'closed',
    'resolved'
);

CREATE TYPE public.payment_pay_in_outcome AS ENUM (
    'converted',
    'waiting',
    'suspense'
);

CREATE TYPE public.payment_pay_in_reason AS ENUM (
    'as_quoted',
    'quote_expired',
    'quote_closed',
    'amount_short',
    'amount_over',
    'unknown_reference',
    'customer_not_active'
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

CREATE TYPE public.reconciliation_break_kind AS ENUM (
    'differs',
    'missing_here',
    'missing_there',
    'unknown_account'
);

CREATE TYPE public.reconciliation_check_name AS ENUM (
    'trial_balance',
    'desk',
    'snapshots',
    'positions',
    'cash',
    'fees',
    'totals',
    'payouts',
    'collection',
    'bank_entries',
    'stock'
);

CREATE TYPE public.reconciliation_result AS ENUM (
    'passed',
    'failed',
    'unavailable'
);

CREATE TYPE public.reconciliation_unit AS ENUM (
    'lkr_cent',
    'micro_dollar',
    'centi_contract',
    'entry'
);

CREATE TYPE public.screening_verdict AS ENUM (
    'clear',
    'possible_match'
);

CREATE TYPE public.settlement_direction AS ENUM (
    'pay',
    'receive'
);

CREATE TYPE public.settlement_outcome AS ENUM (
    'approved',
    'rejected',
    'expired'
);

CREATE TYPE public.tenancy_capability AS ENUM (
    'registration',
    'deposits',
    'wagers',
    'withdrawals',
    'settlement_finalisation'
);

CREATE TYPE public.treasury_movement_kind AS ENUM (
    'contribution',
    'stock_purchase',
    'prefund'
);

CREATE TYPE public.wager_action AS ENUM (
    'buy',
    'sell'
);

CREATE TYPE public.wager_fault AS ENUM (
    'unknown_intent',
    'unknown_account',
    'account_mismatch',
    'market_mismatch',
    'wager_not_open',
    'quantity_over_intent',
    'cost_beyond_limit',
    'total_over_cap',
    'position_too_small',
    'filled_mismatch',
    'market_not_resolved',
    'resolution_changed',
    'payout_mismatch',
    'conflicting_intent'
);

CREATE TYPE public.wager_gate_reason AS ENUM (
    'customer_unknown',
    'customer_not_active',
    'capability_inactive',
    'market_unknown',
    'market_not_open',
    'price_off_tick',
    'stake_limit',
    'insufficient_funds',
    'insufficient_position'
);

CREATE TYPE public.wager_refusal AS ENUM (
    'cancelled',
    'unknown_account',
    'unknown_market',
    'market_not_open',
    'price_off_tick',
    'max_total_too_small',
    'float_too_low',
    'position_too_small',
    'conflicting_intent',
    'out_of_bounds'
);

CREATE TYPE public.wager_report_kind AS ENUM (
    'fill',
    'final',
    'not_pooled',
    'resolution',
    'payout',
    'settlement_fee'
);

CREATE TYPE public.wager_state AS ENUM (
    'pending',
    'dispatched',
    'submitted',
    'filled',
    'partly_filled',
    'unfilled',
    'cancelled',
    'refused'
);

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

CREATE FUNCTION public.ledger_after_transfer() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM added a WHERE a.tenant_id IS DISTINCT FROM
                   (SELECT b.tenant_id FROM ledger_book b WHERE b.id = a.book_id)) THEN
        PERFORM ledger_violation('a transfer needs an open book of its tenant', 'ledger_transfer_book');
    END IF;
    IF EXISTS (SELECT FROM added a WHERE a.reverses IS NOT NULL AND a.reverses IS DISTINCT FROM
                   (SELECT t.id FROM ledger_transfer t WHERE t.book_id = a.book_id AND t.id = a.reverses)) THEN
        PERFORM ledger_violation('a reversal names a transfer of its book', 'ledger_transfer_reverses');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_check_posting() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET enable_seqscan TO 'off'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM added a WHERE pg_current_xact_id()::xid::text IS DISTINCT FROM
                   (SELECT t.xmin::text FROM ledger_transfer t
                    WHERE t.book_id = a.book_id AND t.id = a.transfer_id AND t.tenant_id = a.tenant_id)) THEN
        PERFORM ledger_violation('a posting needs a transfer made in the same transaction',
                                 'ledger_posting_transfer');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_follow_capture() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
DECLARE
    part record;
    hold record;
BEGIN
    FOR part IN SELECT tenant_id, book_id, hold_id, sum(amount)::bigint AS amount FROM added
                GROUP BY 1, 2, 3 ORDER BY 2, 3 LOOP
        UPDATE ledger_hold_open o SET remaining = o.remaining - part.amount
        WHERE o.book_id = part.book_id AND o.hold_id = part.hold_id AND o.tenant_id = part.tenant_id
        RETURNING o.asset_id, o.account INTO hold;
        IF NOT FOUND THEN
            PERFORM ledger_violation('a capture needs an open hold', 'ledger_hold_capture_open');
        END IF;
        UPDATE ledger_balance b SET held = b.held - part.amount
        WHERE b.book_id = part.book_id AND b.asset_id = hold.asset_id AND b.account = hold.account;
    END LOOP;
    RETURN NULL;
END $$;

CREATE FUNCTION public.ledger_follow_close() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
DECLARE
    ended record;
    hold record;
BEGIN
    FOR ended IN SELECT tenant_id, book_id, hold_id FROM added ORDER BY 2, 3 LOOP
        DELETE FROM ledger_hold_open o
        WHERE o.book_id = ended.book_id AND o.hold_id = ended.hold_id AND o.tenant_id = ended.tenant_id
        RETURNING o.asset_id, o.account, o.remaining INTO hold;
        IF NOT FOUND THEN
            PERFORM ledger_violation('a close needs an open hold', 'ledger_hold_close_open');
        END IF;
        IF hold.remaining > 0 THEN
            UPDATE ledger_balance b SET held = b.held - hold.remaining
            WHERE b.book_id = ended.book_id AND b.asset_id = hold.asset_id AND b.account = hold.account;
        END IF;
    END LOOP;
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

CREATE FUNCTION public.ledger_violation(message text, rule text) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '%', message USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = rule;
END $$;

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
END $$;

CREATE TABLE public.access_assignment (
    tenant_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    role text NOT NULL,
    assigned_at timestamp with time zone NOT NULL,
    CONSTRAINT access_assignment_role_form CHECK ((role ~ '^[a-z][a-z_]{2,39}$'::text))
);

ALTER TABLE ONLY public.access_assignment FORCE ROW LEVEL SECURITY;

CREATE TABLE public.access_session (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    started_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT access_session_times CHECK ((expires_at > started_at)),
    CONSTRAINT access_session_token_hash_size CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY public.access_session FORCE ROW LEVEL SECURITY;

CREATE TABLE public.access_staff (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    department_id uuid,
    username text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    disabled_at timestamp with time zone,
    CONSTRAINT access_staff_password_hash_form CHECK ((password_hash ~~ '$argon2id$%'::text)),
    CONSTRAINT access_staff_username_form CHECK ((username ~ '^[a-z][a-z0-9-]{2,39}$'::text))
);

ALTER TABLE ONLY public.access_staff FORCE ROW LEVEL SECURITY;

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
    seq bigint NOT NULL,
    record_txid xid8 NOT NULL,
    record_id bigint NOT NULL,
    leaf bytea NOT NULL,
    chain bytea NOT NULL,
    sealed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT audit_seal_chain_size CHECK ((octet_length(chain) = 32)),
    CONSTRAINT audit_seal_leaf_size CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT audit_seal_seq_positive CHECK ((seq > 0))
);

COMMENT ON TABLE public.audit_seal IS 'no tenant: one chain over the records of all tenants; it holds hashes only';

CREATE TABLE public.boundary_nonce (
    key_id uuid NOT NULL,
    nonce bytea NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    CONSTRAINT boundary_nonce_size CHECK ((octet_length(nonce) = 16))
);

COMMENT ON TABLE public.boundary_nonce IS 'no tenant: a call carries the work of several tenants';

CREATE TABLE public.customer_account (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    department_id uuid NOT NULL,
    status public.customer_status NOT NULL,
    refusal text,
    state_version integer DEFAULT 1 NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT customer_account_refusal_form CHECK ((refusal ~ '^[a-z_]+\.[a-z_]{2,60}$'::text)),
    CONSTRAINT customer_account_refusal_has_reason CHECK (((status <> 'refused'::public.customer_status) OR (refusal IS NOT NULL)))
);

ALTER TABLE ONLY public.customer_account FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_clearance (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    kind public.customer_clearance_kind NOT NULL,
    is_clear boolean NOT NULL,
    decided_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.customer_clearance FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_credential (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    email_index bytea NOT NULL,
    password_hash text NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT customer_credential_email_index_size CHECK ((octet_length(email_index) = 32)),
    CONSTRAINT customer_credential_password_hash_form CHECK ((password_hash ~~ '$argon2id$%'::text))
);

ALTER TABLE ONLY public.customer_credential FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_data_key (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    version smallint NOT NULL,
    wrapping_key smallint NOT NULL,
    wrapped bytea NOT NULL,
    CONSTRAINT customer_data_key_version_positive CHECK ((version > 0)),
    CONSTRAINT customer_data_key_wrapped_size CHECK ((octet_length(wrapped) = 60)),
    CONSTRAINT customer_data_key_wrapping_key_positive CHECK ((wrapping_key > 0))
);

ALTER TABLE ONLY public.customer_data_key FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_profile (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    document_type public.customer_document_type NOT NULL,
    document_index bytea NOT NULL,
    email bytea NOT NULL,
    full_name bytea NOT NULL,
    date_of_birth bytea NOT NULL,
    residency bytea NOT NULL,
    document_number bytea NOT NULL,
    phone bytea NOT NULL,
    CONSTRAINT customer_profile_date_of_birth_sealed CHECK ((octet_length(date_of_birth) > 28)),
    CONSTRAINT customer_profile_document_index_size CHECK ((octet_length(document_index) = 32)),
    CONSTRAINT customer_profile_document_number_sealed CHECK ((octet_length(document_number) > 28)),
    CONSTRAINT customer_profile_email_sealed CHECK ((octet_length(email) > 28)),
    CONSTRAINT customer_profile_full_name_sealed CHECK ((octet_length(full_name) > 28)),
    CONSTRAINT customer_profile_phone_sealed CHECK ((octet_length(phone) > 28)),
    CONSTRAINT customer_profile_residency_sealed CHECK ((octet_length(residency) > 28))
);

ALTER TABLE ONLY public.customer_profile FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_pseudonym (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    account_reference uuid NOT NULL,
    CONSTRAINT customer_pseudonym_is_not_the_customer CHECK ((account_reference <> customer_id))
);

ALTER TABLE ONLY public.customer_pseudonym FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_registration (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    key bytea NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT customer_registration_digest_size CHECK ((octet_length(digest) = 32)),
    CONSTRAINT customer_registration_key_size CHECK ((octet_length(key) = 32))
);

ALTER TABLE ONLY public.customer_registration FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_session (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    started_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT customer_session_times CHECK ((expires_at > started_at)),
    CONSTRAINT customer_session_token_hash_size CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY public.customer_session FORCE ROW LEVEL SECURITY;

CREATE TABLE public.event_inbox (
    event_id uuid NOT NULL,
    consumer text NOT NULL,
    done_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT event_inbox_consumer_is_a_name CHECK ((consumer ~ '^[a-z][a-z0-9_.]{0,62}$'::text))
);

COMMENT ON TABLE public.event_inbox IS 'no tenant: ids of events and names of consumers';

CREATE TABLE public.fx_conversion (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    id uuid NOT NULL,
    quote_id uuid NOT NULL,
    movement_id uuid NOT NULL,
    amount bigint NOT NULL,
    fee bigint NOT NULL,
    usd bigint NOT NULL,
    cost bigint NOT NULL,
    profit bigint NOT NULL,
    mid_e8 bigint NOT NULL,
    buy_e8 bigint NOT NULL,
    sell_e8 bigint NOT NULL,
    cost_rate_e8 bigint NOT NULL,
    agreed_e8 bigint NOT NULL,
    residue_e14 bigint NOT NULL,
    spread_e6 bigint NOT NULL,
    holding_e6 bigint NOT NULL,
    rounding_e6 bigint NOT NULL,
    converted_at timestamp with time zone NOT NULL,
    CONSTRAINT fx_conversion_cost CHECK ((cost >= 0)),
    CONSTRAINT fx_conversion_margin CHECK ((((spread_e6 + holding_e6) + rounding_e6) = (profit * 10000))),
    CONSTRAINT fx_conversion_profit CHECK (((amount - fee) = (cost + profit))),
    CONSTRAINT fx_conversion_residue CHECK (((residue_e14 >= 0) AND (residue_e14 < agreed_e8)))
);

ALTER TABLE ONLY public.fx_conversion FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fx_quote (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    id uuid NOT NULL,
    purpose public.fx_quote_purpose NOT NULL,
    pay_reference text NOT NULL,
    amount bigint NOT NULL,
    fee bigint NOT NULL,
    usd bigint NOT NULL,
    mid_e8 bigint NOT NULL,
    buy_e8 bigint NOT NULL,
    sell_e8 bigint NOT NULL,
    agreed_e8 bigint NOT NULL,
    mid_source text NOT NULL,
    mid_as_of timestamp with time zone NOT NULL,
    terms_version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    hold_id uuid NOT NULL,
    CONSTRAINT fx_quote_agreed CHECK ((agreed_e8 > 0)),
    CONSTRAINT fx_quote_amount CHECK ((amount > fee)),
    CONSTRAINT fx_quote_buy CHECK ((buy_e8 > 0)),
    CONSTRAINT fx_quote_expiry CHECK ((expires_at > created_at)),
    CONSTRAINT fx_quote_fee CHECK ((fee >= 0)),
    CONSTRAINT fx_quote_mid_source CHECK ((mid_source ~ '^[a-z0-9_-]{1,32}$'::text)),
    CONSTRAINT fx_quote_pay_reference_form CHECK ((pay_reference ~ '^BH[0-9A-HJKMNP-TV-Z]{13}$'::text)),
    CONSTRAINT fx_quote_rates CHECK (((buy_e8 <= mid_e8) AND (mid_e8 <= sell_e8))),
    CONSTRAINT fx_quote_residue CHECK (((((((amount - fee))::numeric * ('1000000000000'::bigint)::numeric) - ((usd)::numeric * (agreed_e8)::numeric)) >= (0)::numeric) AND (((((amount - fee))::numeric * ('1000000000000'::bigint)::numeric) - ((usd)::numeric * (agreed_e8)::numeric)) < (agreed_e8)::numeric))),
    CONSTRAINT fx_quote_usd CHECK ((usd > 0))
);

ALTER TABLE ONLY public.fx_quote FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fx_quote_close (
    tenant_id uuid NOT NULL,
    quote_id uuid NOT NULL,
    outcome public.fx_quote_outcome NOT NULL,
    closed_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.fx_quote_close FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fx_quote_live (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    purpose public.fx_quote_purpose NOT NULL,
    department_id uuid NOT NULL,
    quote_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.fx_quote_live FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fx_stock_cost (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    version bigint NOT NULL,
    quantity bigint NOT NULL,
    cost bigint NOT NULL,
    CONSTRAINT fx_stock_cost_cost CHECK ((cost >= 0)),
    CONSTRAINT fx_stock_cost_empty CHECK (((quantity > 0) OR (cost = 0))),
    CONSTRAINT fx_stock_cost_quantity CHECK ((quantity >= 0))
);

ALTER TABLE ONLY public.fx_stock_cost FORCE ROW LEVEL SECURITY;

CREATE TABLE public.fx_terms (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    version integer NOT NULL,
    sell_spread_basis integer NOT NULL,
    buy_spread_basis integer NOT NULL,
    fee_basis integer NOT NULL,
    fee_fixed bigint NOT NULL,
    minimum_amount bigint NOT NULL,
    maximum_amount bigint NOT NULL,
    quote_lifetime_seconds integer NOT NULL,
    mid_lifetime_seconds integer NOT NULL,
    stock_share_basis integer NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT fx_terms_bounds CHECK ((minimum_amount <= maximum_amount)),
    CONSTRAINT fx_terms_buy_spread CHECK (((buy_spread_basis >= 0) AND (buy_spread_basis <= 5000))),
    CONSTRAINT fx_terms_fee_fixed CHECK ((fee_fixed >= 0)),
    CONSTRAINT fx_terms_fee_share CHECK (((fee_basis >= 0) AND (fee_basis <= 5000))),
    CONSTRAINT fx_terms_mid_lifetime CHECK (((mid_lifetime_seconds >= 1) AND (mid_lifetime_seconds <= 86400))),
    CONSTRAINT fx_terms_minimum CHECK ((minimum_amount > 0)),
    CONSTRAINT fx_terms_quote_lifetime CHECK (((quote_lifetime_seconds >= 1) AND (quote_lifetime_seconds <= 3600))),
    CONSTRAINT fx_terms_sell_spread CHECK (((sell_spread_basis >= 0) AND (sell_spread_basis <= 5000))),
    CONSTRAINT fx_terms_stock_share CHECK (((stock_share_basis >= 1) AND (stock_share_basis <= 10000))),
    CONSTRAINT fx_terms_version_positive CHECK ((version > 0))
);

ALTER TABLE ONLY public.fx_terms FORCE ROW LEVEL SECURITY;

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

CREATE TABLE public.kyc_check (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    submitted_at timestamp with time zone,
    next_attempt_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    CONSTRAINT kyc_check_attempts_not_negative CHECK ((attempts >= 0))
);

ALTER TABLE ONLY public.kyc_check FORCE ROW LEVEL SECURITY;

CREATE TABLE public.kyc_decision (
    tenant_id uuid NOT NULL,
    check_id uuid NOT NULL,
    outcome public.kyc_outcome NOT NULL,
    reason public.kyc_reason NOT NULL,
    rules_version integer NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT kyc_decision_reason_agrees CHECK (((outcome = 'clear'::public.kyc_outcome) = (reason = 'clear'::public.kyc_reason)))
);

ALTER TABLE ONLY public.kyc_decision FORCE ROW LEVEL SECURITY;

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
    ticker text NOT NULL,
    title text NOT NULL,
    rules text NOT NULL,
    status public.market_status NOT NULL,
    close_time timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    tick integer NOT NULL,
    fee_multiplier_e4 integer NOT NULL,
    yes_bid integer,
    yes_ask integer,
    yes_value integer,
    CONSTRAINT market_fee_multiplier_not_negative CHECK ((fee_multiplier_e4 >= 0)),
    CONSTRAINT market_rules_size CHECK ((length(rules) <= 500)),
    CONSTRAINT market_tick_range CHECK (((tick >= 1) AND (tick <= 9999))),
    CONSTRAINT market_ticker_size CHECK (((length(ticker) >= 1) AND (length(ticker) <= 64))),
    CONSTRAINT market_title_size CHECK ((length(title) <= 200)),
    CONSTRAINT market_yes_ask_range CHECK (((yes_ask >= 1) AND (yes_ask <= 9999))),
    CONSTRAINT market_yes_bid_range CHECK (((yes_bid >= 1) AND (yes_bid <= 9999))),
    CONSTRAINT market_yes_value_range CHECK (((yes_value >= 0) AND (yes_value <= 10000)))
);

COMMENT ON TABLE public.market IS 'no tenant: the catalogue is the same for all';

CREATE TABLE public.market_resolution (
    market_id uuid NOT NULL,
    yes_value integer NOT NULL,
    report_sequence bigint NOT NULL,
    resolved_at timestamp with time zone NOT NULL,
    CONSTRAINT market_resolution_yes_value_range CHECK (((yes_value >= 0) AND (yes_value <= 10000)))
);

COMMENT ON TABLE public.market_resolution IS 'no tenant: a market resolves for all';

CREATE TABLE public.payment_bank_event (
    provider text NOT NULL,
    event_id text NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    bank_reference text NOT NULL,
    pay_reference text,
    payer_text_sealed bytea,
    amount bigint NOT NULL,
    payer_account_sealed bytea NOT NULL,
    booked_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    body_digest bytea NOT NULL,
    CONSTRAINT payment_bank_event_amount CHECK ((amount > 0)),
    CONSTRAINT payment_bank_event_digest CHECK ((octet_length(body_digest) = 32)),
    CONSTRAINT payment_bank_event_id CHECK (((length(event_id) >= 1) AND (length(event_id) <= 64))),
    CONSTRAINT payment_bank_event_pay_reference CHECK ((pay_reference ~ '^BH[0-9A-Z]{13}$'::text)),
    CONSTRAINT payment_bank_event_provider CHECK ((provider ~ '^[a-z0-9_-]{1,32}$'::text)),
    CONSTRAINT payment_bank_event_reference CHECK (((length(bank_reference) >= 1) AND (length(bank_reference) <= 64))),
    CONSTRAINT payment_bank_event_text_is_sealed CHECK (((pay_reference IS NULL) = (payer_text_sealed IS NOT NULL))),
    CONSTRAINT payment_bank_event_type CHECK (((length(type) >= 1) AND (length(type) <= 64)))
);

COMMENT ON TABLE public.payment_bank_event IS 'no tenant: an event is stored before anybody knows whose money it is; the pay-in has the tenant';

CREATE TABLE public.payment_collection (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    provider text NOT NULL,
    CONSTRAINT payment_collection_provider CHECK ((provider ~ '^[a-z0-9_-]{1,32}$'::text))
);

ALTER TABLE ONLY public.payment_collection FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payment_pay_in (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    customer_id uuid,
    id uuid NOT NULL,
    provider text NOT NULL,
    event_id text NOT NULL,
    bank_reference text NOT NULL,
    amount bigint NOT NULL,
    outcome public.payment_pay_in_outcome NOT NULL,
    reason public.payment_pay_in_reason NOT NULL,
    quote_id uuid,
    conversion_id uuid,
    movement_id uuid NOT NULL,
    booked_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT payment_pay_in_amount CHECK ((amount > 0)),
    CONSTRAINT payment_pay_in_conversion CHECK ((((outcome = 'converted'::public.payment_pay_in_outcome) = (conversion_id IS NOT NULL)) AND ((outcome = 'converted'::public.payment_pay_in_outcome) = (reason = 'as_quoted'::public.payment_pay_in_reason)) AND ((conversion_id IS NULL) OR (quote_id IS NOT NULL)))),
    CONSTRAINT payment_pay_in_owner CHECK (((outcome = 'suspense'::public.payment_pay_in_outcome) OR (customer_id IS NOT NULL)))
);

ALTER TABLE ONLY public.payment_pay_in FORCE ROW LEVEL SECURITY;

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

CREATE TABLE public.protection_stake_bucket (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    hour timestamp with time zone NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT protection_stake_bucket_amount_not_negative CHECK ((amount >= 0))
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.protection_stake_bucket FORCE ROW LEVEL SECURITY;

CREATE TABLE public.protection_stake_limit (
    tenant_id uuid NOT NULL,
    version integer NOT NULL,
    amount bigint NOT NULL,
    set_at timestamp with time zone NOT NULL,
    CONSTRAINT protection_stake_limit_amount_not_negative CHECK ((amount >= 0)),
    CONSTRAINT protection_stake_limit_version_positive CHECK ((version > 0))
);

ALTER TABLE ONLY public.protection_stake_limit FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_break (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    run_id uuid NOT NULL,
    name public.reconciliation_check_name NOT NULL,
    kind public.reconciliation_break_kind NOT NULL,
    unit public.reconciliation_unit NOT NULL,
    ours bigint,
    theirs bigint,
    book_id uuid,
    market_id uuid,
    side public.ledger_contract_side,
    reference text,
    CONSTRAINT reconciliation_break_reference CHECK ((length(reference) <= 64)),
    CONSTRAINT reconciliation_break_values CHECK ((ours IS DISTINCT FROM theirs))
);

ALTER TABLE ONLY public.reconciliation_break FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_check (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    name public.reconciliation_check_name NOT NULL,
    result public.reconciliation_result NOT NULL,
    compared integer NOT NULL,
    breaks integer NOT NULL,
    CONSTRAINT reconciliation_check_breaks CHECK ((breaks >= 0)),
    CONSTRAINT reconciliation_check_compared CHECK ((compared >= 0)),
    CONSTRAINT reconciliation_check_result CHECK (((result = 'failed'::public.reconciliation_result) = (breaks > 0)))
);

ALTER TABLE ONLY public.reconciliation_check FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reconciliation_run (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    sequence bigint NOT NULL,
    requested_by text NOT NULL,
    read_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    CONSTRAINT reconciliation_run_requested_by CHECK ((requested_by ~ '^(system|staff:[0-9a-f-]{36})$'::text)),
    CONSTRAINT reconciliation_run_sequence CHECK ((sequence >= 0))
);

ALTER TABLE ONLY public.reconciliation_run FORCE ROW LEVEL SECURITY;

CREATE TABLE public.screening_result (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    list_version bytea NOT NULL,
    matcher_version integer NOT NULL,
    threshold integer NOT NULL,
    best_score integer NOT NULL,
    best_entry text,
    verdict public.screening_verdict NOT NULL,
    screened_at timestamp with time zone NOT NULL,
    CONSTRAINT screening_result_best_entry_form CHECK ((best_entry ~ '^[A-Z]{2,8}-[0-9]{1,8}$'::text)),
    CONSTRAINT screening_result_best_score_range CHECK (((best_score >= 0) AND (best_score <= 10000))),
    CONSTRAINT screening_result_list_version_size CHECK ((octet_length(list_version) = 32)),
    CONSTRAINT screening_result_verdict_follows CHECK (((verdict = 'possible_match'::public.screening_verdict) = (best_score >= threshold)))
);

ALTER TABLE ONLY public.screening_result FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_decision (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    proposed_by uuid NOT NULL,
    outcome public.settlement_outcome NOT NULL,
    decided_by uuid,
    digest bytea,
    reason text,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT settlement_decision_approval CHECK (((outcome = 'approved'::public.settlement_outcome) = (digest IS NOT NULL))),
    CONSTRAINT settlement_decision_checker CHECK (((outcome <> 'approved'::public.settlement_outcome) OR (decided_by <> proposed_by))),
    CONSTRAINT settlement_decision_digest CHECK ((octet_length(digest) = 32)),
    CONSTRAINT settlement_decision_person CHECK (((outcome = 'expired'::public.settlement_outcome) = (decided_by IS NULL))),
    CONSTRAINT settlement_decision_reason CHECK (((outcome = 'rejected'::public.settlement_outcome) = (reason IS NOT NULL))),
    CONSTRAINT settlement_decision_reason_size CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
);

ALTER TABLE ONLY public.settlement_decision FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_line (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    cost_of_buys bigint NOT NULL,
    proceeds bigint NOT NULL,
    fees bigint NOT NULL,
    payouts bigint NOT NULL
);

ALTER TABLE ONLY public.settlement_line FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_payment (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    bank_reference text NOT NULL,
    transfer_id uuid NOT NULL,
    recorded_by uuid NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT settlement_payment_reference CHECK (((length(bank_reference) >= 1) AND (length(bank_reference) <= 64)))
);

ALTER TABLE ONLY public.settlement_payment FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_proposal (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    id uuid NOT NULL,
    after_sequence bigint NOT NULL,
    to_sequence bigint NOT NULL,
    direction public.settlement_direction NOT NULL,
    purpose_code text NOT NULL,
    amount bigint NOT NULL,
    owed bigint NOT NULL,
    cost_of_buys bigint NOT NULL,
    proceeds bigint NOT NULL,
    fees bigint NOT NULL,
    payouts bigint NOT NULL,
    lines_digest bytea NOT NULL,
    digest bytea NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    valid_until timestamp with time zone NOT NULL,
    CONSTRAINT settlement_proposal_after CHECK ((after_sequence >= 0)),
    CONSTRAINT settlement_proposal_amount CHECK (((amount > 0) AND ((amount % (10000)::bigint) = 0))),
    CONSTRAINT settlement_proposal_cut CHECK ((to_sequence > after_sequence)),
    CONSTRAINT settlement_proposal_digest CHECK ((octet_length(digest) = 32)),
    CONSTRAINT settlement_proposal_direction CHECK (((direction = 'pay'::public.settlement_direction) = (owed > 0))),
    CONSTRAINT settlement_proposal_life CHECK ((valid_until > proposed_at)),
    CONSTRAINT settlement_proposal_lines_digest CHECK ((octet_length(lines_digest) = 32)),
    CONSTRAINT settlement_proposal_purpose CHECK ((purpose_code ~ '^[A-Z]{1,8}$'::text)),
    CONSTRAINT settlement_proposal_truncated CHECK ((((abs(owed) - amount) >= 0) AND ((abs(owed) - amount) <= 9999)))
);

ALTER TABLE ONLY public.settlement_proposal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.settlement_release (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    outcome public.settlement_outcome DEFAULT 'approved'::public.settlement_outcome NOT NULL,
    released_by uuid NOT NULL,
    transfer_id uuid NOT NULL,
    released_at timestamp with time zone NOT NULL,
    CONSTRAINT settlement_release_of_approval CHECK ((outcome = 'approved'::public.settlement_outcome))
);

ALTER TABLE ONLY public.settlement_release FORCE ROW LEVEL SECURITY;

CREATE TABLE public.tenancy_capability_switch (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    capability public.tenancy_capability NOT NULL,
    is_on boolean NOT NULL,
    switched_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.tenancy_capability_switch FORCE ROW LEVEL SECURITY;

CREATE TABLE public.tenancy_department (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    parent_id uuid,
    root_id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT tenancy_department_name_size CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT tenancy_department_root_has_no_parent CHECK (((parent_id IS NULL) = (root_id = id)))
);

ALTER TABLE ONLY public.tenancy_department FORCE ROW LEVEL SECURITY;

CREATE TABLE public.tenancy_tenant (
    id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT tenancy_tenant_name_size CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT tenancy_tenant_slug_form CHECK ((slug ~ '^[a-z][a-z0-9-]{1,39}$'::text))
);

COMMENT ON TABLE public.tenancy_tenant IS 'no tenant: the list of tenants itself, read before a tenant is known';

CREATE TABLE public.treasury_movement (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    movement_id uuid NOT NULL,
    kind public.treasury_movement_kind NOT NULL,
    bank_reference text NOT NULL,
    lkr bigint NOT NULL,
    usd bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT treasury_movement_amounts CHECK (
CASE kind
    WHEN 'contribution'::public.treasury_movement_kind THEN ((lkr > 0) AND (usd = 0))
    WHEN 'stock_purchase'::public.treasury_movement_kind THEN ((lkr < 0) AND (usd > 0))
    ELSE ((lkr = 0) AND (usd > 0))
END),
    CONSTRAINT treasury_movement_reference_form CHECK ((bank_reference ~ '^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$'::text))
);

ALTER TABLE ONLY public.treasury_movement FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_account (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    registered_at timestamp with time zone
);

ALTER TABLE ONLY public.wager_account FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_break (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    found_at timestamp with time zone NOT NULL,
    sequence bigint,
    account_id uuid,
    wager_id uuid,
    fault public.wager_fault NOT NULL
);

ALTER TABLE ONLY public.wager_break FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_decision (
    tenant_id uuid NOT NULL,
    wager_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    record json NOT NULL,
    gate_version smallint NOT NULL,
    fee_version smallint NOT NULL,
    reason public.wager_gate_reason
);

ALTER TABLE ONLY public.wager_decision FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_feed_stop (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    since_sequence bigint NOT NULL,
    break_id uuid NOT NULL
);

ALTER TABLE ONLY public.wager_feed_stop FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_order (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    market_id uuid NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    quantity bigint NOT NULL,
    max_total bigint NOT NULL,
    filled_quantity bigint DEFAULT 0 NOT NULL,
    filled_cost bigint DEFAULT 0 NOT NULL,
    filled_fee bigint DEFAULT 0 NOT NULL,
    shortfall bigint DEFAULT 0 NOT NULL,
    cancel_requested_at timestamp with time zone,
    cancel_answered_at timestamp with time zone,
    next_attempt_at timestamp with time zone,
    limit_price integer NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    side public.ledger_contract_side NOT NULL,
    action public.wager_action NOT NULL,
    state public.wager_state NOT NULL,
    refusal public.wager_refusal,
    CONSTRAINT wager_order_fill_not_negative CHECK (((filled_cost >= 0) AND (filled_fee >= 0) AND (shortfall >= 0))),
    CONSTRAINT wager_order_filled_within_quantity CHECK (((filled_quantity >= 0) AND (filled_quantity <= quantity))),
    CONSTRAINT wager_order_limit_price_range CHECK (((limit_price >= 1) AND (limit_price <= 9999))),
    CONSTRAINT wager_order_max_total_not_negative CHECK ((max_total >= 0)),
    CONSTRAINT wager_order_quantity_range CHECK (((quantity >= 1) AND (quantity <= 100000000))),
    CONSTRAINT wager_order_refused_has_reason CHECK (((state = 'refused'::public.wager_state) = (refusal IS NOT NULL))),
    CONSTRAINT wager_order_within_cap CHECK ((
CASE action
    WHEN 'buy'::public.wager_action THEN (filled_cost + filled_fee)
    ELSE shortfall
END <= max_total)),
    CONSTRAINT wager_order_within_limit CHECK (
CASE action
    WHEN 'buy'::public.wager_action THEN (filled_cost <= (limit_price * filled_quantity))
    ELSE (filled_cost >= (limit_price * filled_quantity))
END)
);

ALTER TABLE ONLY public.wager_order FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_position (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    market_id uuid NOT NULL,
    quantity bigint NOT NULL,
    cost bigint NOT NULL,
    side public.ledger_contract_side NOT NULL,
    CONSTRAINT wager_position_cost_not_negative CHECK ((cost >= 0)),
    CONSTRAINT wager_position_empty_has_no_cost CHECK (((quantity > 0) OR (cost = 0))),
    CONSTRAINT wager_position_quantity_not_negative CHECK ((quantity >= 0))
);

ALTER TABLE ONLY public.wager_position FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_report (
    tenant_id uuid NOT NULL,
    sequence bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    account_id uuid,
    customer_id uuid,
    wager_id uuid,
    market_id uuid,
    window_id uuid,
    quantity bigint NOT NULL,
    cost bigint NOT NULL,
    fee bigint NOT NULL,
    amount bigint NOT NULL,
    yes_value integer,
    manifest bytea,
    kind public.wager_report_kind NOT NULL,
    side public.ledger_contract_side,
    action public.wager_action,
    reason public.wager_refusal,
    CONSTRAINT wager_report_manifest_size CHECK ((octet_length(manifest) = 32)),
    CONSTRAINT wager_report_sequence_positive CHECK ((sequence > 0))
);

ALTER TABLE ONLY public.wager_report FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_report_applied (
    tenant_id uuid NOT NULL,
    sequence bigint NOT NULL,
    applied_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.wager_report_applied FORCE ROW LEVEL SECURITY;

CREATE TABLE public.wager_report_cursor (
    is_only boolean DEFAULT true NOT NULL,
    sequence bigint NOT NULL,
    moved_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT wager_report_cursor_not_negative CHECK ((sequence >= 0)),
    CONSTRAINT wager_report_cursor_single CHECK (is_only)
);

COMMENT ON TABLE public.wager_report_cursor IS 'no tenant: reports of all tenants come in one sequence';

ALTER TABLE ONLY public.pgqueuer ALTER COLUMN id SET DEFAULT nextval('public.pgqueuer_id_seq'::regclass);

ALTER TABLE ONLY public.pgqueuer_schedules ALTER COLUMN id SET DEFAULT nextval('public.pgqueuer_schedules_id_seq'::regclass);

ALTER TABLE ONLY public.pgqueuer_statistics ALTER COLUMN id SET DEFAULT nextval('public.pgqueuer_statistics_id_seq'::regclass);

ALTER TABLE ONLY public.access_assignment
    ADD CONSTRAINT access_assignment_pk PRIMARY KEY (staff_id, role);

ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_token_once UNIQUE (token_hash);

ALTER TABLE ONLY public.access_staff
    ADD CONSTRAINT access_staff_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.access_staff
    ADD CONSTRAINT access_staff_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.access_staff
    ADD CONSTRAINT access_staff_username_once UNIQUE (tenant_id, username);

ALTER TABLE ONLY public.audit_record
    ADD CONSTRAINT audit_record_pk PRIMARY KEY (txid, id);

ALTER TABLE ONLY public.audit_seal
    ADD CONSTRAINT audit_seal_pk PRIMARY KEY (seq);

ALTER TABLE ONLY public.audit_seal
    ADD CONSTRAINT audit_seal_record_once UNIQUE (record_id);

ALTER TABLE ONLY public.boundary_nonce
    ADD CONSTRAINT boundary_nonce_pk PRIMARY KEY (key_id, nonce);

ALTER TABLE ONLY public.customer_account
    ADD CONSTRAINT customer_account_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.customer_account
    ADD CONSTRAINT customer_account_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.customer_clearance
    ADD CONSTRAINT customer_clearance_pk PRIMARY KEY (customer_id, kind);

ALTER TABLE ONLY public.customer_credential
    ADD CONSTRAINT customer_credential_email_once UNIQUE (tenant_id, email_index);

ALTER TABLE ONLY public.customer_credential
    ADD CONSTRAINT customer_credential_pk PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.customer_data_key
    ADD CONSTRAINT customer_data_key_pk PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.customer_profile
    ADD CONSTRAINT customer_profile_document_once UNIQUE (tenant_id, document_index);

ALTER TABLE ONLY public.customer_profile
    ADD CONSTRAINT customer_profile_pk PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.customer_pseudonym
    ADD CONSTRAINT customer_pseudonym_of_tenant UNIQUE (tenant_id, customer_id);

ALTER TABLE ONLY public.customer_pseudonym
    ADD CONSTRAINT customer_pseudonym_pk PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.customer_pseudonym
    ADD CONSTRAINT customer_pseudonym_reference_once UNIQUE (account_reference);

ALTER TABLE ONLY public.customer_registration
    ADD CONSTRAINT customer_registration_key_once UNIQUE (tenant_id, key);

ALTER TABLE ONLY public.customer_registration
    ADD CONSTRAINT customer_registration_pk PRIMARY KEY (customer_id);

ALTER TABLE ONLY public.customer_session
    ADD CONSTRAINT customer_session_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.customer_session
    ADD CONSTRAINT customer_session_token_once UNIQUE (token_hash);

ALTER TABLE ONLY public.event_inbox
    ADD CONSTRAINT event_inbox_pk PRIMARY KEY (event_id, consumer);

ALTER TABLE ONLY public.fx_conversion
    ADD CONSTRAINT fx_conversion_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.fx_conversion
    ADD CONSTRAINT fx_conversion_quote_once UNIQUE (quote_id);

ALTER TABLE ONLY public.fx_quote_close
    ADD CONSTRAINT fx_quote_close_pk PRIMARY KEY (quote_id);

ALTER TABLE ONLY public.fx_quote
    ADD CONSTRAINT fx_quote_hold_once UNIQUE (hold_id);

ALTER TABLE ONLY public.fx_quote_live
    ADD CONSTRAINT fx_quote_live_pk PRIMARY KEY (customer_id, purpose);

ALTER TABLE ONLY public.fx_quote_live
    ADD CONSTRAINT fx_quote_live_quote_once UNIQUE (quote_id);

ALTER TABLE ONLY public.fx_quote
    ADD CONSTRAINT fx_quote_pay_reference_once UNIQUE (pay_reference);

ALTER TABLE ONLY public.fx_quote
    ADD CONSTRAINT fx_quote_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.fx_stock_cost
    ADD CONSTRAINT fx_stock_cost_pk PRIMARY KEY (book_id, version);

ALTER TABLE ONLY public.fx_terms
    ADD CONSTRAINT fx_terms_pk PRIMARY KEY (department_id, version);

ALTER TABLE ONLY public.idempotency_answer
    ADD CONSTRAINT idempotency_answer_pk PRIMARY KEY (book_id, key);

ALTER TABLE ONLY public.kyc_check
    ADD CONSTRAINT kyc_check_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.kyc_check
    ADD CONSTRAINT kyc_check_one_per_customer UNIQUE (customer_id);

ALTER TABLE ONLY public.kyc_check
    ADD CONSTRAINT kyc_check_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.kyc_decision
    ADD CONSTRAINT kyc_decision_pk PRIMARY KEY (check_id);

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
    ADD CONSTRAINT ledger_posting_pk PRIMARY KEY (book_id, asset_id, transfer_id);

ALTER TABLE ONLY public.ledger_transfer
    ADD CONSTRAINT ledger_transfer_pk PRIMARY KEY (book_id, id);

ALTER TABLE ONLY public.market
    ADD CONSTRAINT market_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.market_resolution
    ADD CONSTRAINT market_resolution_pk PRIMARY KEY (market_id);

ALTER TABLE ONLY public.market_resolution
    ADD CONSTRAINT market_resolution_report_once UNIQUE (report_sequence);

ALTER TABLE ONLY public.payment_bank_event
    ADD CONSTRAINT payment_bank_event_once UNIQUE (id);

ALTER TABLE ONLY public.payment_bank_event
    ADD CONSTRAINT payment_bank_event_pk PRIMARY KEY (provider, event_id);

ALTER TABLE ONLY public.payment_collection
    ADD CONSTRAINT payment_collection_pk PRIMARY KEY (provider);

ALTER TABLE ONLY public.payment_pay_in
    ADD CONSTRAINT payment_pay_in_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.payment_pay_in
    ADD CONSTRAINT payment_pay_in_reference_once UNIQUE (provider, bank_reference);

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

ALTER TABLE ONLY public.protection_stake_bucket
    ADD CONSTRAINT protection_stake_bucket_pk PRIMARY KEY (customer_id, hour);

ALTER TABLE ONLY public.protection_stake_limit
    ADD CONSTRAINT protection_stake_limit_pk PRIMARY KEY (tenant_id, version);

ALTER TABLE ONLY public.reconciliation_break
    ADD CONSTRAINT reconciliation_break_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.reconciliation_check
    ADD CONSTRAINT reconciliation_check_pk PRIMARY KEY (run_id, name);

ALTER TABLE ONLY public.reconciliation_run
    ADD CONSTRAINT reconciliation_run_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.screening_result
    ADD CONSTRAINT screening_result_once_per_list UNIQUE (customer_id, list_version, matcher_version);

ALTER TABLE ONLY public.screening_result
    ADD CONSTRAINT screening_result_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.settlement_decision
    ADD CONSTRAINT settlement_decision_outcome UNIQUE (settlement_id, outcome);

ALTER TABLE ONLY public.settlement_decision
    ADD CONSTRAINT settlement_decision_pk PRIMARY KEY (settlement_id);

ALTER TABLE ONLY public.settlement_line
    ADD CONSTRAINT settlement_line_pk PRIMARY KEY (settlement_id, customer_id);

ALTER TABLE ONLY public.settlement_payment
    ADD CONSTRAINT settlement_payment_pk PRIMARY KEY (settlement_id);

ALTER TABLE ONLY public.settlement_payment
    ADD CONSTRAINT settlement_payment_reference_once UNIQUE (bank_reference);

ALTER TABLE ONLY public.settlement_proposal
    ADD CONSTRAINT settlement_proposal_maker UNIQUE (id, proposed_by);

ALTER TABLE ONLY public.settlement_proposal
    ADD CONSTRAINT settlement_proposal_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.settlement_release
    ADD CONSTRAINT settlement_release_pk PRIMARY KEY (settlement_id);

ALTER TABLE ONLY public.tenancy_capability_switch
    ADD CONSTRAINT tenancy_capability_switch_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.tenancy_department
    ADD CONSTRAINT tenancy_department_of_tenant UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.tenancy_department
    ADD CONSTRAINT tenancy_department_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.tenancy_tenant
    ADD CONSTRAINT tenancy_tenant_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.tenancy_tenant
    ADD CONSTRAINT tenancy_tenant_slug_once UNIQUE (slug);

ALTER TABLE ONLY public.treasury_movement
    ADD CONSTRAINT treasury_movement_pk PRIMARY KEY (movement_id);

ALTER TABLE ONLY public.treasury_movement
    ADD CONSTRAINT treasury_movement_reference_once UNIQUE (tenant_id, bank_reference);

ALTER TABLE ONLY public.wager_account
    ADD CONSTRAINT wager_account_customer_once UNIQUE (customer_id);

ALTER TABLE ONLY public.wager_account
    ADD CONSTRAINT wager_account_pk PRIMARY KEY (account_id);

ALTER TABLE ONLY public.wager_break
    ADD CONSTRAINT wager_break_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.wager_decision
    ADD CONSTRAINT wager_decision_pk PRIMARY KEY (wager_id);

ALTER TABLE ONLY public.wager_feed_stop
    ADD CONSTRAINT wager_feed_stop_pk PRIMARY KEY (account_id);

ALTER TABLE ONLY public.wager_order
    ADD CONSTRAINT wager_order_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.wager_position
    ADD CONSTRAINT wager_position_pk PRIMARY KEY (customer_id, market_id, side);

ALTER TABLE ONLY public.wager_report_applied
    ADD CONSTRAINT wager_report_applied_pk PRIMARY KEY (sequence);

ALTER TABLE ONLY public.wager_report_cursor
    ADD CONSTRAINT wager_report_cursor_pk PRIMARY KEY (is_only);

ALTER TABLE ONLY public.wager_report
    ADD CONSTRAINT wager_report_pk PRIMARY KEY (sequence);

CREATE INDEX boundary_nonce_sent_at ON public.boundary_nonce USING btree (sent_at);

CREATE INDEX customer_session_open ON public.customer_session USING btree (customer_id) WHERE (ended_at IS NULL);

CREATE INDEX fx_conversion_customer ON public.fx_conversion USING btree (customer_id, id);

CREATE INDEX fx_quote_customer ON public.fx_quote USING btree (customer_id, id);

CREATE INDEX fx_quote_live_expiry ON public.fx_quote_live USING btree (department_id, expires_at);

CREATE INDEX kyc_check_due ON public.kyc_check USING btree (next_attempt_at);

CREATE UNIQUE INDEX ledger_transfer_one_reversal ON public.ledger_transfer USING btree (book_id, reverses) WHERE (reverses IS NOT NULL);

CREATE INDEX payment_pay_in_customer ON public.payment_pay_in USING btree (customer_id, id);

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

CREATE INDEX reconciliation_break_tenant ON public.reconciliation_break USING btree (tenant_id, id);

CREATE INDEX reconciliation_run_tenant ON public.reconciliation_run USING btree (tenant_id, id);

CREATE INDEX settlement_proposal_tenant ON public.settlement_proposal USING btree (tenant_id, id);

CREATE INDEX tenancy_capability_switch_newest ON public.tenancy_capability_switch USING btree (tenant_id, capability, id DESC);

CREATE UNIQUE INDEX tenancy_department_one_root ON public.tenancy_department USING btree (tenant_id) WHERE (parent_id IS NULL);

CREATE INDEX wager_account_unregistered ON public.wager_account USING btree (account_id) WHERE (registered_at IS NULL);

CREATE UNIQUE INDEX wager_break_one_conflict ON public.wager_break USING btree (wager_id) WHERE (fault = 'conflicting_intent'::public.wager_fault);

CREATE INDEX wager_break_tenant ON public.wager_break USING btree (tenant_id, id);

CREATE INDEX wager_order_customer ON public.wager_order USING btree (customer_id, id);

CREATE INDEX wager_order_to_cancel ON public.wager_order USING btree (id) WHERE ((cancel_requested_at IS NOT NULL) AND (cancel_answered_at IS NULL));

CREATE INDEX wager_order_to_send ON public.wager_order USING btree (id) WHERE (state = ANY (ARRAY['pending'::public.wager_state, 'dispatched'::public.wager_state]));

CREATE INDEX wager_report_account ON public.wager_report USING btree (account_id, sequence);

CREATE INDEX wager_report_tenant ON public.wager_report USING btree (tenant_id, sequence);

CREATE TRIGGER access_assignment_no_truncate BEFORE TRUNCATE ON public.access_assignment FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER access_session_no_truncate BEFORE TRUNCATE ON public.access_session FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER access_staff_no_truncate BEFORE TRUNCATE ON public.access_staff FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_record_append_only BEFORE DELETE OR UPDATE ON public.audit_record FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_record_no_truncate BEFORE TRUNCATE ON public.audit_record FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_seal_append_only BEFORE DELETE OR UPDATE ON public.audit_seal FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_seal_no_truncate BEFORE TRUNCATE ON public.audit_seal FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER boundary_nonce_no_truncate BEFORE TRUNCATE ON public.boundary_nonce FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_account_no_truncate BEFORE TRUNCATE ON public.customer_account FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_clearance_append_only BEFORE DELETE OR UPDATE ON public.customer_clearance FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_clearance_no_truncate BEFORE TRUNCATE ON public.customer_clearance FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_credential_no_truncate BEFORE TRUNCATE ON public.customer_credential FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_data_key_no_truncate BEFORE TRUNCATE ON public.customer_data_key FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_profile_no_truncate BEFORE TRUNCATE ON public.customer_profile FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_pseudonym_append_only BEFORE DELETE OR UPDATE ON public.customer_pseudonym FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_pseudonym_no_truncate BEFORE TRUNCATE ON public.customer_pseudonym FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_registration_append_only BEFORE DELETE OR UPDATE ON public.customer_registration FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_registration_no_truncate BEFORE TRUNCATE ON public.customer_registration FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER customer_session_no_truncate BEFORE TRUNCATE ON public.customer_session FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER event_inbox_append_only BEFORE DELETE OR UPDATE ON public.event_inbox FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER event_inbox_no_truncate BEFORE TRUNCATE ON public.event_inbox FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_conversion_append_only BEFORE DELETE OR UPDATE ON public.fx_conversion FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_conversion_no_truncate BEFORE TRUNCATE ON public.fx_conversion FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_quote_append_only BEFORE DELETE OR UPDATE ON public.fx_quote FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_quote_close_append_only BEFORE DELETE OR UPDATE ON public.fx_quote_close FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_quote_close_no_truncate BEFORE TRUNCATE ON public.fx_quote_close FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_quote_live_no_truncate BEFORE TRUNCATE ON public.fx_quote_live FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_quote_no_truncate BEFORE TRUNCATE ON public.fx_quote FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_stock_cost_append_only BEFORE DELETE OR UPDATE ON public.fx_stock_cost FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_stock_cost_no_truncate BEFORE TRUNCATE ON public.fx_stock_cost FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_terms_append_only BEFORE DELETE OR UPDATE ON public.fx_terms FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER fx_terms_no_truncate BEFORE TRUNCATE ON public.fx_terms FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER idempotency_answer_append_only BEFORE DELETE OR UPDATE ON public.idempotency_answer FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER idempotency_answer_no_truncate BEFORE TRUNCATE ON public.idempotency_answer FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_check_no_truncate BEFORE TRUNCATE ON public.kyc_check FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_decision_append_only BEFORE DELETE OR UPDATE ON public.kyc_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER kyc_decision_no_truncate BEFORE TRUNCATE ON public.kyc_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

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

CREATE TRIGGER ledger_transfer_append_only BEFORE DELETE OR UPDATE ON public.ledger_transfer FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER ledger_transfer_follow AFTER INSERT ON public.ledger_transfer REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_after_transfer();

CREATE TRIGGER ledger_transfer_no_truncate BEFORE TRUNCATE ON public.ledger_transfer FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER market_no_truncate BEFORE TRUNCATE ON public.market FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER market_resolution_append_only BEFORE DELETE OR UPDATE ON public.market_resolution FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER market_resolution_no_truncate BEFORE TRUNCATE ON public.market_resolution FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_bank_event_append_only BEFORE DELETE OR UPDATE ON public.payment_bank_event FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_bank_event_no_truncate BEFORE TRUNCATE ON public.payment_bank_event FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_collection_append_only BEFORE DELETE OR UPDATE ON public.payment_collection FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_collection_no_truncate BEFORE TRUNCATE ON public.payment_collection FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_pay_in_append_only BEFORE DELETE OR UPDATE ON public.payment_pay_in FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER payment_pay_in_no_truncate BEFORE TRUNCATE ON public.payment_pay_in FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER pgqueuer_log_no_truncate BEFORE TRUNCATE ON public.pgqueuer_log FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER pgqueuer_no_truncate BEFORE TRUNCATE ON public.pgqueuer FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER pgqueuer_schedules_no_truncate BEFORE TRUNCATE ON public.pgqueuer_schedules FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER pgqueuer_statistics_no_truncate BEFORE TRUNCATE ON public.pgqueuer_statistics FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER protection_stake_bucket_no_truncate BEFORE TRUNCATE ON public.protection_stake_bucket FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER protection_stake_limit_append_only BEFORE DELETE OR UPDATE ON public.protection_stake_limit FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER protection_stake_limit_no_truncate BEFORE TRUNCATE ON public.protection_stake_limit FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_break_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_break FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_break_no_truncate BEFORE TRUNCATE ON public.reconciliation_break FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_check_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_check FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_check_no_truncate BEFORE TRUNCATE ON public.reconciliation_check FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_run_append_only BEFORE DELETE OR UPDATE ON public.reconciliation_run FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER reconciliation_run_no_truncate BEFORE TRUNCATE ON public.reconciliation_run FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_result_append_only BEFORE DELETE OR UPDATE ON public.screening_result FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER screening_result_no_truncate BEFORE TRUNCATE ON public.screening_result FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_decision_append_only BEFORE DELETE OR UPDATE ON public.settlement_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_decision_no_truncate BEFORE TRUNCATE ON public.settlement_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_line_append_only BEFORE DELETE OR UPDATE ON public.settlement_line FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_line_no_truncate BEFORE TRUNCATE ON public.settlement_line FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_payment_append_only BEFORE DELETE OR UPDATE ON public.settlement_payment FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_payment_no_truncate BEFORE TRUNCATE ON public.settlement_payment FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_proposal_append_only BEFORE DELETE OR UPDATE ON public.settlement_proposal FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_proposal_no_truncate BEFORE TRUNCATE ON public.settlement_proposal FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_release_append_only BEFORE DELETE OR UPDATE ON public.settlement_release FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER settlement_release_no_truncate BEFORE TRUNCATE ON public.settlement_release FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tenancy_capability_switch_append_only BEFORE DELETE OR UPDATE ON public.tenancy_capability_switch FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tenancy_capability_switch_no_truncate BEFORE TRUNCATE ON public.tenancy_capability_switch FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tenancy_department_append_only BEFORE DELETE OR UPDATE ON public.tenancy_department FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tenancy_department_no_truncate BEFORE TRUNCATE ON public.tenancy_department FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tenancy_tenant_append_only BEFORE DELETE OR UPDATE ON public.tenancy_tenant FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tenancy_tenant_no_truncate BEFORE TRUNCATE ON public.tenancy_tenant FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER tg_pgqueuer_changed AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.pgqueuer FOR EACH STATEMENT EXECUTE FUNCTION public.fn_pgqueuer_changed();

CREATE TRIGGER treasury_movement_append_only BEFORE DELETE OR UPDATE ON public.treasury_movement FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER treasury_movement_no_truncate BEFORE TRUNCATE ON public.treasury_movement FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_account_no_truncate BEFORE TRUNCATE ON public.wager_account FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_break_append_only BEFORE DELETE OR UPDATE ON public.wager_break FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_break_no_truncate BEFORE TRUNCATE ON public.wager_break FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_decision_append_only BEFORE DELETE OR UPDATE ON public.wager_decision FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_decision_no_truncate BEFORE TRUNCATE ON public.wager_decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_feed_stop_no_truncate BEFORE TRUNCATE ON public.wager_feed_stop FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_order_no_truncate BEFORE TRUNCATE ON public.wager_order FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_position_no_truncate BEFORE TRUNCATE ON public.wager_position FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_report_append_only BEFORE DELETE OR UPDATE ON public.wager_report FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_report_applied_append_only BEFORE DELETE OR UPDATE ON public.wager_report_applied FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_report_applied_no_truncate BEFORE TRUNCATE ON public.wager_report_applied FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_report_cursor_no_truncate BEFORE TRUNCATE ON public.wager_report_cursor FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER wager_report_no_truncate BEFORE TRUNCATE ON public.wager_report FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

ALTER TABLE ONLY public.access_assignment
    ADD CONSTRAINT access_assignment_staff FOREIGN KEY (tenant_id, staff_id) REFERENCES public.access_staff(tenant_id, id);

ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_staff FOREIGN KEY (tenant_id, staff_id) REFERENCES public.access_staff(tenant_id, id);

ALTER TABLE ONLY public.access_staff
    ADD CONSTRAINT access_staff_department FOREIGN KEY (tenant_id, department_id) REFERENCES public.tenancy_department(tenant_id, id);

ALTER TABLE ONLY public.access_staff
    ADD CONSTRAINT access_staff_tenant FOREIGN KEY (tenant_id) REFERENCES public.tenancy_tenant(id);

ALTER TABLE ONLY public.customer_account
    ADD CONSTRAINT customer_account_department FOREIGN KEY (tenant_id, department_id) REFERENCES public.tenancy_department(tenant_id, id);

ALTER TABLE ONLY public.customer_clearance
    ADD CONSTRAINT customer_clearance_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.customer_credential
    ADD CONSTRAINT customer_credential_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.customer_data_key
    ADD CONSTRAINT customer_data_key_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.customer_profile
    ADD CONSTRAINT customer_profile_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.customer_pseudonym
    ADD CONSTRAINT customer_pseudonym_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.customer_registration
    ADD CONSTRAINT customer_registration_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.customer_session
    ADD CONSTRAINT customer_session_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.fx_conversion
    ADD CONSTRAINT fx_conversion_quote_fk FOREIGN KEY (quote_id) REFERENCES public.fx_quote_close(quote_id);

ALTER TABLE ONLY public.fx_quote_close
    ADD CONSTRAINT fx_quote_close_quote_fk FOREIGN KEY (quote_id) REFERENCES public.fx_quote(id);

ALTER TABLE ONLY public.fx_quote_live
    ADD CONSTRAINT fx_quote_live_quote_fk FOREIGN KEY (quote_id) REFERENCES public.fx_quote(id);

ALTER TABLE ONLY public.fx_quote
    ADD CONSTRAINT fx_quote_terms_fk FOREIGN KEY (department_id, terms_version) REFERENCES public.fx_terms(department_id, version);

ALTER TABLE ONLY public.kyc_check
    ADD CONSTRAINT kyc_check_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.kyc_decision
    ADD CONSTRAINT kyc_decision_check FOREIGN KEY (tenant_id, check_id) REFERENCES public.kyc_check(tenant_id, id);

ALTER TABLE ONLY public.payment_pay_in
    ADD CONSTRAINT payment_pay_in_event_fk FOREIGN KEY (provider, event_id) REFERENCES public.payment_bank_event(provider, event_id);

ALTER TABLE ONLY public.reconciliation_break
    ADD CONSTRAINT reconciliation_break_check_fk FOREIGN KEY (run_id, name) REFERENCES public.reconciliation_check(run_id, name);

ALTER TABLE ONLY public.reconciliation_check
    ADD CONSTRAINT reconciliation_check_run_fk FOREIGN KEY (run_id) REFERENCES public.reconciliation_run(id);

ALTER TABLE ONLY public.screening_result
    ADD CONSTRAINT screening_result_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer_account(tenant_id, id);

ALTER TABLE ONLY public.settlement_decision
    ADD CONSTRAINT settlement_decision_proposal_fk FOREIGN KEY (settlement_id, proposed_by) REFERENCES public.settlement_proposal(id, proposed_by);

ALTER TABLE ONLY public.settlement_line
    ADD CONSTRAINT settlement_line_fk FOREIGN KEY (settlement_id) REFERENCES public.settlement_proposal(id);

ALTER TABLE ONLY public.settlement_payment
    ADD CONSTRAINT settlement_payment_release_fk FOREIGN KEY (settlement_id) REFERENCES public.settlement_release(settlement_id);

ALTER TABLE ONLY public.settlement_release
    ADD CONSTRAINT settlement_release_approval_fk FOREIGN KEY (settlement_id, outcome) REFERENCES public.settlement_decision(settlement_id, outcome);

ALTER TABLE ONLY public.tenancy_capability_switch
    ADD CONSTRAINT tenancy_capability_switch_tenant FOREIGN KEY (tenant_id) REFERENCES public.tenancy_tenant(id);

ALTER TABLE ONLY public.tenancy_department
    ADD CONSTRAINT tenancy_department_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES public.tenancy_department(tenant_id, id);

ALTER TABLE ONLY public.tenancy_department
    ADD CONSTRAINT tenancy_department_root FOREIGN KEY (tenant_id, root_id) REFERENCES public.tenancy_department(tenant_id, id);

ALTER TABLE ONLY public.tenancy_department
    ADD CONSTRAINT tenancy_department_tenant FOREIGN KEY (tenant_id) REFERENCES public.tenancy_tenant(id);

ALTER TABLE public.access_assignment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.access_session ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.access_staff ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_record ENABLE ROW LEVEL SECURITY;

CREATE POLICY auditor_reads ON public.access_assignment FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.access_session FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.access_staff FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.audit_record FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_account FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_clearance FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_credential FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_data_key FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_profile FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_pseudonym FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_registration FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.customer_session FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_conversion FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_quote FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_quote_close FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_quote_live FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_stock_cost FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.fx_terms FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.idempotency_answer FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.kyc_check FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.kyc_decision FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_balance FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_book FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_entry FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_hold FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_hold_capture FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_hold_close FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_hold_open FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_posting FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.ledger_transfer FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payment_collection FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.payment_pay_in FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.protection_stake_bucket FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.protection_stake_limit FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_break FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_check FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.reconciliation_run FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.screening_result FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_decision FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_line FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_payment FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_proposal FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.settlement_release FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.tenancy_capability_switch FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.tenancy_department FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.treasury_movement FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.wager_account FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.wager_break FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.wager_decision FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.wager_feed_stop FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.wager_order FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.wager_position FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.wager_report FOR SELECT TO bulkhead_auditor USING (true);

CREATE POLICY auditor_reads ON public.wager_report_applied FOR SELECT TO bulkhead_auditor USING (true);

ALTER TABLE public.customer_account ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_clearance ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_credential ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_data_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_profile ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_pseudonym ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_registration ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_session ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_conversion ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_quote ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_quote_close ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_quote_live ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_stock_cost ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fx_terms ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_answer ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kyc_check ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kyc_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_balance ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_book ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_hold ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_hold_capture ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_hold_close ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_hold_open ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_posting ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_transfer ENABLE ROW LEVEL SECURITY;

CREATE POLICY owner_maintains ON public.access_assignment TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.access_session TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.access_staff TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.audit_record TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_account TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_clearance TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_credential TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_data_key TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_profile TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_pseudonym TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_registration TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.customer_session TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_conversion TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_quote TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_quote_close TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_quote_live TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_stock_cost TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.fx_terms TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.idempotency_answer TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.kyc_check TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.kyc_decision TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_balance TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_book TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_entry TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_hold TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_hold_capture TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_hold_close TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_hold_open TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_posting TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.ledger_transfer TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payment_collection TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.payment_pay_in TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.protection_stake_bucket TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.protection_stake_limit TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_break TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_check TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.reconciliation_run TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.screening_result TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_decision TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_line TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_payment TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_proposal TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.settlement_release TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.tenancy_capability_switch TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.tenancy_department TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.treasury_movement TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.wager_account TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.wager_break TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.wager_decision TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.wager_feed_stop TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.wager_order TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.wager_position TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.wager_report TO bulkhead_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_maintains ON public.wager_report_applied TO bulkhead_owner USING (true) WITH CHECK (true);

ALTER TABLE public.payment_collection ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_pay_in ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.protection_stake_bucket ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.protection_stake_limit ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_break ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_check ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reconciliation_run ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.screening_result ENABLE ROW LEVEL SECURITY;

CREATE POLICY sealer_reads ON public.audit_record FOR SELECT TO bulkhead_sealer USING (true);

ALTER TABLE public.settlement_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_payment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement_release ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenancy_capability_switch ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenancy_department ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_isolation ON public.access_assignment TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.access_session TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.access_staff TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.audit_record TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_account TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_clearance TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_credential TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_data_key TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_profile TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_pseudonym TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_registration TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.customer_session TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_conversion TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_quote TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_quote_close TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_quote_live TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_stock_cost TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.fx_terms TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.idempotency_answer TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.kyc_check TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.kyc_decision TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_balance TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_book TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_entry TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_hold TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_hold_capture TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_hold_close TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_hold_open TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_posting TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.ledger_transfer TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payment_collection TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.payment_pay_in TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.protection_stake_bucket TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.protection_stake_limit TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_break TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_check TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.reconciliation_run TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.screening_result TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_decision TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_line TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_payment TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_proposal TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.settlement_release TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.tenancy_capability_switch TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.tenancy_department TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.treasury_movement TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.wager_account TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.wager_break TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.wager_decision TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.wager_feed_stop TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.wager_order TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.wager_position TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.wager_report TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

CREATE POLICY tenant_isolation ON public.wager_report_applied TO bulkhead_app USING ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[]))) WITH CHECK ((tenant_id = ANY (( SELECT public.current_tenants() AS current_tenants)::uuid[])));

ALTER TABLE public.treasury_movement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wager_account ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wager_break ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wager_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wager_feed_stop ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wager_order ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wager_position ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wager_report ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wager_report_applied ENABLE ROW LEVEL SECURITY;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_assignment TO bulkhead_app;
GRANT SELECT ON TABLE public.access_assignment TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.access_session TO bulkhead_app;
GRANT SELECT ON TABLE public.access_session TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.access_staff TO bulkhead_app;
GRANT SELECT ON TABLE public.access_staff TO bulkhead_auditor;

GRANT SELECT ON TABLE public.audit_record TO bulkhead_app;
GRANT SELECT ON TABLE public.audit_record TO bulkhead_auditor;
GRANT SELECT ON TABLE public.audit_record TO bulkhead_sealer;

GRANT INSERT(tenant_id) ON TABLE public.audit_record TO bulkhead_app;

GRANT INSERT(kind) ON TABLE public.audit_record TO bulkhead_app;

GRANT INSERT(body) ON TABLE public.audit_record TO bulkhead_app;

GRANT SELECT ON TABLE public.audit_seal TO bulkhead_app;
GRANT SELECT ON TABLE public.audit_seal TO bulkhead_auditor;
GRANT SELECT,INSERT ON TABLE public.audit_seal TO bulkhead_sealer;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.boundary_nonce TO bulkhead_app;
GRANT SELECT ON TABLE public.boundary_nonce TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.customer_account TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_account TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.customer_clearance TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_clearance TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.customer_credential TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_credential TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.customer_data_key TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_data_key TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.customer_profile TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_profile TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.customer_pseudonym TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_pseudonym TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.customer_registration TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_registration TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.customer_session TO bulkhead_app;
GRANT SELECT ON TABLE public.customer_session TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.event_inbox TO bulkhead_app;
GRANT SELECT ON TABLE public.event_inbox TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.fx_conversion TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_conversion TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.fx_quote TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_quote TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.fx_quote_close TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_quote_close TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.fx_quote_live TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_quote_live TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.fx_stock_cost TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_stock_cost TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.fx_terms TO bulkhead_app;
GRANT SELECT ON TABLE public.fx_terms TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.idempotency_answer TO bulkhead_app;
GRANT SELECT ON TABLE public.idempotency_answer TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.kyc_check TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_check TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.kyc_decision TO bulkhead_app;
GRANT SELECT ON TABLE public.kyc_decision TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.ledger_asset TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_asset TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_balance TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_balance TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.ledger_book TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_book TO bulkhead_auditor;

GRANT UPDATE(kind) ON TABLE public.ledger_book TO bulkhead_app;

GRANT SELECT ON TABLE public.ledger_chart TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_chart TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_entry TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_entry TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.ledger_hold TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_hold TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.ledger_hold_capture TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_hold_capture TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.ledger_hold_close TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_hold_close TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_hold_open TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_hold_open TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.ledger_posting TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_posting TO bulkhead_auditor;

GRANT SELECT ON TABLE public.ledger_leg TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_leg TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.ledger_transfer TO bulkhead_app;
GRANT SELECT ON TABLE public.ledger_transfer TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.market TO bulkhead_app;
GRANT SELECT ON TABLE public.market TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.market_resolution TO bulkhead_app;
GRANT SELECT ON TABLE public.market_resolution TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payment_bank_event TO bulkhead_app;
GRANT SELECT ON TABLE public.payment_bank_event TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payment_collection TO bulkhead_app;
GRANT SELECT ON TABLE public.payment_collection TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.payment_pay_in TO bulkhead_app;
GRANT SELECT ON TABLE public.payment_pay_in TO bulkhead_auditor;

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

GRANT SELECT,INSERT,UPDATE ON TABLE public.protection_stake_bucket TO bulkhead_app;
GRANT SELECT ON TABLE public.protection_stake_bucket TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.protection_stake_limit TO bulkhead_app;
GRANT SELECT ON TABLE public.protection_stake_limit TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_break TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_break TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_check TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_check TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.reconciliation_run TO bulkhead_app;
GRANT SELECT ON TABLE public.reconciliation_run TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.screening_result TO bulkhead_app;
GRANT SELECT ON TABLE public.screening_result TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_decision TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_decision TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_line TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_line TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_payment TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_payment TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_proposal TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_proposal TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.settlement_release TO bulkhead_app;
GRANT SELECT ON TABLE public.settlement_release TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.tenancy_capability_switch TO bulkhead_app;
GRANT SELECT ON TABLE public.tenancy_capability_switch TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.tenancy_department TO bulkhead_app;
GRANT SELECT ON TABLE public.tenancy_department TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.tenancy_tenant TO bulkhead_app;
GRANT SELECT ON TABLE public.tenancy_tenant TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.treasury_movement TO bulkhead_app;
GRANT SELECT ON TABLE public.treasury_movement TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.wager_account TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_account TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.wager_break TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_break TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.wager_decision TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_decision TO bulkhead_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.wager_feed_stop TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_feed_stop TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.wager_order TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_order TO bulkhead_auditor;

GRANT SELECT,INSERT,UPDATE ON TABLE public.wager_position TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_position TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.wager_report TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_report TO bulkhead_auditor;

GRANT SELECT,INSERT ON TABLE public.wager_report_applied TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_report_applied TO bulkhead_auditor;

GRANT SELECT,UPDATE ON TABLE public.wager_report_cursor TO bulkhead_app;
GRANT SELECT ON TABLE public.wager_report_cursor TO bulkhead_auditor;
