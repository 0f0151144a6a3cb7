-- Treasury: what the house moved at its banks, by the bank's reference, so that statements can be compared.

CREATE TYPE treasury_movement_kind AS ENUM ('contribution', 'stock_purchase', 'prefund');

-- `lkr` is signed as the collection account sees it: positive where money came in.
CREATE TABLE treasury_movement (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    movement_id uuid CONSTRAINT treasury_movement_pk PRIMARY KEY,
    kind treasury_movement_kind NOT NULL,
    bank_reference text NOT NULL
        CONSTRAINT treasury_movement_reference_form CHECK (bank_reference ~ '^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$'),
    lkr bigint NOT NULL,
    usd bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT treasury_movement_reference_once UNIQUE (tenant_id, bank_reference),
    CONSTRAINT treasury_movement_amounts CHECK (
        CASE kind WHEN 'contribution' THEN lkr > 0 AND usd = 0
                  WHEN 'stock_purchase' THEN lkr < 0 AND usd > 0
                  ELSE lkr = 0 AND usd > 0 END)
);
CALL bulkhead_tenant_table('treasury_movement', append_only => true);
