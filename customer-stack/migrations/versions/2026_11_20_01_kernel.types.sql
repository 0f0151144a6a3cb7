-- The closed vocabularies of the customer ledger: `customer_stack.ledger.domain` says what each means.

CREATE TYPE ledger_book_kind AS ENUM (
    'customer',
    'department'
);

CREATE TYPE ledger_account AS ENUM (
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

CREATE TYPE ledger_transfer_kind AS ENUM (
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

CREATE TYPE ledger_action AS ENUM (
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
