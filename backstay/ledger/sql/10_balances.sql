-- Lock what an entry will move and say what is there: periods first, then live rows, then nothing else.
-- A subaccount that does not exist yet has nothing to lock. Rows of holds come with hold_id set: amount is what
-- the hold has left (0 when it is spent, void or overdue).
CREATE FUNCTION lock_balances(
    days date[], s_account bigint[], s_unit bigint[], s_party bigint[], s_item text[], s_place bigint[], s_dims bigint[], holds bigint[])
RETURNS TABLE (ord int, hold_id bigint, amount bigint, value bigint, held bigint, floor bigint, last_on date, frozen_before date)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
    mine bigint := (SELECT w.company FROM who() w);
    subs bigint[];
BEGIN
    PERFORM hold_periods(ARRAY(
        SELECT DISTINCT coalesce((SELECT x.id FROM period x WHERE x.company_id = mine AND x.kind = 'regular' AND d BETWEEN x.starts AND x.ends), 0)
        FROM unnest(days) d));
    SELECT array_agg(s.id ORDER BY t.o) INTO subs
    FROM unnest(s_account, s_unit, s_party, s_item, s_place, s_dims) WITH ORDINALITY t(a, u, p, i, l, d, o)
    LEFT JOIN LATERAL (
        SELECT s.id FROM subaccount s
        WHERE s.company_id = mine AND s.account_id = t.a AND s.unit_id = t.u AND s.party_id = t.p
          AND s.item = t.i AND s.place_id = t.l AND s.dims_id = t.d OFFSET 0) s ON true;
    PERFORM FROM live l WHERE l.subaccount_id = ANY (subs) ORDER BY l.subaccount_id FOR UPDATE;
    IF holds <> '{}' THEN
        PERFORM expire_locked(subs, '{}');
    END IF;
    RETURN QUERY
    SELECT t.o::int, NULL::bigint, l.amount, l.value, l.held, l.floor, l.last_on, l.frozen_before
    FROM unnest(subs) WITH ORDINALITY t(id, o) JOIN live l ON l.subaccount_id = t.id
    UNION ALL
    SELECT NULL, h.id, CASE WHEN h.state = 'pending' AND h.expires_at > clock_timestamp() THEN h.remaining ELSE 0 END,
           NULL, NULL, NULL, NULL, NULL
    FROM hold h WHERE h.id = ANY (holds) AND h.company_id = mine;
END $$;

-- Balances of subaccounts at the end of a day: the sums of whole periods, less what came later in the last one.
CREATE FUNCTION balances_at(subs bigint[], as_of date)
RETURNS TABLE (subaccount_id bigint, amount bigint, value bigint) LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    WITH q AS (SELECT p.subaccount_id, p.amount, p.value FROM unsummed u JOIN posting p ON p.entry_id = u.entry_id
               WHERE p.posted_on <= as_of AND p.subaccount_id = ANY (subs)),
    whole AS (SELECT id, ends FROM period WHERE company_id = (SELECT company()) AND starts <= as_of)
    SELECT x.subaccount_id, sum(x.amount)::bigint, sum(x.value)::bigint FROM (
        SELECT * FROM q
        UNION ALL
        SELECT b.subaccount_id, b.amount, b.debit - b.credit FROM balance b JOIN whole w ON w.id = b.period_id
        WHERE b.subaccount_id = ANY (subs)
        UNION ALL
        SELECT p.subaccount_id, -p.amount, -p.value FROM posting p
        JOIN whole w ON w.id = p.period_id AND w.ends > as_of
        WHERE p.subaccount_id = ANY (subs) AND p.posted_on > as_of
          AND NOT EXISTS (SELECT FROM unsummed u WHERE u.entry_id = p.entry_id)) x
    GROUP BY 1
$$;

