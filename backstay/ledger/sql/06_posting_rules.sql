-- THE RULES, for every writer. Fires once per statement.
-- Nested loops are forced, since the plan is made once a session whatever the size of the first statement was;
-- jit=off belongs to it (before PostgreSQL 18 enable_x=off raises the cost so far that the JIT compiler starts).
CREATE FUNCTION posting_rules() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    r record;
BEGIN
    WITH joined AS (
        SELECT n.*, s.company_id AS owner, s.base, s.memo, s.live, CASE WHEN s.goods THEN s.unit_id END AS goods_unit
        FROM new_rows n
        LEFT JOIN LATERAL (SELECT * FROM subaccount q WHERE q.id = n.subaccount_id OFFSET 0) s ON true
    ), by_unit AS (
        SELECT entry_id, goods_unit, sum(value) AS value, sum(amount) AS amount, count(*) AS lines,
               min(line) AS first, max(line) AS last, min(period_id) AS period, max(period_id) AS period_max,
               min(company_id) AS company, max(company_id) AS company_max, min(posted_on) AS day, max(posted_on) AS day_max,
               bool_or(owner IS DISTINCT FROM company_id) AS alien,
               bool_or(base AND NOT memo AND amount <> value) AS unequal,
               bool_or(memo AND value <> 0) AS memo_valued,
               bool_or(amount = 0 AND value = 0) AS empty, bool_or(live) AS live
        FROM joined GROUP BY 1, 2
    ), by_entry AS (
        SELECT entry_id, sum(value) AS value, bool_or(goods_unit IS NOT NULL AND amount <> 0) AS unconserved,
               sum(lines) AS lines, min(first) AS first, max(last) AS last,
               min(period) AS period, max(period_max) AS period_max, min(company) AS company, max(company_max) AS company_max,
               min(day) AS day, max(day_max) AS day_max, bool_or(alien) AS alien, bool_or(unequal) AS unequal,
               bool_or(memo_valued) AS memo_valued, bool_or(empty) AS empty, bool_or(live) AS live
        FROM by_unit GROUP BY 1
    )
    SELECT min(b.entry_id) FILTER (WHERE b.value <> 0) AS unbalanced,
           min(b.entry_id) FILTER (WHERE b.unconserved) AS unconserved,
           min(b.entry_id) FILTER (WHERE b.alien) AS alien,
           min(b.entry_id) FILTER (WHERE b.unequal) AS unequal,
           min(b.entry_id) FILTER (WHERE b.memo_valued) AS memo_valued,
           min(b.entry_id) FILTER (WHERE b.empty) AS empty,
           min(b.entry_id) FILTER (WHERE b.first <> 1 OR b.last <> b.lines OR b.lines < 2) AS partial,
           min(b.entry_id) FILTER (WHERE e.id IS NULL OR e.period_id <> b.period OR b.period <> b.period_max
               OR e.company_id <> b.company OR b.company <> b.company_max
               OR e.posted_on <> b.day OR b.day <> b.day_max) AS headless,
           array_agg(DISTINCT b.period) AS periods, bool_or(b.live) AS live
    INTO r
    FROM by_entry b
    LEFT JOIN LATERAL (SELECT * FROM entry q WHERE q.id = b.entry_id OFFSET 0) e ON true;
    IF r.periods IS NULL THEN  -- a statement of no rows fires too: every key was a repeat
        RETURN NULL;
    END IF;
    IF r.alien IS NOT NULL THEN
        PERFORM refuse('ledger.cross_company', format('entry %s: a subaccount is unknown, or of another company', r.alien));
    ELSIF r.unbalanced IS NOT NULL THEN
        PERFORM refuse('ledger.value_balance', format('entry %s: its values do not sum to 0', r.unbalanced));
    ELSIF r.unconserved IS NOT NULL THEN
        PERFORM refuse('ledger.unit_conservation', format('entry %s: goods appear or vanish', r.unconserved));
    ELSIF r.unequal IS NOT NULL THEN
        PERFORM refuse('ledger.company_currency', format('entry %s: amount and value differ in the company''s currency', r.unequal));
    ELSIF r.memo_valued IS NOT NULL THEN
        PERFORM refuse('ledger.memo_value', format('entry %s: a memo account cannot carry a value', r.memo_valued));
    ELSIF r.empty IS NOT NULL THEN
        PERFORM refuse('ledger.empty_posting', format('entry %s: a line moves nothing', r.empty));
    ELSIF r.partial IS NOT NULL THEN
        PERFORM refuse('ledger.whole_entry', format('entry %s: its lines are not 1..n in one statement', r.partial));
    ELSIF r.headless IS NOT NULL THEN
        PERFORM refuse('ledger.header', format('entry %s: its lines do not match its header', r.headless));
    END IF;
    PERFORM hold_periods(r.periods);
    IF r.live THEN
        PERFORM move_live(d.ids, d.amounts, d.values, d.firsts, d.lasts, d.lows, d.highs)
        FROM (SELECT array_agg(m.id ORDER BY m.id) AS ids, array_agg(m.a ORDER BY m.id) AS amounts,
                     array_agg(m.v ORDER BY m.id) AS values, array_agg(m.f ORDER BY m.id) AS firsts,
                     array_agg(m.t ORDER BY m.id) AS lasts, array_agg(m.lo ORDER BY m.id) AS lows,
                     array_agg(m.hi ORDER BY m.id) AS highs
              FROM (SELECT subaccount_id AS id, sum(amount)::bigint AS a, sum(value)::bigint AS v, min(posted_on) AS f,
                           max(posted_on) AS t, min(amount) AS lo, max(amount) AS hi
                    FROM new_rows GROUP BY 1) m) d;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER rules AFTER INSERT ON posting REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION posting_rules();

