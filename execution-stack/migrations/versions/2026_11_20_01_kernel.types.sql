-- The closed vocabularies of the execution ledger: `execution_stack.books.chart` says what each means.

CREATE TYPE ledger_book_kind AS ENUM (
    'reference',
    'tenant',
    'market',
    'house'
);

CREATE TYPE ledger_account AS ENUM (
    'position',
    'cash',
    'fees',
    'prefund',
    'settled',
    'float',
    'omnibus',
    'pairs',
    'pair_payable',
    'pair_cash',
    'resolution',
    'own',
    'excess',
    'suspense',
    'own_cash',
    'between'
);

CREATE TYPE ledger_transfer_kind AS ENUM (
    'float_deposit',
    'order_float',
    'sale_position',
    'buy_fill',
    'sale_fill',
    'fill_fee',
    'fee_excess',
    'pairing',
    'resolution_payout',
    'resolution_loss',
    'resolution_pairs',
    'resolution_omnibus',
    'resolution_cash',
    'settlement_fee',
    'settlement_receipt'
);

CREATE TYPE ledger_action AS ENUM (
    'deposit',
    'buy',
    'sale',
    'fee',
    'pairing',
    'payout',
    'loss',
    'clearing',
    'settlement'
);
