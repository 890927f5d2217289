-- What moves cash, by the account on the other side: entry by entry, and by day. Kept by rollup() beside the other
-- summaries; what is not rolled up yet is added when it is read.
CREATE TABLE cash_entry (
    company_id bigint NOT NULL,
    account_id bigint NOT NULL,
    posted_on date NOT NULL,
    entry_id bigint NOT NULL,
    value bigint NOT NULL,                               -- cash in, or out with a minus
    PRIMARY KEY (company_id, account_id, posted_on, entry_id)
);
CREATE TABLE cash_day (
    company_id bigint NOT NULL,
    posted_on date NOT NULL,
    account_id bigint NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (company_id, posted_on, account_id)
) WITH (fillfactor = 70);

-- The other accounts of an entry that touches cash, each with what it moved; nothing of any other entry.
CREATE FUNCTION cash_of(entry bigint) RETURNS TABLE (account_id bigint, value bigint) LANGUAGE sql STABLE AS $$
    SELECT s.account_id, -sum(p.value)::bigint
    FROM posting p JOIN subaccount s ON s.id = p.subaccount_id JOIN account a ON a.id = s.account_id
    WHERE p.entry_id = $1 AND a.cash_flow <> 'cash' AND p.value <> 0 AND EXISTS (
        SELECT FROM posting q JOIN subaccount r ON r.id = q.subaccount_id JOIN account c ON c.id = r.account_id
        WHERE q.entry_id = $1 AND c.cash_flow = 'cash')
    GROUP BY 1
$$;

INSERT INTO cash_entry (company_id, account_id, posted_on, entry_id, value)
SELECT e.company_id, s.account_id, e.posted_on, e.id, -sum(p.value)
FROM (SELECT DISTINCT q.entry_id FROM posting q JOIN subaccount r ON r.id = q.subaccount_id
      JOIN account c ON c.id = r.account_id WHERE c.cash_flow = 'cash') t
JOIN entry e ON e.id = t.entry_id JOIN posting p ON p.entry_id = e.id
JOIN subaccount s ON s.id = p.subaccount_id JOIN account a ON a.id = s.account_id
WHERE a.cash_flow <> 'cash' AND p.value <> 0 AND NOT EXISTS (SELECT FROM unsummed u WHERE u.entry_id = e.id)
GROUP BY 1, 2, 3, 4;
INSERT INTO cash_day (company_id, posted_on, account_id, value)
SELECT company_id, posted_on, account_id, sum(value) FROM cash_entry GROUP BY 1, 2, 3;

CREATE FUNCTION cash_values(since date, until date) RETURNS TABLE (account_id bigint, value bigint)
LANGUAGE sql STABLE SET search_path FROM CURRENT SET jit = off AS $$
    SELECT x.account_id, sum(x.value)::bigint FROM (
        SELECT d.account_id, d.value FROM cash_day d
        WHERE d.company_id = (SELECT company()) AND d.posted_on BETWEEN since AND until
        UNION ALL
        SELECT c.account_id, c.value FROM unsummed q
        CROSS JOIN LATERAL (SELECT * FROM entry x WHERE x.id = q.entry_id OFFSET 0) e CROSS JOIN LATERAL cash_of(e.id) c
        WHERE e.posted_on BETWEEN since AND until) x
    GROUP BY 1
$$;

