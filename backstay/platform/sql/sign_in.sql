-- How often something was tried lately (platform/throttle.py): a bucket fills with each try and drains with time.
CREATE TABLE platform_attempt (
    bucket text PRIMARY KEY,
    level double precision NOT NULL,
    at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX attempt_ended ON platform_attempt (ends_at);

-- Mail addresses, second factors, sessions and subjects of sign-in: tables of the library, which belong to no company.
DO $$
DECLARE told record;
BEGIN
    FOR told IN SELECT * FROM (VALUES
        ('account_emailaddress', 'SELECT, INSERT, UPDATE, DELETE'),
        ('mfa_authenticator', 'SELECT, INSERT, UPDATE, DELETE'),
        ('usersessions_usersession', 'SELECT, INSERT, UPDATE, DELETE'),
        ('socialaccount_socialaccount', 'SELECT, INSERT, UPDATE'),
        ('socialaccount_socialapp', 'SELECT'),
        ('platform_attempt', 'SELECT, INSERT, UPDATE, DELETE')
    ) AS t (name, rights)
    LOOP
        EXECUTE format('GRANT %s ON %I TO %I', told.rights, told.name, current_setting('backstay.app_role'));
    END LOOP;
END$$;
