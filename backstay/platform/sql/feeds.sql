-- What the secret of a calendar feed says to whoever holds it: asked before one is anybody here. ``good``: it has not ended, and
-- its person works for the company. That it was used is noted at most every five minutes.
CREATE FUNCTION feed_of(wanted text, moment timestamptz, day date)
RETURNS TABLE (id bigint, company bigint, user_id bigint, language text, name text, path text, query text, good boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE found record;
BEGIN
    SELECT f.*, u.language, f.ended_at IS NULL AND f.ends_at > moment AND u.is_active
           AND EXISTS (SELECT FROM platform_membership m WHERE m.company_id = f.company_id AND m.user_id = f.user_id
                       AND m.since_on <= day AND (m.until_on IS NULL OR m.until_on >= day)) AS good
      INTO found FROM platform_feed f JOIN platform_user u ON u.id = f.user_id WHERE f.digest = wanted;
    IF found.id IS NULL THEN
        RETURN;
    END IF;
    IF found.good AND (found.used_at IS NULL OR found.used_at < moment - interval '5 minutes') THEN
        UPDATE platform_feed f SET used_at = moment WHERE f.id = found.id;
    END IF;
    RETURN QUERY SELECT found.id::bigint, found.company_id::bigint, found.user_id::bigint, found.language::text, found.name::text,
                        found.path::text, found.query::text, found.good::boolean;
END$$;
