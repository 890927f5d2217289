-- Post many entries in one statement: the run-time role's only way in.
--   e_*  one element an entry; e_kind the kind of its period
--   s_*  one element a subaccount (distinct): it is made where it does not exist
--   p_*  one element a posting: the ordinals of its entry and subaccount
--   h_*  holds that this call consumes, and how much of each
-- Locks always in this order: keys, periods, live rows in key order, guards in key order.
CREATE FUNCTION post(
    e_key text[], e_on date[], e_document_on date[], e_kind text[], e_journal text[], e_source text[], e_event text[],
    e_text text[], e_reverses bigint[], e_storno boolean[],
    s_account bigint[], s_unit bigint[], s_party bigint[], s_item text[], s_place bigint[], s_dims bigint[], s_side smallint[],
    p_entry int[], p_sub int[], p_amount bigint[], p_value bigint[],
    h_id bigint[], h_amount bigint[])
RETURNS TABLE (ord int, entry_id bigint, repeated boolean) LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
    me record;
    n int := cardinality(e_on);
    ids bigint[];
    old bigint[];
    periods bigint[];
    subs bigint[];
BEGIN
    SELECT * INTO me FROM who();
    ids := ARRAY(SELECT nextval(pg_get_serial_sequence('entry', 'id')) FROM generate_series(1, n));
    IF array_remove(e_key, NULL) <> '{}' THEN
        old := repeated_keys(e_key, ids);
    END IF;
    SELECT array_agg(coalesce(p.id, 0) ORDER BY d.o) INTO periods
    FROM unnest(e_on, e_kind) WITH ORDINALITY d(day, kind, o)
    LEFT JOIN LATERAL (
        SELECT id FROM period x WHERE x.company_id = me.company AND x.kind = d.kind AND d.day >= x.starts AND d.day <= x.ends
        ORDER BY x.starts DESC LIMIT 1) p ON true;
    PERFORM hold_periods(ARRAY(SELECT DISTINCT x FROM unnest(periods) x));
    subs := intern(s_account, s_unit, s_party, s_item, s_place, s_dims, s_side);
    IF h_id <> '{}' AND (old IS NULL OR array_position(old, NULL) IS NOT NULL) THEN  -- a whole repeat touches no hold
        PERFORM spend_holds(h_id, h_amount, subs);
    END IF;
    IF old IS NOT NULL THEN
        PERFORM same_postings(old, subs, p_entry, p_sub, p_amount, p_value);
    END IF;
    WITH e AS (
        INSERT INTO entry (id, company_id, period_id, journal, posted_on, document_on, source, event, text, actor, reverses, storno)
        SELECT ids[o], me.company, periods[o], t.j, t.d, coalesce(t.dd, t.d), t.s, t.ev, t.x, me.actor, t.r, t.st
        FROM unnest(e_journal, e_on, e_document_on, e_source, e_event, e_text, e_reverses, e_storno)
             WITH ORDINALITY t(j, d, dd, s, ev, x, r, st, o)
        WHERE old IS NULL OR old[o] IS NULL)
    INSERT INTO posting (entry_id, line, subaccount_id, amount, value, company_id, period_id, posted_on)
    SELECT ids[t.e], row_number() OVER (PARTITION BY t.e ORDER BY t.o), subs[t.s], t.a, t.v, me.company, periods[t.e], e_on[t.e]
    FROM unnest(p_entry, p_sub, p_amount, p_value) WITH ORDINALITY t(e, s, a, v, o)
    WHERE old IS NULL OR old[t.e] IS NULL;
    RETURN QUERY SELECT o::int, coalesce(old[o], ids[o]), old[o] IS NOT NULL FROM generate_series(1, n) o;
END $$;

-- Claim the keys; a writer with the same key in flight is waited for. Returns the entry of each key that was
-- used before, NULL for a new one.
CREATE FUNCTION repeated_keys(keys text[], ids bigint[]) RETURNS bigint[] LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    mine bigint := company();
    old bigint[];
