-- A small chart for the kernel's own tests: owners, a place, unchecked accounts.
CREATE TYPE ledger_account AS ENUM ('wallet', 'position', 'float', 'outside', 'fees', 'desk');
CREATE TYPE ledger_transfer_kind AS ENUM ('deposit', 'wager_fill', 'wager_fee', 'payment', 'reversal');
CREATE TYPE ledger_action AS ENUM ('inflow', 'outflow', 'conversion', 'fee');
CREATE TYPE ledger_book_kind AS ENUM ('customer', 'department');
