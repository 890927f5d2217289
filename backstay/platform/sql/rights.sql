-- What an actor holds in the current company today: {"roles": [[code, rights or null]], "team": [actors]}, as text, which
-- is the same as long as nothing changes. A role that the company has not changed is known to the program (null).
DROP FUNCTION role_of(text, date);
CREATE FUNCTION rights_of(actor text, today date) RETURNS text
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT CASE
        WHEN actor LIKE 'system:%' THEN '"system"'
        WHEN actor ~ '^user:[0-9]{1,18}$' THEN (
            SELECT json_build_object(
                'roles', (
                    SELECT coalesce(json_agg(json_build_array(h.role, r.rights) ORDER BY h.role), '[]') FROM (
                        SELECT DISTINCT m.role FROM platform_membership m
                        WHERE m.user_id = u.id AND m.company_id = company()
                          AND m.since_on <= today AND (m.until_on IS NULL OR m.until_on >= today)) h
                    LEFT JOIN platform_role r ON r.company_id = company() AND r.code = h.role),
                'team', (
                    SELECT coalesce(json_agg(t.mate ORDER BY t.mate), json_build_array(actor)) FROM (
                        SELECT DISTINCT 'user:' || other.user_id AS mate FROM platform_teammember mine
                        JOIN platform_teammember other ON other.company_id = mine.company_id AND other.team = mine.team
                        WHERE mine.user_id = u.id AND mine.company_id = company()
                          AND mine.since_on <= today AND (mine.until_on IS NULL OR mine.until_on >= today)
                          AND other.since_on <= today AND (other.until_on IS NULL OR other.until_on >= today)) t)
            )::text
            FROM platform_user u WHERE u.id = substr(actor, 6)::bigint AND u.is_active)
    END
$$;

-- The companies a user works for on a day: asked before one is chosen. Several roles are one company.
CREATE OR REPLACE FUNCTION companies_of(who bigint, today date) RETURNS TABLE (id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT c.id, c.name FROM company c
    WHERE EXISTS (
        SELECT FROM platform_membership m JOIN platform_user u ON u.id = m.user_id AND u.is_active
        WHERE m.company_id = c.id AND m.user_id = who
          AND m.since_on <= today AND (m.until_on IS NULL OR m.until_on >= today))
    ORDER BY c.name, c.id
$$;

-- Nobody makes himself an owner, or anybody else while he is none; whoever founds a company is its first.
CREATE FUNCTION owners_make_owners() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    actor text := coalesce(current_setting('backstay.actor', true), '');
BEGIN
    IF actor LIKE 'user:%'
       AND EXISTS (SELECT FROM platform_membership WHERE company_id = NEW.company_id AND role = 'owner')
       AND NOT EXISTS (
           SELECT FROM platform_membership
           WHERE company_id = NEW.company_id AND role = 'owner' AND 'user:' || user_id = actor
             AND since_on <= current_date AND (until_on IS NULL OR until_on >= current_date)) THEN
        PERFORM refuse('access.above', 'only an owner makes another', 'Ask an owner.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER owners_make_owners BEFORE INSERT OR UPDATE ON platform_membership
    FOR EACH ROW WHEN (NEW.role = 'owner') EXECUTE FUNCTION owners_make_owners();

-- A company keeps an owner whose role has no end; a practice company may be put away.
CREATE FUNCTION last_owner() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM FROM company WHERE id = OLD.company_id FOR NO KEY UPDATE;
    IF NOT EXISTS (
           SELECT FROM platform_membership m JOIN platform_user u ON u.id = m.user_id AND u.is_active
           WHERE m.company_id = OLD.company_id AND m.role = 'owner' AND m.until_on IS NULL)
       AND EXISTS (SELECT FROM company WHERE id = OLD.company_id AND NOT coalesce((settings ->> 'practice')::boolean, false)) THEN
        PERFORM refuse('access.last_owner', 'the company would have no owner', 'Make somebody else an owner first.');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER last_owner AFTER UPDATE OR DELETE ON platform_membership
    FOR EACH ROW WHEN (OLD.role = 'owner' AND OLD.until_on IS NULL) EXECUTE FUNCTION last_owner();
