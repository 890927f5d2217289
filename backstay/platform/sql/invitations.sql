-- What an invitation says to whoever holds its link: asked before one is anybody here.
CREATE FUNCTION invitation_of(wanted text)
RETURNS TABLE (id bigint, company bigint, name text, email text, actor text, open boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT i.id, i.company_id, c.name, i.email, i.invited_by,
           i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.ends_at > now()
    FROM platform_invitation i JOIN company c ON c.id = i.company_id WHERE i.digest = wanted
$$;
