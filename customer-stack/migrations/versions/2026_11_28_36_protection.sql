-- Limits over rolling windows, and what they are compared with.
-- What a limit is on: ten times its kind (1 deposit, 2 withdrawal, 3 stake, 4 loss) and its window (1: 24 h,
-- 2: 7 d, 3: 30 d). Deposits and withdrawals in LKR cents, stakes and losses in micro-dollars.

-- A change is a new version, whole; the newest of a tenant counts.
CREATE TABLE protection_policy (
    tenant_id uuid NOT NULL,
    version integer NOT NULL CONSTRAINT protection_policy_version CHECK (version > 0),
    limit_codes smallint[] NOT NULL,
    limit_amounts bigint[] NOT NULL,
    cooling_hours smallint NOT NULL DEFAULT 24
        CONSTRAINT protection_policy_cooling CHECK (cooling_hours BETWEEN 24 AND 720),
    confirm_hours smallint NOT NULL DEFAULT 168
        CONSTRAINT protection_policy_confirm CHECK (confirm_hours BETWEEN 1 AND 720),
    sells_when_excluded boolean NOT NULL DEFAULT true,
    reality_minutes smallint NOT NULL DEFAULT 60
        CONSTRAINT protection_policy_reality CHECK (reality_minutes BETWEEN 15 AND 60),
    reality_required boolean NOT NULL DEFAULT false,
    set_at timestamptz NOT NULL,
    CONSTRAINT protection_policy_pk PRIMARY KEY (tenant_id, version),
    CONSTRAINT protection_policy_limits CHECK (
        cardinality(limit_codes) = cardinality(limit_amounts) AND cardinality(limit_codes) <= 9
        AND 0 <= ALL (limit_amounts) AND limit_codes <@ '{11,12,13,31,32,33,41,42,43}')
);
CALL bulkhead_tenant_table('protection_policy', append_only => true);

INSERT INTO protection_policy (tenant_id, version, limit_codes, limit_amounts, set_at)
SELECT tenant_id, version, '{31}', ARRAY[amount], set_at FROM protection_stake_limit;
DROP TABLE protection_stake_limit;

-- A customer's limits, set by themselves (setter 1) or by staff (2). `amount` counts, null is none. What is asked
-- to replace it waits: `pending_at` says since when, `pending_amount` null is to have none.
CREATE TABLE protection_limit (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    code smallint NOT NULL
        CONSTRAINT protection_limit_code CHECK (code IN (11, 12, 13, 31, 32, 33, 41, 42, 43)),
    setter smallint NOT NULL CONSTRAINT protection_limit_setter CHECK (setter IN (1, 2)),
    version integer NOT NULL CONSTRAINT protection_limit_version CHECK (version > 0),
    amount bigint CONSTRAINT protection_limit_amount CHECK (amount >= 0),
    set_at timestamptz NOT NULL,
    pending_at timestamptz,
    pending_amount bigint CONSTRAINT protection_limit_pending_amount CHECK (pending_amount >= 0),
    ready_at timestamptz,
    lapses_at timestamptz,
    pending_by uuid,
    CONSTRAINT protection_limit_pk PRIMARY KEY (customer_id, code, setter),
    CONSTRAINT protection_limit_pending CHECK (
        (pending_at IS NULL) = (lapses_at IS NULL) AND (pending_at IS NULL) = (ready_at IS NULL)
        AND (pending_at IS NOT NULL OR pending_amount IS NULL)
        AND (setter = 2 AND pending_at IS NOT NULL) = (pending_by IS NOT NULL)),
    -- Nothing waits that would not raise, and a customer's own raise waits a day at least.
    CONSTRAINT protection_limit_raises CHECK (
        pending_at IS NULL OR (amount IS NOT NULL AND (pending_amount IS NULL OR pending_amount > amount))),
    CONSTRAINT protection_limit_cools CHECK (
        pending_at IS NULL OR setter = 2 OR ready_at >= pending_at + interval '24 hours'),
    CONSTRAINT protection_limit_lapses CHECK (lapses_at > ready_at)
);
CALL bulkhead_tenant_table('protection_limit', append_only => false);
REVOKE DELETE ON protection_limit FROM bulkhead_app;

-- What was counted of a customer at one moment, and in one hour of UTC. Written under the lock of the customer's
-- book. What came back less fees can be below zero.
CREATE TABLE protection_moment (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    at timestamptz NOT NULL,
    deposited bigint NOT NULL CONSTRAINT protection_moment_deposited CHECK (deposited >= 0),
    withdrawn bigint NOT NULL CONSTRAINT protection_moment_withdrawn CHECK (withdrawn >= 0),
    staked bigint NOT NULL CONSTRAINT protection_moment_staked CHECK (staked >= 0),
    returned bigint NOT NULL,
    CONSTRAINT protection_moment_pk PRIMARY KEY (customer_id, at)
) WITH (fillfactor = 80);
CALL bulkhead_tenant_table('protection_moment', append_only => false);
REVOKE DELETE ON protection_moment FROM bulkhead_app;

CREATE TABLE protection_hour (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    hour timestamptz NOT NULL,
    deposited bigint NOT NULL CONSTRAINT protection_hour_deposited CHECK (deposited >= 0),
    withdrawn bigint NOT NULL CONSTRAINT protection_hour_withdrawn CHECK (withdrawn >= 0),
    staked bigint NOT NULL CONSTRAINT protection_hour_staked CHECK (staked >= 0),
    returned bigint NOT NULL,
    CONSTRAINT protection_hour_pk PRIMARY KEY (customer_id, hour)
) WITH (fillfactor = 70);
CALL bulkhead_tenant_table('protection_hour', append_only => false);
REVOKE DELETE ON protection_hour FROM bulkhead_app;

