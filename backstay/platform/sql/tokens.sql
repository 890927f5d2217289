-- What a token says to whoever holds it: asked before one is anybody here. That it was used is noted at most every five
-- minutes, so that reading by a program costs no write each time.
CREATE FUNCTION token_of(wanted text, moment timestamptz, day date)
RETURNS TABLE (id bigint, company bigint, user_id bigint, scopes text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE found record;
BEGIN
    SELECT t.* INTO found FROM platform_token t JOIN platform_user u ON u.id = t.user_id
    WHERE t.digest = wanted AND t.ended_at IS NULL AND t.ends_at > moment AND u.is_active
      AND EXISTS (SELECT FROM platform_membership m WHERE m.company_id = t.company_id AND m.user_id = t.user_id
                  AND m.since_on <= day AND (m.until_on IS NULL OR m.until_on >= day));
    IF found.id IS NULL THEN
        RETURN;
    END IF;
    IF found.used_at IS NULL OR found.used_at < moment - interval '5 minutes' THEN
        UPDATE platform_token t SET used_at = moment WHERE t.id = found.id;
    END IF;
    RETURN QUERY SELECT found.id::bigint, found.company_id::bigint, found.user_id::bigint, found.scopes::text;
END$$;

-- Answers older than a moment are forgotten, in every company; how many.
CREATE FUNCTION forget_answers(before timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH gone AS (DELETE FROM platform_answer WHERE at < before RETURNING 1) SELECT count(*) FROM gone
$$;
