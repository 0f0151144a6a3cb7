-- Every identity of the money flows is a named check, which says held, differs or unavailable with both values.

ALTER TYPE reconciliation_result RENAME VALUE 'passed' TO 'held';
ALTER TYPE reconciliation_result RENAME VALUE 'failed' TO 'differs';

ALTER TYPE reconciliation_check_name ADD VALUE 'floors';
ALTER TYPE reconciliation_check_name ADD VALUE 'resolved_markets';
ALTER TYPE reconciliation_check_name ADD VALUE 'position_costs';
ALTER TYPE reconciliation_check_name ADD VALUE 'prefund';
ALTER TYPE reconciliation_check_name ADD VALUE 'settled';
ALTER TYPE reconciliation_check_name ADD VALUE 'owed';
ALTER TYPE reconciliation_check_name ADD VALUE 'lkr_owners';
ALTER TYPE reconciliation_check_name ADD VALUE 'lkr_cover';
ALTER TYPE reconciliation_check_name ADD VALUE 'nostro';
ALTER TYPE reconciliation_check_name ADD VALUE 'usd_owners';
ALTER TYPE reconciliation_check_name ADD VALUE 'usd_cover';
ALTER TYPE reconciliation_check_name ADD VALUE 'conversions';
ALTER TYPE reconciliation_check_name ADD VALUE 'stock_cost';
ALTER TYPE reconciliation_check_name ADD VALUE 'clearing';
ALTER TYPE reconciliation_check_name ADD VALUE 'client_money';

-- Both sides of a check, summed; none where a side did not answer or the units are mixed.
ALTER TABLE reconciliation_check
    ADD COLUMN unit reconciliation_unit,
    ADD COLUMN ours bigint,
    ADD COLUMN theirs bigint,
    ADD CONSTRAINT reconciliation_check_sums CHECK (num_nulls(unit, ours, theirs) IN (0, 3));

-- Days of Colombo, closed once from what was recorded before their end, so that a report of a day can be made again.
CREATE TYPE reconciliation_money_side AS ENUM ('owed', 'held');
CREATE TYPE reconciliation_money_line AS ENUM (
    'wallets', 'suspense', 'open_wagers', 'collection', 'receivables', 'other_places', 'nostro', 'prefund', 'contracts',
    'owed_to_execution', 'in_transit', 'payable', 'stated_less');
CREATE TYPE reconciliation_currency AS ENUM ('LKR', 'USD');
CREATE TYPE reconciliation_break_age AS ENUM ('under_1d', 'under_1w', 'under_30d', 'older');

CREATE TABLE reconciliation_day (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    operator text NOT NULL CONSTRAINT reconciliation_day_operator CHECK (length(operator) BETWEEN 1 AND 200),
    run_id uuid CONSTRAINT reconciliation_day_run_fk REFERENCES reconciliation_run (id),
    closed_at timestamptz NOT NULL,
    CONSTRAINT reconciliation_day_pk PRIMARY KEY (tenant_id, day),
    CONSTRAINT reconciliation_day_is_over CHECK (closed_at >= (day + 1)::timestamp AT TIME ZONE 'Asia/Colombo')
);
CALL bulkhead_tenant_table('reconciliation_day', append_only => true);

CREATE TABLE reconciliation_day_department (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    department_id uuid NOT NULL,
    name text NOT NULL CONSTRAINT reconciliation_day_department_name CHECK (length(name) BETWEEN 1 AND 200),
    CONSTRAINT reconciliation_day_department_pk PRIMARY KEY (tenant_id, day, department_id),
    CONSTRAINT reconciliation_day_department_fk FOREIGN KEY (tenant_id, day) REFERENCES reconciliation_day (tenant_id, day)
);
CALL bulkhead_tenant_table('reconciliation_day_department', append_only => true);

-- What customers were owed and what was held for them. Cents of LKR, micro-dollars.
CREATE TABLE reconciliation_day_money (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    currency reconciliation_currency NOT NULL,
    side reconciliation_money_side NOT NULL,
    line reconciliation_money_line NOT NULL,
    amount bigint NOT NULL,
    is_stated boolean NOT NULL,
    CONSTRAINT reconciliation_day_money_pk PRIMARY KEY (tenant_id, day, currency, side, line),
    CONSTRAINT reconciliation_day_money_fk FOREIGN KEY (tenant_id, day) REFERENCES reconciliation_day (tenant_id, day)
);
CALL bulkhead_tenant_table('reconciliation_day_money', append_only => true);

CREATE TABLE reconciliation_day_clearing (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    department_id uuid NOT NULL,
    account ledger_account NOT NULL,
    unit reconciliation_unit NOT NULL,
    balance bigint NOT NULL,
    items integer NOT NULL CONSTRAINT reconciliation_day_clearing_items CHECK (items > 0),
    oldest_at timestamptz NOT NULL,
    limit_days integer NOT NULL CONSTRAINT reconciliation_day_clearing_limit CHECK (limit_days > 0),
    CONSTRAINT reconciliation_day_clearing_pk PRIMARY KEY (tenant_id, day, department_id, account, unit),
    CONSTRAINT reconciliation_day_clearing_fk FOREIGN KEY (tenant_id, day) REFERENCES reconciliation_day (tenant_id, day)
);
CALL bulkhead_tenant_table('reconciliation_day_clearing', append_only => true);

CREATE TABLE reconciliation_day_balance (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    department_id uuid NOT NULL,
    account ledger_account NOT NULL,
    currency reconciliation_currency NOT NULL,
    balance bigint NOT NULL,
    CONSTRAINT reconciliation_day_balance_pk PRIMARY KEY (tenant_id, day, department_id, account, currency),
    CONSTRAINT reconciliation_day_balance_fk FOREIGN KEY (tenant_id, day) REFERENCES reconciliation_day (tenant_id, day)
);
CALL bulkhead_tenant_table('reconciliation_day_balance', append_only => true);

-- How many breaks were open when the day ended.
CREATE TABLE reconciliation_day_break (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    department_id uuid,
    type reconciliation_break_type NOT NULL,
    age reconciliation_break_age NOT NULL,
    breaks integer NOT NULL CONSTRAINT reconciliation_day_break_some CHECK (breaks > 0),
    CONSTRAINT reconciliation_day_break_once UNIQUE NULLS NOT DISTINCT (tenant_id, day, department_id, type, age),
    CONSTRAINT reconciliation_day_break_fk FOREIGN KEY (tenant_id, day) REFERENCES reconciliation_day (tenant_id, day)
);
CALL bulkhead_tenant_table('reconciliation_day_break', append_only => true);

-- An alarm: less was held for customers than they were owed. One per day and currency.
CREATE TABLE reconciliation_shortfall (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    currency reconciliation_currency NOT NULL,
    owed bigint NOT NULL,
    held bigint NOT NULL,
    found_at timestamptz NOT NULL,
    CONSTRAINT reconciliation_shortfall_pk PRIMARY KEY (tenant_id, day, currency),
    CONSTRAINT reconciliation_shortfall_is_one CHECK (held < owed)
);
CALL bulkhead_tenant_table('reconciliation_shortfall', append_only => true);
