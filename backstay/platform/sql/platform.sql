-- Drawing numbers: the series row is made on first use and stays locked until commit.
CREATE FUNCTION draw_numbers(series_code text, default_prefix text, years int[], counts bigint[])
RETURNS TABLE (year int, prefix text, width smallint, first bigint)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO platform_series (code, year, prefix, width, next)
    SELECT series_code, y, default_prefix, 5, 1 FROM unnest(years) y
    WHERE NOT EXISTS (
        SELECT FROM platform_series s
        WHERE s.company_id = company() AND s.code = series_code AND s.year = y)
    ORDER BY y
    ON CONFLICT DO NOTHING;
    PERFORM FROM platform_series s
    WHERE s.company_id = company() AND s.code = series_code AND s.year = ANY (years)
    ORDER BY s.year FOR UPDATE;
    RETURN QUERY
    UPDATE platform_series s SET next = s.next + c.n
    FROM unnest(years, counts) c(y, n)
    WHERE s.company_id = company() AND s.code = series_code AND s.year = c.y
    RETURNING s.year, s.prefix::text, s.width, s.next - c.n;
END $$;

-- A posted document changes only in the columns its migration names (its state, mostly); it is never deleted.
CREATE FUNCTION frozen_document() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '% % is posted: it is reversed, never deleted', TG_TABLE_NAME, OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'platform.frozen';
    ELSIF to_jsonb(OLD) - TG_ARGV <> to_jsonb(NEW) - TG_ARGV THEN
        RAISE EXCEPTION '% % is posted: only % may change', TG_TABLE_NAME, OLD.id, array_to_string(TG_ARGV, ', ')
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'platform.frozen';
    END IF;
    RETURN NEW;
END $$;

-- Lines of a posted document: none comes, none goes, only the named columns change.
-- Arguments: parent table, column that points to it, columns that may change.
CREATE FUNCTION frozen_lines() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    parent_table text := TG_ARGV[0];
    parent_key text := TG_ARGV[1];
    changed text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT %2$I FROM new_rows'
        ELSE 'SELECT %2$I FROM old_rows' END;
    bad bigint;
BEGIN
    EXECUTE format('SELECT p.id FROM %1$I p WHERE p.posted_at IS NOT NULL AND p.id IN (' || changed || ') LIMIT 1',
                   parent_table, parent_key) INTO bad;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION '% % is posted: its lines are frozen', parent_table, bad
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'platform.frozen';
    END IF;
    RETURN NULL;
END $$;

-- The same for an UPDATE that names a column which is not free.
CREATE FUNCTION frozen_line() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    bad bigint;
BEGIN
    IF to_jsonb(OLD) - TG_ARGV[2:] = to_jsonb(NEW) - TG_ARGV[2:] THEN
        RETURN NEW;
    END IF;
    EXECUTE format('SELECT id FROM %I WHERE posted_at IS NOT NULL AND id IN ($1, $2)', TG_ARGV[0])
    INTO bad USING (to_jsonb(OLD) ->> TG_ARGV[1])::bigint, (to_jsonb(NEW) ->> TG_ARGV[1])::bigint;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION '% % is posted: its lines are frozen', TG_ARGV[0], bad
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'platform.frozen';
    END IF;
    RETURN NEW;
END $$;

-- Every change of a record leaves its old values, whoever made it; the revision counts them.
CREATE FUNCTION keep_history() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO platform_auditevent (company_id, actor, request, kind, object_id, event, data)
    VALUES (OLD.company_id,
            coalesce(nullif(current_setting('backstay.actor', true), ''), 'sql:' || session_user),
            coalesce(current_setting('backstay.request', true), ''),
            TG_TABLE_NAME, OLD.id, lower(TG_OP), to_jsonb(OLD));
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    NEW.revision := OLD.revision + 1;
    RETURN NEW;
END $$;

CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RAISE EXCEPTION '% on %: rows are only added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'platform.append_only';
END $$;

-- The worker serves every company: which ones have something due is all it may learn without a company.
CREATE FUNCTION companies_with_outbox() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT DISTINCT company_id FROM platform_outbox WHERE delivered_at IS NULL AND due_at <= now()
$$;

-- The companies a user works for on a day: asked before one is chosen.
CREATE FUNCTION companies_of(who bigint, today date) RETURNS TABLE (id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT c.id, c.name FROM platform_membership m
    JOIN company c ON c.id = m.company_id
    JOIN platform_user u ON u.id = m.user_id AND u.is_active
    WHERE m.user_id = who AND m.since_on <= today AND (m.until_on IS NULL OR m.until_on >= today)
    ORDER BY c.name, c.id
$$;

-- The role an actor has in the current company today; nothing for a stranger.
CREATE FUNCTION role_of(actor text, today date) RETURNS text
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT CASE
        WHEN actor LIKE 'system:%' THEN 'system'
        WHEN actor ~ '^user:[0-9]{1,18}$' THEN (
            SELECT m.role FROM platform_membership m JOIN platform_user u ON u.id = m.user_id AND u.is_active
            WHERE m.user_id = substr(actor, 6)::bigint AND m.company_id = company()
              AND m.since_on <= today AND (m.until_on IS NULL OR m.until_on >= today))
    END
$$;
