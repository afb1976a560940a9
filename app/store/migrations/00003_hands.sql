-- What is handed to others, a mail, a job, an event, is taken for a while in one
-- transaction and noted as handed over in another: nobody foreign is waited for
-- while rows are locked and a connection is held.

-- +goose Up
ALTER TABLE mails ADD COLUMN claimed_until timestamptz; -- null: it was handed over
ALTER TABLE outbox ADD COLUMN taken_until timestamptz;  -- null: nobody is about to send it

-- +goose Down
ALTER TABLE outbox DROP COLUMN taken_until;
DELETE FROM mails WHERE claimed_until IS NOT NULL;
ALTER TABLE mails DROP COLUMN claimed_until;
