-- Expire what is overdue on these rows, whose locks are held: availability never waits for a job.
CREATE FUNCTION expire_locked(subs bigint[], guards bigint[]) RETURNS int LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE n int;
BEGIN
    WITH due AS (
        SELECT id, remaining FROM hold
        WHERE state = 'pending' AND expires_at <= clock_timestamp() AND (subaccount_id = ANY (subs) OR guard_id = ANY (guards))),
    gone AS (
        UPDATE hold h SET state = 'expired', remaining = 0 FROM due WHERE h.id = due.id
        RETURNING h.id, h.company_id, h.subaccount_id, h.guard_id, due.remaining),
    told AS (INSERT INTO hold_event (company_id, hold_id, kind, amount, actor)
             SELECT company_id, id, 'expire', remaining, 'system:job' FROM gone),
    freed AS (UPDATE live l SET held = l.held - s.amount
              FROM (SELECT subaccount_id, sum(remaining) AS amount FROM gone GROUP BY 1) s WHERE l.subaccount_id = s.subaccount_id),
    loosened AS (UPDATE guard g SET held = g.held - s.amount
                 FROM (SELECT guard_id, sum(remaining) AS amount FROM gone GROUP BY 1) s WHERE g.id = s.guard_id)
    SELECT count(*) INTO n FROM gone;
    RETURN n;
END $$;

-- Lock the rows that holds stand on, live rows before guards, each in key order.
CREATE FUNCTION lock_bounds(subs bigint[], guards bigint[]) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM FROM live l WHERE l.subaccount_id = ANY (subs) ORDER BY l.subaccount_id FOR UPDATE;
    PERFORM FROM guard g WHERE g.id = ANY (guards) ORDER BY g.id FOR UPDATE;
END $$;

-- Reserve: all or none. A want names a subaccount (by the ordinal of its spec) or a guard.
CREATE FUNCTION reserve(
    s_account bigint[], s_unit bigint[], s_party bigint[], s_item text[], s_place bigint[], s_dims bigint[], s_side smallint[],
    w_sub int[], w_guard bigint[], w_amount bigint[], w_until timestamptz[], w_source text[])
RETURNS SETOF bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET jit = off AS $$
DECLARE
    me record;
    subs bigint[];
    guards bigint[];
    ids bigint[];
BEGIN
    SELECT * INTO me FROM who();
    subs := coalesce(intern(s_account, s_unit, s_party, s_item, s_place, s_dims, s_side), '{}');
    guards := ARRAY(SELECT DISTINCT g FROM unnest(w_guard) g WHERE g IS NOT NULL);
    PERFORM lock_bounds(subs, guards);
    IF (SELECT count(*) FROM live WHERE subaccount_id = ANY (subs) AND sign <> 0) <> (SELECT count(DISTINCT x) FROM unnest(subs) x)
       OR (SELECT count(*) FROM guard g WHERE g.id = ANY (guards) AND g.company_id = me.company) <> cardinality(guards) THEN
        PERFORM refuse('ledger.guard', 'a hold needs a guarded subaccount or a guard of this company');
    END IF;
    PERFORM expire_locked(subs, guards);
    BEGIN
        UPDATE live l SET held = l.held + t.amount
        FROM (SELECT subs[s] AS id, sum(a) AS amount FROM unnest(w_sub, w_amount) w(s, a) WHERE s IS NOT NULL GROUP BY 1) t
        WHERE l.subaccount_id = t.id;
    EXCEPTION WHEN check_violation THEN
        PERFORM refuse_hold(subs, w_sub, w_amount);
        RAISE;
    END;
    UPDATE guard g SET held = g.held + t.amount
    FROM (SELECT id, sum(a) AS amount FROM unnest(w_guard, w_amount) w(id, a) WHERE id IS NOT NULL GROUP BY 1) t WHERE g.id = t.id;
    PERFORM refuse_shared(guards, ARRAY(SELECT -g.sign FROM unnest(guards) WITH ORDINALITY x(id, o) JOIN guard g ON g.id = x.id ORDER BY o));
    ids := ARRAY(SELECT nextval(pg_get_serial_sequence('hold', 'id')) FROM unnest(w_amount));
    INSERT INTO hold (id, company_id, subaccount_id, guard_id, amount, remaining, expires_at, source, actor)
    SELECT ids[o], me.company, subs[s], g, a, a, u, src, me.actor
    FROM unnest(w_sub, w_guard, w_amount, w_until, w_source) WITH ORDINALITY t(s, g, a, u, src, o);
    RETURN QUERY SELECT unnest(ids);
END $$;

-- Why a reservation does not fit, by the first subaccount that lacks.
CREATE FUNCTION refuse_hold(subs bigint[], w_sub int[], w_amount bigint[]) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    ids bigint[];
    wanted bigint[];
BEGIN
    SELECT array_agg(l.subaccount_id), array_agg(-l.sign * t.amount) INTO ids, wanted
    FROM (SELECT subs[s] AS id, sum(a)::bigint AS amount FROM unnest(w_sub, w_amount) w(s, a) WHERE s IS NOT NULL GROUP BY 1) t
    JOIN live l ON l.subaccount_id = t.id;
    PERFORM refuse_guard(ids, wanted);
END $$;

