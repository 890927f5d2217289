-- Tables whose words were kept row by row, and the words of rows that went without telling.
DO $$
DECLARE
    t record;
    args text[];
BEGIN
    FOR t IN SELECT tgrelid::regclass AS searched, tgargs FROM pg_trigger
        WHERE tgname = 'words_insert' AND tgfoid = 'keep_words'::regproc
    LOOP
        args := string_to_array(encode(t.tgargs, 'escape'), '\000');  -- ends with an empty one
        PERFORM keep_words_of(t.searched, args[1], args[2:cardinality(args) - 1]);
        EXECUTE format('DELETE FROM platform_word w WHERE kind = %L AND NOT EXISTS (SELECT FROM %s o WHERE o.id = w.object_id)',
            args[1], t.searched);
    END LOOP;
END $$;

-- A word's company is that of the row it was made from, by these triggers only: asking for each word again says nothing.
ALTER TABLE platform_word DROP CONSTRAINT IF EXISTS platform_word_company;
ALTER TABLE platform_word DROP CONSTRAINT IF EXISTS platform_word_company_id_id_key;
