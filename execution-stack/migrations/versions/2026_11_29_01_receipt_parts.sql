-- What arrives of a settlement after its first receipt. What we pay leaves whole.
CREATE TABLE settlement_receipt_part (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT settlement_receipt_part_pk PRIMARY KEY,
    settlement_id uuid NOT NULL
        CONSTRAINT settlement_receipt_part_first REFERENCES settlement_receipt (settlement_id),
    direction settlement_direction NOT NULL
        CONSTRAINT settlement_receipt_part_arrives CHECK (direction = 'pay'),
    number integer NOT NULL CONSTRAINT settlement_receipt_part_number CHECK (number > 1),
    amount bigint NOT NULL CONSTRAINT settlement_receipt_part_amount CHECK (amount > 0),
    received_at timestamptz NOT NULL,
    CONSTRAINT settlement_receipt_part_once UNIQUE (settlement_id, number),
    CONSTRAINT settlement_receipt_part_way FOREIGN KEY (settlement_id, direction)
        REFERENCES settlement_confirmation (settlement_id, direction)
);
CALL bulkhead_tenant_table('settlement_receipt_part', append_only => true);
