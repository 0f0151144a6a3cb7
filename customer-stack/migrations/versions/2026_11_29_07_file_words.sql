-- What a file of the bank says of a payment that failed waits for a second person, as a word by hand does.
-- `message_id`: the file that said it; NULL beside a word by hand: people said it.

ALTER TYPE settlement_entry_outcome ADD VALUE IF NOT EXISTS 'waits';

ALTER TABLE settlement_hand_word ADD COLUMN message_id uuid;
ALTER TABLE settlement_hand_word ADD CONSTRAINT settlement_hand_word_message_fk FOREIGN KEY (message_id)
    REFERENCES settlement_message (id) DEFERRABLE INITIALLY DEFERRED NOT VALID;

ALTER TABLE settlement_bank_word ADD COLUMN message_id uuid;
ALTER TABLE settlement_bank_word ADD CONSTRAINT settlement_bank_word_message_fk FOREIGN KEY (message_id)
    REFERENCES settlement_message (id) DEFERRABLE INITIALLY DEFERRED NOT VALID;
