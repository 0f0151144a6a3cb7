-- How far trading was compared past an order that stays in flight.
ALTER TYPE reconciliation_list ADD VALUE 'trading_ahead';