-- The shared lock first, the state second, each with a snapshot of its own (so READ COMMITTED is required): a
-- close takes the same lock alone and therefore waits for postings in flight.
CREATE FUNCTION hold_periods(periods bigint[]) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    p bigint;
    r record;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM refuse('ledger.isolation', 'posting needs READ COMMITTED');
    END IF;
    FOR p IN SELECT unnest(periods) ORDER BY 1 LOOP
        PERFORM pg_advisory_xact_lock_shared(period_key(p));
    END LOOP;
    SELECT min(q.id) AS closed, count(*) FILTER (WHERE x.id IS NOT NULL) AS known INTO r
    FROM unnest(periods) w(id) LEFT JOIN period x ON x.id = w.id
    LEFT JOIN period q ON q.id = w.id AND q.closed_at IS NOT NULL;
    IF r.known <> cardinality(periods) THEN
        PERFORM refuse('ledger.period_closed', 'there is no period for this day', 'Open the fiscal year first.');
    ELSIF r.closed IS NOT NULL THEN
        PERFORM refuse('ledger.period_closed', format('the period %s to %s is closed', q.starts, q.ends),
            (SELECT coalesce(format('The next open day is %s.', min(n.starts)), 'No later period is open.')
               FROM period n WHERE n.company_id = q.company_id AND n.kind = 'regular' AND n.closed_at IS NULL AND n.starts > q.starts))
        FROM period q WHERE q.id = r.closed;
    END IF;
END $$;

