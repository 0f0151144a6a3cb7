-- A wager that compliance holds: its funds are reserved, and nothing sends it.
ALTER TYPE wager_state ADD VALUE 'held' BEFORE 'pending';