-- Stakes and returns are counted anew from wagers and reports: the old hours knew stakes alone.
INSERT INTO protection_moment (tenant_id, customer_id, at, deposited, withdrawn, staked, returned)
SELECT tenant_id, customer_id, at, 0, 0, sum(staked)::bigint, sum(returned)::bigint
FROM (
    SELECT tenant_id, customer_id, placed_at AS at,
           CASE WHEN state IN ('pending', 'dispatched', 'submitted') THEN max_total
                ELSE filled_cost + filled_fee END AS staked, 0 AS returned
    FROM wager_order WHERE action = 'buy'
    UNION ALL
    SELECT r.tenant_id, r.customer_id, r.recorded_at, 0,
           CASE r.kind WHEN 'fill' THEN r.cost - r.fee WHEN 'payout' THEN r.amount ELSE -r.fee END
    FROM wager_report r JOIN wager_report_applied USING (sequence)
    WHERE r.customer_id IS NOT NULL
      AND (r.kind IN ('payout', 'settlement_fee') OR (r.kind = 'fill' AND r.action = 'sell'))
    UNION ALL
    SELECT r.tenant_id, r.customer_id, CASE WHEN o.action = 'buy' THEN w.placed_at ELSE o.recorded_at END, 0,
           CASE WHEN o.kind = 'fill' AND o.action = 'buy' THEN r.cost + r.fee
                WHEN o.kind = 'fill' THEN r.fee - r.cost WHEN o.kind = 'payout' THEN -r.amount ELSE r.fee END
    FROM wager_report r JOIN wager_report_applied USING (sequence)
    JOIN wager_report o ON o.sequence = r.reverses
    LEFT JOIN wager_order w ON w.id = o.wager_id
    WHERE r.kind = 'reversal' AND r.customer_id IS NOT NULL
) counted
GROUP BY 1, 2, 3;
INSERT INTO protection_hour (tenant_id, customer_id, hour, deposited, withdrawn, staked, returned)
SELECT tenant_id, customer_id, date_trunc('hour', at, 'UTC'), 0, 0, sum(staked)::bigint, sum(returned)::bigint
FROM protection_moment GROUP BY 1, 2, 3;
DROP TABLE protection_stake_bucket;

-- ---- pauses

-- Every act of pausing: kind 1 cools off, 2 excludes, for good where it has no end. Kept for ever, so that none
-- can be made shorter. Cause: 1 own wish, 2 by staff, 3 another account of the same person.
CREATE TABLE protection_pause (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT protection_pause_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    kind smallint NOT NULL CONSTRAINT protection_pause_kind CHECK (kind IN (1, 2)),
    cause smallint NOT NULL CONSTRAINT protection_pause_cause CHECK (cause IN (1, 2, 3)),
    begins_at timestamptz NOT NULL,
    ends_at timestamptz,
    caused_by uuid,
    CONSTRAINT protection_pause_cooling CHECK (kind <> 1 OR (
        ends_at IS NOT NULL AND ends_at - begins_at BETWEEN interval '24 hours' AND interval '1008 hours')),
    CONSTRAINT protection_pause_exclusion CHECK (kind <> 2 OR cause = 3 OR ends_at IS NULL
        OR ends_at - begins_at >= interval '4344 hours'),
    CONSTRAINT protection_pause_caused CHECK ((cause = 3) = (caused_by IS NOT NULL))
);
CREATE INDEX protection_pause_customer ON protection_pause (customer_id, begins_at);
CALL bulkhead_tenant_table('protection_pause', append_only => true);

-- A wish to play again after the term of an exclusion. Outcome: 1 confirmed, 2 withdrawn, 3 lapsed.
CREATE TABLE protection_return (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT protection_return_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    ready_at timestamptz NOT NULL,
    lapses_at timestamptz NOT NULL,
    outcome smallint CONSTRAINT protection_return_outcome CHECK (outcome IN (1, 2, 3)),
    ended_at timestamptz,
    CONSTRAINT protection_return_waits CHECK (ready_at >= asked_at + interval '24 hours' AND lapses_at > ready_at),
    CONSTRAINT protection_return_ended CHECK ((outcome IS NULL) = (ended_at IS NULL)),
    CONSTRAINT protection_return_confirmed CHECK (outcome <> 1 OR (ended_at >= ready_at AND ended_at < lapses_at))
);
CREATE UNIQUE INDEX protection_return_one ON protection_return (customer_id) WHERE outcome IS NULL;
CREATE INDEX protection_return_customer ON protection_return (customer_id, ended_at);
CALL bulkhead_tenant_table('protection_return', append_only => false);
REVOKE DELETE ON protection_return FROM bulkhead_app;

ALTER TYPE fx_quote_outcome ADD VALUE 'withdrawn';

-- After how many minutes of play a customer wants to be told for how long and with what result (null: as the tenant
-- rules), and when they last said that they had seen it.
CREATE TABLE protection_reality (
    tenant_id uuid NOT NULL,
    customer_id uuid CONSTRAINT protection_reality_pk PRIMARY KEY,
    interval_minutes smallint
        CONSTRAINT protection_reality_interval CHECK (interval_minutes BETWEEN 15 AND 60),
    acknowledged_at timestamptz
);
CALL bulkhead_tenant_table('protection_reality', append_only => false);
REVOKE DELETE ON protection_reality FROM bulkhead_app;
