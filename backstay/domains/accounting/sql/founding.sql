-- Who may make a company: anybody who can sign in while there is none, then the owners of one.
CREATE FUNCTION may_found(who bigint, today date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT NOT EXISTS (SELECT FROM company) OR EXISTS (
        SELECT FROM platform_membership m JOIN platform_user u ON u.id = m.user_id AND u.is_active
        WHERE m.user_id = who AND m.role = 'owner' AND m.since_on <= today AND (m.until_on IS NULL OR m.until_on >= today))
$$;

-- Companies made at the console before anybody could sign in: the first owner gets them.
CREATE FUNCTION companies_of_nobody() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT c.id FROM company c WHERE NOT EXISTS (SELECT FROM platform_membership m WHERE m.company_id = c.id) ORDER BY c.id
$$;