-- Consume parts of holds; called by post() before the postings, rows of these subaccounts are locked with them.
CREATE FUNCTION spend_holds(holds bigint[], amounts bigint[], subs bigint[]) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    me record;
    r record;
    bad record;
BEGIN
    SELECT * INTO me FROM who();
    SELECT array_agg(DISTINCT h.subaccount_id) FILTER (WHERE h.subaccount_id IS NOT NULL) AS held_subs,
           array_agg(DISTINCT h.guard_id) FILTER (WHERE h.guard_id IS NOT NULL) AS held_guards
    INTO r FROM hold h WHERE h.id = ANY (holds) AND h.company_id = me.company;
    PERFORM lock_bounds(coalesce(r.held_subs, '{}') || subs, coalesce(r.held_guards, '{}'));
    SELECT t.id, h.remaining, h.state, h.source, t.amount INTO bad
    FROM (SELECT id, sum(amount) AS amount FROM unnest(holds, amounts) t(id, amount) GROUP BY 1) t
    LEFT JOIN hold h ON h.id = t.id AND h.company_id = me.company
    WHERE h.id IS NULL OR h.state <> 'pending' OR h.expires_at <= clock_timestamp() OR t.amount > h.remaining OR t.amount <= 0
       OR (h.subaccount_id IS NOT NULL AND h.subaccount_id <> ALL (subs))
       OR (h.guard_id IS NOT NULL AND NOT EXISTS (
               SELECT FROM guard g LEFT JOIN guard_member m ON m.guard_id = g.id AND m.subaccount_id = ANY (subs)
               WHERE g.id = h.guard_id AND m.guard_id IS NOT NULL))
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('ledger.hold_spent', CASE
            WHEN bad.state IS NULL THEN format('there is no hold %s', bad.id)
            WHEN bad.state <> 'pending' THEN format('the hold of %s is %s', bad.source, bad.state)
            ELSE format('the hold of %s is overdue, of other goods, or has less left (%s) than %s', bad.source, bad.remaining, bad.amount) END);
    END IF;
    WITH t AS (SELECT id, sum(amount)::bigint AS amount FROM unnest(holds, amounts) t(id, amount) GROUP BY 1),
    h AS (UPDATE hold h SET remaining = h.remaining - t.amount, state = CASE WHEN h.remaining = t.amount THEN 'posted' ELSE 'pending' END
          FROM t WHERE h.id = t.id RETURNING h.id, h.subaccount_id, h.guard_id, t.amount),
    told AS (INSERT INTO hold_event (company_id, hold_id, kind, amount, actor) SELECT me.company, id, 'post', amount, me.actor FROM h),
    freed AS (UPDATE live l SET held = l.held - s.amount
              FROM (SELECT subaccount_id, sum(amount) AS amount FROM h GROUP BY 1) s WHERE l.subaccount_id = s.subaccount_id)
    UPDATE guard g SET held = g.held - s.amount
    FROM (SELECT guard_id, sum(amount) AS amount FROM h GROUP BY 1) s WHERE g.id = s.guard_id;
END $$;

-- Void what is left of holds; returns how many were still pending.
CREATE FUNCTION release(holds bigint[]) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    me record;
    n int;
BEGIN
    SELECT * INTO me FROM who();
    PERFORM lock_bounds(
        ARRAY(SELECT subaccount_id FROM hold WHERE id = ANY (holds) AND company_id = me.company AND subaccount_id IS NOT NULL),
        ARRAY(SELECT guard_id FROM hold WHERE id = ANY (holds) AND company_id = me.company AND guard_id IS NOT NULL));
    WITH due AS (SELECT id, remaining FROM hold WHERE id = ANY (holds) AND company_id = me.company AND state = 'pending'),
    gone AS (UPDATE hold h SET state = 'void', remaining = 0 FROM due WHERE h.id = due.id
             RETURNING h.id, h.subaccount_id, h.guard_id, due.remaining),
    told AS (INSERT INTO hold_event (company_id, hold_id, kind, amount, actor) SELECT me.company, id, 'void', remaining, me.actor FROM gone),
    freed AS (UPDATE live l SET held = l.held - s.amount
              FROM (SELECT subaccount_id, sum(remaining) AS amount FROM gone GROUP BY 1) s WHERE l.subaccount_id = s.subaccount_id),
    loosened AS (UPDATE guard g SET held = g.held - s.amount
                 FROM (SELECT guard_id, sum(remaining) AS amount FROM gone GROUP BY 1) s WHERE g.id = s.guard_id)
    SELECT count(*) INTO n FROM gone;
    RETURN n;
END $$;

-- Expire everything overdue, of all companies; the schedule calls it.
CREATE FUNCTION expire() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    subs bigint[];
    guards bigint[];
BEGIN
    SELECT coalesce(array_agg(DISTINCT subaccount_id) FILTER (WHERE subaccount_id IS NOT NULL), '{}'),
           coalesce(array_agg(DISTINCT guard_id) FILTER (WHERE guard_id IS NOT NULL), '{}')
    INTO subs, guards FROM hold WHERE state = 'pending' AND expires_at <= clock_timestamp();
    PERFORM lock_bounds(subs, guards);
    RETURN expire_locked(subs, guards);
END $$;
