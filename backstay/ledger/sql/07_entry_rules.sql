-- A header comes in the same statement as its postings: AFTER triggers of WITH e AS (INSERT …) INSERT … fire
-- when both are in.
CREATE FUNCTION entry_rules() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    r record;
BEGIN
    SELECT min(n.id) FILTER (WHERE q.present IS NULL OR p.starts IS NULL OR n.posted_on NOT BETWEEN p.starts AND p.ends) AS bad,
           bool_or(n.reverses IS NOT NULL) AS reversal
    INTO r
    FROM new_rows n
    LEFT JOIN LATERAL (SELECT 1 AS present FROM posting x WHERE x.entry_id = n.id AND x.line = 1) q ON true
    LEFT JOIN LATERAL (SELECT starts, ends FROM period x WHERE x.id = n.period_id AND x.company_id = n.company_id OFFSET 0) p ON true;
    IF r.bad IS NOT NULL THEN
        PERFORM refuse('ledger.header', format('entry %s: no postings, or a date outside its period', r.bad));
    END IF;
    IF r.reversal THEN
        PERFORM check_reversals(ARRAY(SELECT id FROM new_rows WHERE reverses IS NOT NULL));
    END IF;
    INSERT INTO unsummed SELECT id, company_id FROM new_rows;
    RETURN NULL;
END $$;
CREATE TRIGGER rules AFTER INSERT ON entry REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION entry_rules();

-- A reversal is the exact negation of an entry of the same company (once: UNIQUE).
CREATE FUNCTION check_reversals(entries bigint[]) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE bad bigint;
BEGIN
    SELECT min(r.id) INTO bad FROM entry r
    WHERE r.id = ANY (entries) AND (
        NOT EXISTS (SELECT FROM entry o WHERE o.id = r.reverses AND o.company_id = r.company_id AND o.reverses IS DISTINCT FROM r.id)
        OR EXISTS (
            SELECT FROM (
                SELECT subaccount_id, amount, value, 1 AS way FROM posting WHERE entry_id = r.id
                UNION ALL
                SELECT subaccount_id, -amount, -value, -1 FROM posting WHERE entry_id = r.reverses) x
            GROUP BY subaccount_id, amount, value HAVING sum(way) <> 0));
    IF bad IS NOT NULL THEN
        PERFORM refuse('ledger.reversal_once', format('entry %s is not the exact negation of the entry it reverses', bad));
    END IF;
END $$;
