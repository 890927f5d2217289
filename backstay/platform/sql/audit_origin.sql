-- Where a change comes from: what the program told for this transaction, else the connection.
CREATE FUNCTION audit_origin() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('backstay.origin', true), ''),
                    left(concat_ws(' ', 'sql', nullif(current_setting('application_name', true), ''), host(inet_client_addr())), 200))
$$;
CREATE FUNCTION audit_actor() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('backstay.actor', true), ''), 'sql:' || session_user)
$$;