-- Move live rows: lock in key order, check dates, then update; the constraints of the row hold the bounds.
-- (An upsert would refuse every decrease: PostgreSQL checks the proposed row first.)
CREATE FUNCTION move_live(ids bigint[], amounts bigint[], vals bigint[], firsts date[], lasts date[], lows bigint[], highs bigint[])
RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    r record;
BEGIN
    SELECT min(k.id) FILTER (WHERE k.first < k.frozen_before) AS frozen,
           array_agg(k.id) FILTER (WHERE k.dated AND k.sign <> 0 AND k.first < k.last_on
                                     AND CASE k.sign WHEN 1 THEN k.low < 0 ELSE k.high > 0 END) AS suspects,
           bool_or(k.shared) AS shared
    INTO r
    FROM (SELECT d.id, d.first, d.low, d.high, l.frozen_before, l.dated, l.sign, l.last_on, l.shared
          FROM unnest(ids, firsts, lows, highs) d(id, first, low, high)
          JOIN live l ON l.subaccount_id = d.id
          ORDER BY d.id FOR UPDATE OF l) k;
    IF r.frozen IS NOT NULL THEN
        PERFORM refuse('ledger.frozen_before', format('%s %s was counted: nothing may be dated before %s', a.name, u.code, l.frozen_before))
        FROM live l JOIN subaccount s ON s.id = l.subaccount_id JOIN account a ON a.id = s.account_id JOIN unit u ON u.id = s.unit_id
        WHERE l.subaccount_id = r.frozen;
    END IF;
    BEGIN
        UPDATE live l SET amount = l.amount + d.amount, value = l.value + d.value,
                          last_on = greatest(l.last_on, d.last)
        FROM unnest(ids, amounts, vals, lasts) d(id, amount, value, last) WHERE l.subaccount_id = d.id;
    EXCEPTION WHEN check_violation THEN
        PERFORM refuse_guard(ids, amounts);
        RAISE;
    END;
    IF r.suspects IS NOT NULL THEN
        PERFORM check_days(s.id, d.first) FROM unnest(r.suspects) s(id) JOIN unnest(ids, firsts) d(id, first) ON d.id = s.id;
    END IF;
    IF r.shared THEN
        PERFORM move_guards(ids, amounts, vals);
    END IF;
END $$;

-- A back-dated posting must keep the floor on every later day: the balance at the end of a day is the present one
-- less what came after it. Reads only the days after, by index.
CREATE FUNCTION check_days(sub bigint, since date) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE r record;
BEGIN
    SELECT min(t.day) AS day INTO r
    FROM live l, LATERAL (
        SELECT d.posted_on AS day,
               l.amount - coalesce(sum(d.amount) OVER (ORDER BY d.posted_on DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS closing
        FROM (SELECT posted_on, sum(amount) AS amount FROM posting
              WHERE subaccount_id = sub AND posted_on >= since GROUP BY 1) d) t
    WHERE l.subaccount_id = sub AND l.sign * t.closing < l.floor;
    IF r.day IS NOT NULL THEN
        PERFORM refuse('ledger.dated_floor', format('%s %s would fall short on %s', a.name, u.code, r.day),
                       'Choose a later date, or first enter what arrived before.')
        FROM subaccount s JOIN account a ON a.id = s.account_id JOIN unit u ON u.id = s.unit_id WHERE s.id = sub;
    END IF;
END $$;

-- Move guards over several subaccounts, after the live rows, in key order.
CREATE FUNCTION move_guards(ids bigint[], amounts bigint[], vals bigint[]) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    guards bigint[];
    moves bigint[];
BEGIN
    SELECT array_agg(m.id ORDER BY m.id), array_agg(m.move ORDER BY m.id) INTO guards, moves
    FROM (SELECT g.id, sum(CASE g.measure WHEN 'amount' THEN d.amount ELSE d.value END)::bigint AS move
          FROM unnest(ids, amounts, vals) d(id, amount, value)
          JOIN guard_member m ON m.subaccount_id = d.id JOIN guard g ON g.id = m.guard_id GROUP BY 1) m;
    PERFORM FROM guard g WHERE g.id = ANY (guards) ORDER BY g.id FOR UPDATE;
    UPDATE guard g SET balance = g.balance + d.move FROM unnest(guards, moves) d(id, move) WHERE g.id = d.id;
    PERFORM refuse_shared(guards, moves);
END $$;
