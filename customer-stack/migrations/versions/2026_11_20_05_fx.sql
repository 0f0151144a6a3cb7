-- FX: terms of a department, quotes and how they ended, conversions, and the cost of the stock.
-- LKR in cents, USD in micro-dollars, rates LKR per USD scaled 1e-8.

CREATE TYPE fx_quote_purpose AS ENUM ('deposit', 'conversion');
CREATE TYPE fx_quote_outcome AS ENUM ('used', 'expired', 'replaced');

CREATE TABLE fx_terms (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    version integer NOT NULL CONSTRAINT fx_terms_version_positive CHECK (version > 0),
    sell_spread_basis integer NOT NULL
        CONSTRAINT fx_terms_sell_spread CHECK (sell_spread_basis BETWEEN 0 AND 5000),
    buy_spread_basis integer NOT NULL
        CONSTRAINT fx_terms_buy_spread CHECK (buy_spread_basis BETWEEN 0 AND 5000),
    fee_basis integer NOT NULL CONSTRAINT fx_terms_fee_share CHECK (fee_basis BETWEEN 0 AND 5000),
    fee_fixed bigint NOT NULL CONSTRAINT fx_terms_fee_fixed CHECK (fee_fixed >= 0),
    minimum_amount bigint NOT NULL CONSTRAINT fx_terms_minimum CHECK (minimum_amount > 0),
    maximum_amount bigint NOT NULL,
    quote_lifetime_seconds integer NOT NULL
        CONSTRAINT fx_terms_quote_lifetime CHECK (quote_lifetime_seconds BETWEEN 1 AND 3600),
    mid_lifetime_seconds integer NOT NULL
        CONSTRAINT fx_terms_mid_lifetime CHECK (mid_lifetime_seconds BETWEEN 1 AND 86400),
    stock_share_basis integer NOT NULL
        CONSTRAINT fx_terms_stock_share CHECK (stock_share_basis BETWEEN 1 AND 10000),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT fx_terms_pk PRIMARY KEY (department_id, version),
    CONSTRAINT fx_terms_bounds CHECK (minimum_amount <= maximum_amount)
);
CALL bulkhead_tenant_table('fx_terms', append_only => true);

CREATE TABLE fx_quote (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    id uuid CONSTRAINT fx_quote_pk PRIMARY KEY,
    purpose fx_quote_purpose NOT NULL,
    pay_reference text NOT NULL
        CONSTRAINT fx_quote_pay_reference_once UNIQUE
        CONSTRAINT fx_quote_pay_reference_form CHECK (pay_reference ~ '^BH[0-9A-HJKMNP-TV-Z]{13}$'),
    amount bigint NOT NULL,
    fee bigint NOT NULL CONSTRAINT fx_quote_fee CHECK (fee >= 0),
    usd bigint NOT NULL CONSTRAINT fx_quote_usd CHECK (usd > 0),
    mid_e8 bigint NOT NULL,
    buy_e8 bigint NOT NULL CONSTRAINT fx_quote_buy CHECK (buy_e8 > 0),
    sell_e8 bigint NOT NULL,
    agreed_e8 bigint NOT NULL CONSTRAINT fx_quote_agreed CHECK (agreed_e8 > 0),
    mid_source text NOT NULL CONSTRAINT fx_quote_mid_source CHECK (mid_source ~ '^[a-z0-9_-]{1,32}$'),
    mid_as_of timestamptz NOT NULL,
    terms_version integer NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    hold_id uuid NOT NULL CONSTRAINT fx_quote_hold_once UNIQUE,
    CONSTRAINT fx_quote_terms_fk FOREIGN KEY (department_id, terms_version)
        REFERENCES fx_terms (department_id, version),
    CONSTRAINT fx_quote_amount CHECK (amount > fee),
    CONSTRAINT fx_quote_rates CHECK (buy_e8 <= mid_e8 AND mid_e8 <= sell_e8),
    CONSTRAINT fx_quote_expiry CHECK (expires_at > created_at),
    -- One side is fixed, the other floored: what is left over is below one micro-dollar's worth.
    CONSTRAINT fx_quote_residue CHECK (
        (amount - fee)::numeric * 1000000000000 - usd::numeric * agreed_e8 >= 0
        AND (amount - fee)::numeric * 1000000000000 - usd::numeric * agreed_e8 < agreed_e8)
);
CREATE INDEX fx_quote_customer ON fx_quote (customer_id, id);
CALL bulkhead_tenant_table('fx_quote', append_only => true);

-- The one quote of a customer and purpose that may still be used. A row goes when its quote ends.
CREATE TABLE fx_quote_live (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    purpose fx_quote_purpose NOT NULL,
    department_id uuid NOT NULL,
    quote_id uuid NOT NULL
        CONSTRAINT fx_quote_live_quote_once UNIQUE
        CONSTRAINT fx_quote_live_quote_fk REFERENCES fx_quote (id),
    expires_at timestamptz NOT NULL,
    CONSTRAINT fx_quote_live_pk PRIMARY KEY (customer_id, purpose)
);
CREATE INDEX fx_quote_live_expiry ON fx_quote_live (department_id, expires_at);
CALL bulkhead_tenant_table('fx_quote_live', append_only => false);

-- The end of a quote: the quote is the key, so it is used at most once.
CREATE TABLE fx_quote_close (
    tenant_id uuid NOT NULL,
    quote_id uuid
        CONSTRAINT fx_quote_close_pk PRIMARY KEY
        CONSTRAINT fx_quote_close_quote_fk REFERENCES fx_quote (id),
    outcome fx_quote_outcome NOT NULL,
    closed_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('fx_quote_close', append_only => true);

CREATE TABLE fx_conversion (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    id uuid CONSTRAINT fx_conversion_pk PRIMARY KEY,
    quote_id uuid NOT NULL
        CONSTRAINT fx_conversion_quote_once UNIQUE
        CONSTRAINT fx_conversion_quote_fk REFERENCES fx_quote_close (quote_id),
    movement_id uuid NOT NULL,
    amount bigint NOT NULL,
    fee bigint NOT NULL,
    usd bigint NOT NULL,
    cost bigint NOT NULL CONSTRAINT fx_conversion_cost CHECK (cost >= 0),
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
    converted_at timestamptz NOT NULL,
    CONSTRAINT fx_conversion_profit CHECK (amount - fee = cost + profit),
    CONSTRAINT fx_conversion_margin CHECK (spread_e6 + holding_e6 + rounding_e6 = profit * 10000),
    CONSTRAINT fx_conversion_residue CHECK (residue_e14 >= 0 AND residue_e14 < agreed_e8)
);
CREATE INDEX fx_conversion_customer ON fx_conversion (customer_id, id);
CALL bulkhead_tenant_table('fx_conversion', append_only => true);

-- Quantity and total cost of the stock after each of its entries: `version` is the ledger entry's.
CREATE TABLE fx_stock_cost (
    tenant_id uuid NOT NULL,
    book_id uuid NOT NULL,
    version bigint NOT NULL,
    quantity bigint NOT NULL CONSTRAINT fx_stock_cost_quantity CHECK (quantity >= 0),
    cost bigint NOT NULL CONSTRAINT fx_stock_cost_cost CHECK (cost >= 0),
    CONSTRAINT fx_stock_cost_pk PRIMARY KEY (book_id, version),
    CONSTRAINT fx_stock_cost_empty CHECK (quantity > 0 OR cost = 0)
);
CALL bulkhead_tenant_table('fx_stock_cost', append_only => true);
