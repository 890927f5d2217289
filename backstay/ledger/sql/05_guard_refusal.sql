-- What a place is called: the domain that keeps places says it (inventory replaces this function).
CREATE FUNCTION place_name(place bigint) RETURNS text LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$ SELECT 'place ' || place $$;

-- Say which bound was hit, and what is free, in words a clerk can use.
CREATE FUNCTION refuse_guard(subs bigint[], amounts bigint[]) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE r record;
BEGIN
    SELECT a.name AS account, u.code AS unit, u.scale, l.*, d.amount AS wanted, s.item, s.party_id, s.place_id,
           (SELECT string_agg(h.source || ' ' || figure(h.remaining, u.scale), ', ' ORDER BY h.nth) FILTER (WHERE h.nth <= 5)
                   || CASE WHEN count(*) > 5 THEN format(' and %s more', count(*) - 5) ELSE '' END
              FROM (SELECT source, remaining, row_number() OVER (ORDER BY remaining DESC, id) AS nth FROM hold
                    WHERE subaccount_id = l.subaccount_id AND state = 'pending') h) AS holders
    INTO r
    FROM (SELECT id, sum(amount) AS amount FROM unnest(subs, amounts) t(id, amount) GROUP BY 1) d
    JOIN live l ON l.subaccount_id = d.id
    JOIN subaccount s ON s.id = l.subaccount_id JOIN account a ON a.id = s.account_id JOIN unit u ON u.id = s.unit_id
    WHERE l.sign <> 0 AND l.sign * (l.amount + d.amount) - l.held < l.floor
    ORDER BY l.subaccount_id LIMIT 1;
    IF r IS NULL THEN
        RETURN;
    END IF;
    PERFORM refuse('ledger.guard',
        format('%s %s%s%s: %s wanted, %s free%s', r.account, r.unit,
               CASE WHEN r.item <> '' THEN ' ' || r.item ELSE '' END,
               CASE WHEN r.place_id <> 0 THEN ' at ' || place_name(r.place_id) ELSE '' END,
               figure(abs(r.wanted), r.scale), figure(greatest(r.sign * r.amount - r.held - r.floor, 0), r.scale),
               CASE WHEN r.held > 0 THEN format(' (%s on hand, %s held by %s)', figure(r.sign * r.amount, r.scale),
                                                figure(r.held, r.scale), r.holders) ELSE '' END),
        'Take less, or free what is held.');
END $$;

-- The same for a bound over several subaccounts.
CREATE FUNCTION refuse_shared(guards bigint[], moves bigint[]) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE r record;
BEGIN
    SELECT g.*, u.scale, u.code AS unit INTO r
    FROM guard g JOIN unnest(guards, moves) d(id, move) ON d.id = g.id
    JOIN company c ON c.id = g.company_id JOIN unit u ON u.id = c.currency_id
    WHERE g.active AND g.sign * g.balance - g.held < g.floor AND g.sign * d.move < 0
    ORDER BY g.id LIMIT 1;
    IF r IS NOT NULL THEN
        PERFORM refuse('ledger.guard', format('%s: limit %s %s, used %s, held %s', r.code, r.unit,
            figure(-r.floor, r.scale), figure(-r.sign * r.balance, r.scale), figure(r.held, r.scale)),
            'Raise the limit, or settle what is open.');
    END IF;
END $$;
