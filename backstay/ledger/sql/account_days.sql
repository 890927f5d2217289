-- Turnover by account and day, in the company's currency: statements of any days without looking at postings.
-- Kept by rollup() beside the other summaries; what is not rolled up yet is added when it is read.
CREATE TABLE account_day (
    company_id bigint NOT NULL,
    posted_on date NOT NULL,
    account_id bigint NOT NULL,
    period_id bigint NOT NULL,
    debit bigint NOT NULL,
    credit bigint NOT NULL,
    PRIMARY KEY (company_id, posted_on, account_id, period_id)
) WITH (fillfactor = 70);

INSERT INTO account_day (company_id, posted_on, account_id, period_id, debit, credit)
SELECT p.company_id, p.posted_on, s.account_id, p.period_id, sum(debit_of(p.value, e.storno)), sum(credit_of(p.value, e.storno))
FROM posting p JOIN entry e ON e.id = p.entry_id JOIN subaccount s ON s.id = p.subaccount_id
WHERE p.value <> 0 AND NOT EXISTS (SELECT FROM unsummed u WHERE u.entry_id = p.entry_id) GROUP BY 1, 2, 3, 4;

CREATE FUNCTION account_values(since date, until date, kinds text[])
RETURNS TABLE (account_id bigint, debit bigint, credit bigint)
LANGUAGE sql STABLE SET search_path FROM CURRENT SET jit = off AS $$
    WITH whole AS (
        SELECT id FROM period
        WHERE company_id = (SELECT company()) AND kind = ANY (kinds) AND starts <= until AND ends >= since)
    SELECT x.account_id, sum(x.debit)::bigint, sum(x.credit)::bigint FROM (
        SELECT d.account_id, d.debit, d.credit FROM account_day d
        WHERE d.company_id = (SELECT company()) AND d.posted_on BETWEEN since AND until AND d.period_id IN (SELECT id FROM whole)
        UNION ALL
        SELECT s.account_id, debit_of(p.value, e.storno), credit_of(p.value, e.storno)
        FROM unsummed q CROSS JOIN LATERAL (SELECT * FROM entry x WHERE x.id = q.entry_id OFFSET 0) e
        CROSS JOIN LATERAL (SELECT * FROM posting y WHERE y.entry_id = e.id OFFSET 0) p
        CROSS JOIN LATERAL (SELECT account_id FROM subaccount y WHERE y.id = p.subaccount_id OFFSET 0) s
        WHERE e.posted_on BETWEEN since AND until AND e.period_id IN (SELECT id FROM whole)) x
    GROUP BY 1
$$;

-- As before, and the days.
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
        SET debit = b.debit + excluded.debit, credit = b.credit + excluded.credit)
    SELECT coalesce(sum(postings), 0) INTO n FROM moved;
    RETURN n;
END $$;

CREATE FUNCTION verify_account_days() RETURNS TABLE (found text) LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT 'account ' || account_id || ' on ' || posted_on || ' differs from its postings'
    FROM (SELECT account_id, posted_on, period_id, debit, credit FROM account_day WHERE company_id = (SELECT company())
          UNION ALL
          SELECT s.account_id, p.posted_on, p.period_id, -debit_of(p.value, e.storno), -credit_of(p.value, e.storno)
          FROM posting p JOIN entry e ON e.id = p.entry_id JOIN subaccount s ON s.id = p.subaccount_id
          WHERE p.company_id = (SELECT company()) AND p.value <> 0
            AND NOT EXISTS (SELECT FROM unsummed u WHERE u.entry_id = p.entry_id)) x
    GROUP BY account_id, posted_on, period_id HAVING sum(debit) <> 0 OR sum(credit) <> 0
$$;
REVOKE ALL ON FUNCTION account_values(date, date, text[]), verify_account_days() FROM PUBLIC;

ALTER TABLE account_day ENABLE ROW LEVEL SECURITY;
CREATE POLICY company ON account_day USING (company_id = (SELECT company()));
DO $$BEGIN
    EXECUTE format('GRANT SELECT ON account_day TO %I', current_setting('backstay.app_role'));
    EXECUTE format('GRANT EXECUTE ON FUNCTION account_values(date, date, text[]), verify_account_days() TO %I', current_setting('backstay.app_role'));
END$$;