-- Sums by account and unit over the days since..until (both included), of the kinds of periods named.
-- Whole periods come from the summary, what is not summed yet from the queue, and at both ends the days outside
-- are taken off by the index of days.
CREATE FUNCTION account_sums(since date, until date, kinds text[])
RETURNS TABLE (account_id bigint, unit_id bigint, debit bigint, credit bigint, amount bigint)
LANGUAGE sql STABLE SET search_path FROM CURRENT SET jit = off AS $$
    WITH whole AS (
        SELECT id, starts, ends FROM period
        WHERE company_id = (SELECT company()) AND kind = ANY (kinds) AND starts <= until AND ends >= since),
    queue AS (SELECT entry_id FROM unsummed),
    edge AS (SELECT id FROM whole WHERE ends > until OR starts < since),
    loose AS (
        -- in the queue and inside the days: added
        SELECT e.id, 1 AS way, e.storno
        FROM queue q CROSS JOIN LATERAL (SELECT * FROM entry x WHERE x.id = q.entry_id OFFSET 0) e
        WHERE e.posted_on BETWEEN since AND until AND e.period_id IN (SELECT id FROM whole)
        UNION ALL
        -- summed, but outside the days: taken off; only the periods at the edges are looked into, by index
        SELECT e.id, -1, e.storno
        FROM edge CROSS JOIN LATERAL (
            SELECT * FROM entry x WHERE x.period_id = edge.id AND (x.posted_on > until OR x.posted_on < since) OFFSET 0) e
        WHERE NOT EXISTS (SELECT FROM queue q WHERE q.entry_id = e.id))
    SELECT x.account_id, x.unit_id, sum(x.debit)::bigint, sum(x.credit)::bigint, sum(x.amount)::bigint FROM (
        SELECT b.account_id, b.unit_id, b.debit, b.credit, b.amount
        FROM account_balance b WHERE b.period_id IN (SELECT id FROM whole)
        UNION ALL
        SELECT s.account_id, s.unit_id, l.way * debit_of(p.value, l.storno), l.way * credit_of(p.value, l.storno), l.way * p.amount
        FROM loose l CROSS JOIN LATERAL (SELECT * FROM posting y WHERE y.entry_id = l.id OFFSET 0) p
        CROSS JOIN LATERAL (SELECT account_id, unit_id FROM subaccount y WHERE y.id = p.subaccount_id OFFSET 0) s) x
    GROUP BY 1, 2
$$;

-- Roll-up: whatever is committed and still queued is moved into the summaries. No watermark: true after a
-- restore, on replicas, beside long transactions.
CREATE FUNCTION rollup() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET jit = off AS $$
DECLARE n bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended(current_schema() || '.rollup', 0)) THEN
        RETURN 0;
    END IF;
    WITH taken AS (DELETE FROM unsummed RETURNING entry_id),
    moved AS (
        SELECT p.subaccount_id, p.period_id, p.company_id, sum(debit_of(p.value, e.storno))::bigint AS debit,
               sum(credit_of(p.value, e.storno))::bigint AS credit, sum(p.amount)::bigint AS amount, count(*) AS postings
        FROM taken t JOIN entry e ON e.id = t.entry_id JOIN posting p ON p.entry_id = e.id GROUP BY 1, 2, 3),
    by_subaccount AS (
        INSERT INTO balance AS b (subaccount_id, period_id, company_id, debit, credit, amount)
        SELECT subaccount_id, period_id, company_id, debit, credit, amount FROM moved ORDER BY 1, 2
        ON CONFLICT (subaccount_id, period_id) DO UPDATE
        SET debit = b.debit + excluded.debit, credit = b.credit + excluded.credit, amount = b.amount + excluded.amount),
    by_account AS (
        INSERT INTO account_balance AS b (account_id, unit_id, period_id, company_id, debit, credit, amount)
        SELECT s.account_id, s.unit_id, m.period_id, m.company_id, sum(m.debit), sum(m.credit), sum(m.amount)
        FROM moved m JOIN subaccount s ON s.id = m.subaccount_id GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3
        ON CONFLICT (account_id, unit_id, period_id) DO UPDATE
        SET debit = b.debit + excluded.debit, credit = b.credit + excluded.credit, amount = b.amount + excluded.amount)
    SELECT coalesce(sum(postings), 0) INTO n FROM moved;
    RETURN n;
END $$;