BEGIN
    INSERT INTO idempotency (company_id, key, entry_id)
    SELECT mine, k, ids[o] FROM unnest(keys) WITH ORDINALITY t(k, o) WHERE k IS NOT NULL ORDER BY k, o
    ON CONFLICT DO NOTHING;
    SELECT array_agg(CASE WHEN i.entry_id <> ids[o] THEN i.entry_id END ORDER BY o) INTO old
    FROM unnest(keys) WITH ORDINALITY t(k, o)
    LEFT JOIN LATERAL (SELECT entry_id FROM idempotency i WHERE i.company_id = mine AND i.key = t.k OFFSET 0) i ON true;
    IF array_remove(old, NULL) = '{}' THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM unnest(old) o WHERE o = ANY (ids)) THEN
        PERFORM refuse('ledger.idempotency', 'a key stands twice in one call');
    END IF;
    RETURN old;
END $$;

-- The same key must mean the same postings; compared only on a repeat.
CREATE FUNCTION same_postings(old bigint[], subs bigint[], p_entry int[], p_sub int[], p_amount bigint[], p_value bigint[])
RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE bad bigint;
BEGIN
    SELECT coalesce(x.e, y.e) INTO bad
    FROM (SELECT old[t.e] AS e, subs[t.s] AS s, t.a, t.v, count(*) AS c FROM unnest(p_entry, p_sub, p_amount, p_value) t(e, s, a, v)
          WHERE old[t.e] IS NOT NULL GROUP BY 1, 2, 3, 4) x
    FULL JOIN (SELECT q.entry_id AS e, q.subaccount_id AS s, q.amount AS a, q.value AS v, count(*) AS c FROM posting q
               WHERE q.entry_id = ANY (old) GROUP BY 1, 2, 3, 4) y
      ON (x.e, x.s, x.a, x.v, x.c) = (y.e, y.s, y.a, y.v, y.c)
    WHERE x.e IS NULL OR y.e IS NULL LIMIT 1;
    IF bad IS NOT NULL THEN
        PERFORM refuse('ledger.idempotency', format('the key of entry %s was used with other postings', bad),
                       'Use a new key for another effect.');
    END IF;
END $$;

-- The exact negation of entries, dated in an open period; the same rules hold as for any posting.
CREATE FUNCTION reverse(entries bigint[], days date[], sources text[], events text[], texts text[], as_storno boolean)
RETURNS SETOF bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET jit = off AS $$
DECLARE
    me record;
    ids bigint[];
    periods bigint[];
    kinds text[];
BEGIN
    SELECT * INTO me FROM who();
    IF EXISTS (SELECT FROM unnest(entries) x(id) LEFT JOIN entry e ON e.id = x.id AND e.company_id = me.company WHERE e.id IS NULL) THEN
        PERFORM refuse('ledger.cross_company', 'an entry to reverse does not exist');
    END IF;
    ids := ARRAY(SELECT nextval(pg_get_serial_sequence('entry', 'id')) FROM unnest(entries));
    SELECT array_agg(coalesce(p.id, 0) ORDER BY d.o) INTO periods
    FROM unnest(days, entries) WITH ORDINALITY d(day, entry, o)
    JOIN entry e ON e.id = d.entry JOIN period own ON own.id = e.period_id
    LEFT JOIN LATERAL (
        SELECT id FROM period x
        WHERE x.company_id = me.company AND d.day BETWEEN x.starts AND x.ends AND x.kind IN ('regular', own.kind)
        ORDER BY x.kind = own.kind AND own.kind <> 'regular' DESC, x.starts DESC LIMIT 1) p ON true;
    PERFORM hold_periods(ARRAY(SELECT DISTINCT x FROM unnest(periods) x));
    WITH e AS (
        INSERT INTO entry (id, company_id, period_id, journal, posted_on, document_on, source, event, text, actor, reverses, storno)
        SELECT ids[o], me.company, periods[o], x.journal, days[o], days[o], sources[o], events[o], texts[o], me.actor, x.id, as_storno
        FROM unnest(entries) WITH ORDINALITY t(id, o) JOIN entry x ON x.id = t.id)
    INSERT INTO posting (entry_id, line, subaccount_id, amount, value, company_id, period_id, posted_on)
    SELECT ids[o], p.line, p.subaccount_id, -p.amount, -p.value, me.company, periods[o], days[o]
    FROM unnest(entries) WITH ORDINALITY t(id, o) JOIN posting p ON p.entry_id = t.id;
    RETURN QUERY SELECT unnest(ids);
END $$;