-- As before, and cash.
CREATE OR REPLACE FUNCTION rollup() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET jit = off AS $$
DECLARE n bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended(current_schema() || '.rollup', 0)) THEN
        RETURN 0;
    END IF;
    WITH taken AS (DELETE FROM unsummed RETURNING entry_id),
    moved AS (
        SELECT p.subaccount_id, p.period_id, p.posted_on, p.company_id, sum(debit_of(p.value, e.storno))::bigint AS debit,
               sum(credit_of(p.value, e.storno))::bigint AS credit, sum(p.amount)::bigint AS amount, count(*) AS postings
        FROM taken t JOIN entry e ON e.id = t.entry_id JOIN posting p ON p.entry_id = e.id GROUP BY 1, 2, 3, 4),
    by_subaccount AS (
        INSERT INTO balance AS b (subaccount_id, period_id, company_id, debit, credit, amount)
        SELECT subaccount_id, period_id, company_id, sum(debit), sum(credit), sum(amount)
        FROM moved GROUP BY 1, 2, 3 ORDER BY 1, 2
        ON CONFLICT (subaccount_id, period_id) DO UPDATE
        SET debit = b.debit + excluded.debit, credit = b.credit + excluded.credit, amount = b.amount + excluded.amount),
    by_account AS (
        INSERT INTO account_balance AS b (account_id, unit_id, period_id, company_id, debit, credit, amount)
        SELECT s.account_id, s.unit_id, m.period_id, m.company_id, sum(m.debit), sum(m.credit), sum(m.amount)
        FROM moved m JOIN subaccount s ON s.id = m.subaccount_id GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3
        ON CONFLICT (account_id, unit_id, period_id) DO UPDATE
        SET debit = b.debit + excluded.debit, credit = b.credit + excluded.credit, amount = b.amount + excluded.amount),
    by_day AS (
        INSERT INTO account_day AS b (company_id, posted_on, account_id, period_id, debit, credit)
        SELECT m.company_id, m.posted_on, s.account_id, m.period_id, sum(m.debit), sum(m.credit)
        FROM moved m JOIN subaccount s ON s.id = m.subaccount_id WHERE m.debit <> 0 OR m.credit <> 0
        GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (company_id, posted_on, account_id, period_id) DO UPDATE
        SET debit = b.debit + excluded.debit, credit = b.credit + excluded.credit),
    by_entry AS (
        INSERT INTO cash_entry (company_id, account_id, posted_on, entry_id, value)
        SELECT e.company_id, c.account_id, e.posted_on, e.id, c.value
        FROM taken t JOIN entry e ON e.id = t.entry_id CROSS JOIN LATERAL cash_of(e.id) c
        RETURNING company_id, posted_on, account_id, value),
    by_cash AS (
        INSERT INTO cash_day AS b (company_id, posted_on, account_id, value)
        SELECT company_id, posted_on, account_id, sum(value) FROM by_entry GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (company_id, posted_on, account_id) DO UPDATE SET value = b.value + excluded.value)
    SELECT coalesce(sum(postings), 0) INTO n FROM moved;
    RETURN n;
END $$;

-- Whether an account is cash is fixed once it is in use: these summaries were made by it.
CREATE FUNCTION cash_frozen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM subaccount s WHERE s.account_id = OLD.id) THEN
        PERFORM refuse('ledger.account_shape', format('account %s is in use: whether it is cash is fixed', OLD.code),
                       'Close it and open another account.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cash_frozen BEFORE UPDATE OF cash_flow ON account FOR EACH ROW
    WHEN ((OLD.cash_flow = 'cash') <> (NEW.cash_flow = 'cash')) EXECUTE FUNCTION cash_frozen();

CREATE FUNCTION verify_cash() RETURNS TABLE (found text) LANGUAGE sql STABLE SET search_path FROM CURRENT SET jit = off AS $$
    WITH touched AS (
        SELECT DISTINCT q.entry_id FROM posting q JOIN subaccount r ON r.id = q.subaccount_id JOIN account c ON c.id = r.account_id
        WHERE q.company_id = (SELECT company()) AND c.cash_flow = 'cash' AND NOT EXISTS (SELECT FROM unsummed u WHERE u.entry_id = q.entry_id)),
    told AS (
        SELECT s.account_id, p.posted_on, p.entry_id, -sum(p.value) AS value
        FROM touched t JOIN posting p ON p.entry_id = t.entry_id JOIN subaccount s ON s.id = p.subaccount_id
        JOIN account a ON a.id = s.account_id WHERE a.cash_flow <> 'cash' AND p.value <> 0 GROUP BY 1, 2, 3),
    kept AS (SELECT account_id, posted_on, entry_id, value FROM cash_entry WHERE company_id = (SELECT company()))
    SELECT 'entry ' || coalesce(t.entry_id, k.entry_id) || ' differs from its postings'
    FROM told t FULL JOIN kept k USING (account_id, posted_on, entry_id) WHERE t.value IS DISTINCT FROM k.value
    UNION ALL
    SELECT 'cash of ' || coalesce(d.posted_on, k.posted_on) || ' differs from its entries'
    FROM (SELECT account_id, posted_on, value FROM cash_day WHERE company_id = (SELECT company())) d
    FULL JOIN (SELECT account_id, posted_on, sum(value) AS value FROM kept GROUP BY 1, 2) k USING (account_id, posted_on)
    WHERE d.value IS DISTINCT FROM k.value
$$;
REVOKE ALL ON FUNCTION cash_of(bigint), cash_values(date, date), cash_frozen(), verify_cash() FROM PUBLIC;

ALTER TABLE cash_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE cash_day ENABLE ROW LEVEL SECURITY;
CREATE POLICY company ON cash_entry USING (company_id = (SELECT company()));
CREATE POLICY company ON cash_day USING (company_id = (SELECT company()));
DO $$BEGIN
    EXECUTE format('GRANT SELECT ON cash_entry, cash_day TO %I', current_setting('backstay.app_role'));
    EXECUTE format('GRANT EXECUTE ON FUNCTION cash_of(bigint), cash_values(date, date), verify_cash() TO %I', current_setting('backstay.app_role'));
END$$;
