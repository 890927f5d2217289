-- A company comes into being here alone: the run-time role cannot see companies it does not work for.
CREATE FUNCTION create_company(company_name text, currency_code text, currency_scale smallint, company_settings jsonb)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    made bigint;
    money bigint;
BEGIN
    INSERT INTO unit (code, kind, scale) VALUES (currency_code, 'currency', currency_scale) ON CONFLICT DO NOTHING;
    SELECT id INTO money FROM unit WHERE company_id IS NULL AND code = currency_code AND kind = 'currency';
    INSERT INTO company (name, currency_id, settings) VALUES (company_name, money, company_settings) RETURNING id INTO made;
    RETURN made;
END $$;
