-- New words of the closed vocabularies. A word cannot be used in the transaction that adds it, so this
-- version adds words and nothing else. `customer_stack.ledger.domain` says what each means.

ALTER TYPE ledger_account ADD VALUE 'cash';
ALTER TYPE ledger_account ADD VALUE 'crypto';
ALTER TYPE ledger_account ADD VALUE 'app';
ALTER TYPE ledger_account ADD VALUE 'ewallet';
ALTER TYPE ledger_account ADD VALUE 'payable';
ALTER TYPE ledger_account ADD VALUE 'card_receivable';
ALTER TYPE ledger_account ADD VALUE 'expense';

ALTER TYPE ledger_transfer_kind ADD VALUE 'stock_sale';
ALTER TYPE ledger_transfer_kind ADD VALUE 'relocation';
ALTER TYPE ledger_transfer_kind ADD VALUE 'bill';
ALTER TYPE ledger_transfer_kind ADD VALUE 'bill_payment';
ALTER TYPE ledger_transfer_kind ADD VALUE 'customer_transfer';
ALTER TYPE ledger_transfer_kind ADD VALUE 'qr_payment';
ALTER TYPE ledger_transfer_kind ADD VALUE 'card_funding';
ALTER TYPE ledger_transfer_kind ADD VALUE 'card_refund';
ALTER TYPE ledger_transfer_kind ADD VALUE 'card_chargeback';
ALTER TYPE ledger_transfer_kind ADD VALUE 'card_settlement';
ALTER TYPE ledger_transfer_kind ADD VALUE 'card_purchase';

ALTER TYPE ledger_action ADD VALUE 'transfer';
ALTER TYPE ledger_action ADD VALUE 'charge';
ALTER TYPE ledger_action ADD VALUE 'relocation';
ALTER TYPE ledger_action ADD VALUE 'expense';
ALTER TYPE ledger_action ADD VALUE 'debt_clearance_revert';
ALTER TYPE ledger_action ADD VALUE 'settlement_revert';
ALTER TYPE ledger_action ADD VALUE 'recognition_revert';
ALTER TYPE ledger_action ADD VALUE 'transfer_revert';
ALTER TYPE ledger_action ADD VALUE 'charge_revert';
ALTER TYPE ledger_action ADD VALUE 'relocation_revert';
ALTER TYPE ledger_action ADD VALUE 'expense_revert';

ALTER TYPE tenancy_capability ADD VALUE 'transfers';
ALTER TYPE tenancy_capability ADD VALUE 'card_funding';
ALTER TYPE tenancy_capability ADD VALUE 'card_issuing';
ALTER TYPE tenancy_capability ADD VALUE 'open_banking';
