-- Treasury: stock sold back to a bank, money moved between places, bills of the house and their payment.
-- New words cannot be used as such in the transaction that adds them, so the CHECK compares them as text.

ALTER TYPE treasury_movement_kind ADD VALUE 'stock_sale';
ALTER TYPE treasury_movement_kind ADD VALUE 'relocation';
ALTER TYPE treasury_movement_kind ADD VALUE 'bill';
ALTER TYPE treasury_movement_kind ADD VALUE 'bill_payment';

-- `lkr` is signed as the collection account sees it, so a bill, and LKR moved between two other places, is zero there.
ALTER TABLE treasury_movement DROP CONSTRAINT treasury_movement_amounts;
ALTER TABLE treasury_movement ADD CONSTRAINT treasury_movement_amounts CHECK (
    CASE kind::text WHEN 'contribution' THEN lkr > 0 AND usd = 0
                    WHEN 'stock_purchase' THEN lkr < 0 AND usd > 0
                    WHEN 'stock_sale' THEN lkr > 0 AND usd > 0
                    WHEN 'prefund' THEN lkr = 0 AND usd > 0
                    WHEN 'relocation' THEN usd >= 0
                    WHEN 'bill' THEN lkr = 0 AND usd = 0
                    WHEN 'bill_payment' THEN lkr < 0 AND usd = 0
                    ELSE false END);
CREATE INDEX treasury_movement_newest ON treasury_movement (tenant_id, movement_id DESC);

-- A correction can change the bank's reference, and a reversal frees it: one movement that stands has it.
ALTER TABLE treasury_movement DROP CONSTRAINT treasury_movement_reference_once;
CREATE UNIQUE INDEX ledger_item_bank_deal_once ON ledger_item (tenant_id, reference)
    WHERE state = 'active' AND kind IN ('contribution', 'stock_purchase', 'prefund_allocation', 'stock_sale',
                                        'relocation', 'bill', 'bill_payment');
