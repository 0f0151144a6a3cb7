-- Transfers between customers, their account codes, QR codes, and the register of issued statements.

CREATE TYPE transfer_order_kind AS ENUM ('transfer', 'qr_payment');
CREATE TYPE statement_format AS ENUM ('pdf', 'csv');

-- How customers name each other: random, without personal data. One for each customer, made on demand.
CREATE TABLE transfer_account_code (
    tenant_id uuid NOT NULL,
    customer_id uuid CONSTRAINT transfer_account_code_pk PRIMARY KEY,
    code text NOT NULL CONSTRAINT transfer_account_code_once UNIQUE
        CONSTRAINT transfer_account_code_form CHECK (code ~ '^BC[0-9A-HJKMNP-TV-Z]{11}$'),
    made_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('transfer_account_code', append_only => true);

-- The largest amounts of one transfer: LKR cents and micro-dollars. The newest version of a tenant counts.
CREATE TABLE transfer_terms (
    tenant_id uuid NOT NULL,
    version integer NOT NULL CONSTRAINT transfer_terms_version_positive CHECK (version > 0),
    maximum_lkr bigint NOT NULL CONSTRAINT transfer_terms_lkr_not_negative CHECK (maximum_lkr >= 0),
    maximum_usd bigint NOT NULL CONSTRAINT transfer_terms_usd_not_negative CHECK (maximum_usd >= 0),
    set_at timestamptz NOT NULL,
    set_by text NOT NULL,
    CONSTRAINT transfer_terms_pk PRIMARY KEY (tenant_id, version)
);
CALL bulkhead_tenant_table('transfer_terms', append_only => true);

-- QR codes that were issued. The payload holds texts that the merchant typed, so it is sealed; its digest
-- tells whether a scanned payload is the one that was issued. A code with an amount (LKR cents) is paid once.
CREATE TABLE transfer_qr_code (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT transfer_qr_code_pk PRIMARY KEY,
    merchant_id uuid NOT NULL,
    amount bigint CONSTRAINT transfer_qr_code_amount_positive CHECK (amount > 0),
    is_single_use boolean NOT NULL,
    payload_sealed bytea NOT NULL,
    payload_digest bytea NOT NULL CONSTRAINT transfer_qr_code_digest_size CHECK (octet_length(payload_digest) = 32),
    issued_at timestamptz NOT NULL,
    CONSTRAINT transfer_qr_code_single_use_has_amount CHECK (is_single_use = (amount IS NOT NULL)),
    CONSTRAINT transfer_qr_code_payable UNIQUE (id, merchant_id, is_single_use)
);
CREATE INDEX transfer_qr_code_merchant ON transfer_qr_code (merchant_id, id);
CALL bulkhead_tenant_table('transfer_qr_code', append_only => true);

-- Money that went from one customer to another. The id is the deal's and the movement's too.
CREATE TABLE transfer_order (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT transfer_order_pk PRIMARY KEY,
    sender_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    amount bigint NOT NULL CONSTRAINT transfer_order_amount_positive CHECK (amount > 0),
    currency ledger_currency NOT NULL,
    kind transfer_order_kind NOT NULL,
    is_single_use boolean,
    qr_code_id uuid,
    note_sealed bytea CONSTRAINT transfer_order_note_size CHECK (octet_length(note_sealed) <= 1024),
    made_at timestamptz NOT NULL,
    CONSTRAINT transfer_order_two_customers CHECK (sender_id <> recipient_id),
    CONSTRAINT transfer_order_qr_payment_names_code
        CHECK ((kind = 'qr_payment') = (qr_code_id IS NOT NULL AND is_single_use IS NOT NULL)
               AND (qr_code_id IS NULL) = (is_single_use IS NULL)),
    CONSTRAINT transfer_order_qr_payment_in_lkr CHECK (kind = 'transfer' OR currency = 'LKR'),
    -- What is paid is a code of whoever receives, and whether it is paid once is what the code says.
    CONSTRAINT transfer_order_qr_code FOREIGN KEY (qr_code_id, recipient_id, is_single_use)
        REFERENCES transfer_qr_code (id, merchant_id, is_single_use)
);
CREATE INDEX transfer_order_sender ON transfer_order (sender_id, id);
CREATE INDEX transfer_order_recipient ON transfer_order (recipient_id, id);
CREATE INDEX transfer_order_of_code ON transfer_order (qr_code_id) WHERE qr_code_id IS NOT NULL;
CREATE UNIQUE INDEX transfer_order_code_paid_once ON transfer_order (qr_code_id) WHERE is_single_use;
CALL bulkhead_tenant_table('transfer_order', append_only => true);

-- Statements that were issued, by the digest of their content, so that a paper can be compared with the books.
-- Without an account it is the statement of a whole customer. The period is of days in Colombo, both included.
CREATE TABLE statement_issued (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT statement_issued_pk PRIMARY KEY,
    book_id uuid NOT NULL,
    account ledger_account,
    currency ledger_currency,
    first_day date NOT NULL,
    last_day date NOT NULL,
    entries integer NOT NULL CONSTRAINT statement_issued_entries_not_negative CHECK (entries >= 0),
    format statement_format NOT NULL,
    content_digest bytea NOT NULL
        CONSTRAINT statement_issued_digest_size CHECK (octet_length(content_digest) = 32),
    issued_at timestamptz NOT NULL,
    issued_to text NOT NULL,
    CONSTRAINT statement_issued_period CHECK (first_day <= last_day)
);
CREATE INDEX statement_issued_tenant ON statement_issued (tenant_id, id);
CREATE INDEX statement_issued_digest ON statement_issued (tenant_id, content_digest);
CALL bulkhead_tenant_table('statement_issued', append_only => true);
