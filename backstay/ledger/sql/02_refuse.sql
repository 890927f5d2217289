-- A refusal: the rule's code travels as the constraint's name.
CREATE FUNCTION refuse(rule text, message text, hint text DEFAULT '') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', message USING ERRCODE = 'check_violation', CONSTRAINT = rule, HINT = hint;
END $$;

-- Company and actor of this transaction, or a refusal.
CREATE FUNCTION who(OUT company bigint, OUT actor text) LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
BEGIN
    company := company();
    actor := nullif(current_setting('backstay.actor', true), '');
    IF company IS NULL OR actor IS NULL THEN
        PERFORM refuse('access.company', 'company and actor are not set in this transaction');
    END IF;
END $$;

-- A figure for people: 1234 at scale 2 is 12.34.
CREATE FUNCTION figure(steps numeric, scale int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT trim_scale(round(steps / 10::numeric ^ scale, scale))::text
$$;

-- The lock that a posting shares on its period and a close takes alone. Schemas of one server do not collide.
CREATE FUNCTION period_key(period bigint) RETURNS bigint LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT hashtextextended(current_schema() || '.period.' || period, 0)
$$;

-- Enter a company: set company, actor and request for this transaction, return what every posting needs.
CREATE FUNCTION begin_work(company_id bigint, actor text, request text)
RETURNS TABLE (currency_id bigint, currency_code text, scale smallint, settings jsonb, accounts jsonb)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('backstay.company', begin_work.company_id::text, true),
            set_config('backstay.actor', begin_work.actor, true),
            set_config('backstay.request', begin_work.request, true);
    RETURN QUERY
    SELECT c.currency_id, u.code, u.scale, c.settings || jsonb_build_object('name', c.name),
           (SELECT jsonb_object_agg(a.role, a.id) FROM account a
             WHERE a.company_id = begin_work.company_id AND a.role IS NOT NULL)
    FROM company c JOIN unit u ON u.id = c.currency_id WHERE c.id = begin_work.company_id;
    IF NOT FOUND THEN
        PERFORM refuse('access.company', format('there is no company %s', begin_work.company_id));
    END IF;
END $$;

-- The side a posting shows on. A storno shows as negative on the original side, so turnovers shrink.
CREATE FUNCTION debit_of(value bigint, storno boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN storno THEN least(value, 0) ELSE greatest(value, 0) END
$$;
CREATE FUNCTION credit_of(value bigint, storno boolean) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN storno THEN least(-value, 0) ELSE greatest(-value, 0) END
$$;
