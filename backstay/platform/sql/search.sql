-- May run again over what an earlier version made (migration 0006).

-- Words of a text: lower case, without accents, at most 60 characters each. Without a search path of its own it becomes
-- part of the statement that asks: a call costs more than the words.
CREATE OR REPLACE FUNCTION words_of(text text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT left(w, 60) FROM regexp_split_to_table(
        translate(replace(replace(regexp_replace(normalize(lower(text), NFD), '[\u0300-\u036f]', '', 'g'),
            'ß', 'ss'), 'æ', 'ae'), 'øłđı', 'oldi'), '[^[:alnum:]]+') w
    WHERE w <> ''
$$;
ALTER FUNCTION words_of(text) RESET ALL;

-- All new rows of a statement together (arguments of all three: kind, columns …); the company is that of each row.
CREATE OR REPLACE FUNCTION keep_new_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    EXECUTE format('INSERT INTO platform_word (company_id, kind, object_id, word) SELECT n.company_id, $1, n.id, w '
        'FROM new_rows n, words_of(concat_ws('' '', %s)) w',
        (SELECT string_agg(format('n.%I', c), ', ') FROM unnest(TG_ARGV[1:]) c)) USING TG_ARGV[0];
    RETURN NULL;
END $$;

-- A row whose texts change: the words it loses, and those it gains. By row, because only then does a trigger stand still
-- while other columns change, as counters of documents do all day.
CREATE OR REPLACE FUNCTION keep_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    told jsonb := to_jsonb(NEW);
    said text[] := ARRAY(SELECT w FROM words_of((SELECT string_agg(told ->> c, ' ') FROM unnest(TG_ARGV[1:]) c)) w);
BEGIN
    DELETE FROM platform_word
    WHERE company_id = NEW.company_id AND kind = TG_ARGV[0] AND object_id = NEW.id AND word <> ALL (said);
    INSERT INTO platform_word (company_id, kind, object_id, word)
    SELECT NEW.company_id, TG_ARGV[0], NEW.id, w FROM unnest(said) w
    WHERE NOT EXISTS (SELECT FROM platform_word o
        WHERE o.company_id = NEW.company_id AND o.kind = TG_ARGV[0] AND o.object_id = NEW.id AND o.word = w);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION drop_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM platform_word w USING old_rows o
    WHERE w.company_id = o.company_id AND w.kind = TG_ARGV[0] AND w.object_id = o.id;
    RETURN NULL;
END $$;

-- Keep the words of a table: of new rows, of changed ones, of those that go.
CREATE OR REPLACE FUNCTION keep_words_of(searched regclass, told text, columns text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    names text := (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) c);
    changed text := (SELECT string_agg(format('OLD.%1$I IS DISTINCT FROM NEW.%1$I', c), ' OR ') FROM unnest(columns) c);
    args text := (SELECT string_agg(quote_literal(a), ', ') FROM unnest(told || columns) a);
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER words_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows '
        'FOR EACH STATEMENT EXECUTE FUNCTION keep_new_words(%s)', searched, args);
    EXECUTE format('CREATE OR REPLACE TRIGGER words_update AFTER UPDATE OF %s ON %s FOR EACH ROW WHEN (%s) '
        'EXECUTE FUNCTION keep_words(%s)', names, searched, changed, args);
    EXECUTE format('CREATE OR REPLACE TRIGGER words_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows '
        'FOR EACH STATEMENT EXECUTE FUNCTION drop_words(%s)', searched, quote_literal(told));
END $$;
