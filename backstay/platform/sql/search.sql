-- Words of a text: lower case, without accents, at most 60 characters each.
CREATE FUNCTION words_of(text text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
    SELECT DISTINCT left(w, 60) FROM regexp_split_to_table(
        translate(replace(replace(regexp_replace(normalize(lower(text), NFD), '[\u0300-\u036f]', '', 'g'),
            'ß', 'ss'), 'æ', 'ae'), 'øłđı', 'oldi'), '[^[:alnum:]]+') w
    WHERE w <> ''
$$;

-- The words of a row's columns (arguments: kind, columns …); the row's company is the table's own.
CREATE FUNCTION keep_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    said text := '';
    name text;
    told jsonb := to_jsonb(NEW);
BEGIN
    FOREACH name IN ARRAY TG_ARGV[1:] LOOP
        said := said || ' ' || coalesce(told ->> name, '');
    END LOOP;
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM platform_word WHERE company_id = NEW.company_id AND kind = TG_ARGV[0] AND object_id = NEW.id;
    END IF;
    INSERT INTO platform_word (company_id, kind, object_id, word)
    SELECT NEW.company_id, TG_ARGV[0], NEW.id, w FROM words_of(said) w;
    RETURN NULL;
END $$;
