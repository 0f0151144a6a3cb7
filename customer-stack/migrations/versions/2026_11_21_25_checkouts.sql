-- Checkouts: which payment of the gateway settled an order.

-- The gateway's signature covers the order, not the payment: one order is believed to have one payment.
CREATE TABLE checkout_payment (
    pay_reference text CONSTRAINT checkout_payment_pk PRIMARY KEY
        CONSTRAINT checkout_payment_reference CHECK (pay_reference ~ '^BH[0-9A-Z]{13}$'),
    payment_id text NOT NULL CONSTRAINT checkout_payment_once UNIQUE
        CONSTRAINT checkout_payment_id CHECK (payment_id ~ '^[A-Za-z0-9-]{1,40}$'),
    first_seen_at timestamptz NOT NULL
);
CALL bulkhead_plain_table('checkout_payment', append_only => true);
COMMENT ON TABLE checkout_payment IS
    'no tenant: it is written before anybody looks whose order it is; the pay-in has the tenant';
