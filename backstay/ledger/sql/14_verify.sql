-- Every rule again, over everything that is stored, for the current company: (code, what was found), a row each.
-- Set-based; meant for millions of rows. Nothing found is no row.
CREATE FUNCTION verify_ledger() RETURNS TABLE (code text, found text) LANGUAGE sql STABLE SET search_path FROM CURRENT SET jit = off AS $$
    WITH me AS (SELECT company() AS id),
    p AS (SELECT p.*, s.unit_id, s.base, s.goods, s.memo, s.company_id AS owner, s.id AS sub
          FROM posting p LEFT JOIN subaccount s ON s.id = p.subaccount_id WHERE p.company_id = (SELECT id FROM me)),
    per_entry AS (
        SELECT entry_id, sum(value) AS value, count(*) AS lines, min(line) AS first, max(line) AS last,
               min(period_id) AS period, max(period_id) AS period_max, min(posted_on) AS day, max(posted_on) AS day_max
        FROM p GROUP BY 1),
    sums AS (SELECT subaccount_id, sum(amount) AS amount, sum(value) AS value, max(posted_on) AS last_on FROM p GROUP BY 1)
    SELECT 'ledger.value_balance', 'entry ' || entry_id || ': ' || value FROM per_entry WHERE value <> 0
    UNION ALL
    SELECT 'ledger.unit_conservation', 'entry ' || entry_id || ' unit ' || unit_id || ': ' || sum(amount)
    FROM p WHERE goods GROUP BY entry_id, unit_id HAVING sum(amount) <> 0
    UNION ALL
    SELECT 'ledger.company_currency', 'entry ' || entry_id || ' line ' || line FROM p WHERE base AND NOT memo AND amount <> value
    UNION ALL
    SELECT 'ledger.memo_value', 'entry ' || entry_id || ' line ' || line FROM p WHERE memo AND value <> 0
    UNION ALL
    SELECT 'ledger.empty_posting', 'entry ' || entry_id || ' line ' || line FROM p WHERE amount = 0 AND value = 0
    UNION ALL
    SELECT 'ledger.cross_company', 'entry ' || entry_id || ' line ' || line FROM p WHERE owner IS DISTINCT FROM company_id
    UNION ALL
    SELECT 'ledger.whole_entry', 'entry ' || entry_id || ': ' || lines || ' lines' FROM per_entry WHERE first <> 1 OR last <> lines OR lines < 2
    UNION ALL
    SELECT 'ledger.header', 'entry ' || coalesce(e.id, x.entry_id) || ': header and lines disagree'
    FROM (SELECT * FROM entry WHERE company_id = (SELECT id FROM me)) e FULL JOIN per_entry x ON x.entry_id = e.id
    LEFT JOIN period d ON d.id = e.period_id AND d.company_id = e.company_id
    WHERE e.id IS NULL OR x.entry_id IS NULL OR d.id IS NULL OR e.posted_on NOT BETWEEN d.starts AND d.ends
       OR x.period <> e.period_id OR x.period_max <> e.period_id OR x.day <> e.posted_on OR x.day_max <> e.posted_on
    UNION ALL
    SELECT 'ledger.live', 'subaccount ' || coalesce(l.subaccount_id, x.subaccount_id) || ': ' || coalesce(l.amount, 0) || '/' || coalesce(l.value, 0)
           || ' where postings give ' || coalesce(x.amount, 0) || '/' || coalesce(x.value, 0)
    FROM (SELECT * FROM live WHERE company_id = (SELECT id FROM me)) l
    FULL JOIN (SELECT sums.* FROM sums JOIN subaccount s ON s.id = sums.subaccount_id WHERE s.live) x ON x.subaccount_id = l.subaccount_id
    WHERE l.subaccount_id IS NULL OR (l.amount, l.value) IS DISTINCT FROM (coalesce(x.amount, 0), coalesce(x.value, 0))
    UNION ALL
    SELECT 'ledger.guard', 'subaccount ' || subaccount_id || ': ' || amount || ' less ' || held || ' held' FROM live
    WHERE company_id = (SELECT id FROM me) AND sign <> 0 AND sign * amount - held < floor
    UNION ALL
    SELECT 'ledger.zero_together', 'subaccount ' || s.subaccount_id || ': nothing worth ' || s.value
    FROM sums s JOIN subaccount a ON a.id = s.subaccount_id JOIN account c ON c.id = a.account_id
    WHERE s.amount = 0 AND s.value <> 0 AND c.type IN ('asset', 'liability', 'equity')
    UNION ALL
    SELECT 'ledger.value_sign', 'subaccount ' || s.subaccount_id || ': ' || s.amount || ' worth ' || s.value
    FROM sums s JOIN subaccount a ON a.id = s.subaccount_id WHERE a.goods AND sign(s.amount) * sign(s.value) < 0
    UNION ALL
    SELECT 'ledger.held', 'subaccount ' || l.subaccount_id || ': ' || l.held || ' held, holds have ' || coalesce(h.amount, 0)
    FROM live l LEFT JOIN (SELECT subaccount_id, sum(remaining) AS amount FROM hold WHERE state = 'pending' GROUP BY 1) h USING (subaccount_id)
    WHERE l.company_id = (SELECT id FROM me) AND l.held <> coalesce(h.amount, 0)
    UNION ALL
    SELECT 'ledger.hold_spent', 'hold ' || h.id || ': ' || h.amount || ' less events ' || coalesce(e.amount, 0) || ' leaves ' || h.remaining
    FROM hold h LEFT JOIN (SELECT hold_id, sum(amount) AS amount FROM hold_event GROUP BY 1) e ON e.hold_id = h.id
    WHERE h.company_id = (SELECT id FROM me) AND (h.amount - coalesce(e.amount, 0) <> h.remaining OR (h.remaining = 0) <> (h.state <> 'pending'))
    UNION ALL
    SELECT 'ledger.guard_balance', 'guard ' || g.code || ': ' || g.balance || ', ' || g.held || ' held; members give '
           || coalesce(m.balance, 0) || ', ' || coalesce(h.held, 0)
    FROM guard g
    LEFT JOIN (SELECT m.guard_id, sum(CASE g.measure WHEN 'amount' THEN s.amount ELSE s.value END) AS balance
               FROM guard_member m JOIN guard g ON g.id = m.guard_id JOIN sums s ON s.subaccount_id = m.subaccount_id GROUP BY 1) m ON m.guard_id = g.id
    LEFT JOIN (SELECT guard_id, sum(remaining) AS held FROM hold WHERE state = 'pending' GROUP BY 1) h ON h.guard_id = g.id
    WHERE g.company_id = (SELECT id FROM me) AND (g.balance, g.held) IS DISTINCT FROM (coalesce(m.balance, 0), coalesce(h.held, 0))
    UNION ALL
    SELECT 'ledger.reversal_once', 'entry ' || r.id || ' is not the negation of ' || r.reverses FROM entry r
    WHERE r.company_id = (SELECT id FROM me) AND r.reverses IS NOT NULL AND EXISTS (
        SELECT FROM (SELECT subaccount_id, amount, value, 1 AS way FROM posting WHERE entry_id = r.id
                     UNION ALL SELECT subaccount_id, -amount, -value, -1 FROM posting WHERE entry_id = r.reverses) x
        GROUP BY subaccount_id, amount, value HAVING sum(way) <> 0)
    UNION ALL
    SELECT 'ledger.idempotency', 'key ' || i.key FROM idempotency i LEFT JOIN entry e ON e.id = i.entry_id AND e.company_id = i.company_id
    WHERE i.company_id = (SELECT id FROM me) AND e.id IS NULL
    UNION ALL
    SELECT 'ledger.period_closed', 'period ' || d.starts || ' to ' || d.ends || ' changed after it was closed'
    FROM period d
    JOIN LATERAL (SELECT * FROM period_event v WHERE v.period_id = d.id ORDER BY v.id DESC LIMIT 1) v ON true,
    LATERAL period_fingerprint(d.id) f
    WHERE d.company_id = (SELECT id FROM me) AND d.closed_at IS NOT NULL
      AND (v.kind <> 'close' OR (v.postings, v.fingerprint) IS DISTINCT FROM (f.postings, f.fingerprint))
$$;

-- Summary and queue against the postings, by subaccount and by account.
CREATE FUNCTION verify_balances() RETURNS TABLE (code text, found text) LANGUAGE sql STABLE SET search_path FROM CURRENT SET jit = off AS $$
    WITH me AS (SELECT company() AS id),
    counted AS (
        SELECT p.subaccount_id, s.account_id, s.unit_id, p.period_id, debit_of(p.value, e.storno) AS debit,
               credit_of(p.value, e.storno) AS credit, p.amount
        FROM posting p JOIN entry e ON e.id = p.entry_id JOIN subaccount s ON s.id = p.subaccount_id
        WHERE p.company_id = (SELECT id FROM me) AND NOT EXISTS (SELECT FROM unsummed u WHERE u.entry_id = p.entry_id))
    SELECT 'ledger.balance', 'subaccount ' || subaccount_id || ' period ' || period_id || ' differs from its postings'
    FROM (SELECT subaccount_id, period_id, debit, credit, amount FROM balance WHERE company_id = (SELECT id FROM me)
          UNION ALL SELECT subaccount_id, period_id, -debit, -credit, -amount FROM counted) x
    GROUP BY subaccount_id, period_id HAVING sum(debit) <> 0 OR sum(credit) <> 0 OR sum(amount) <> 0
    UNION ALL
    SELECT 'ledger.account_balance', 'account ' || account_id || ' period ' || period_id || ' differs from its postings'
    FROM (SELECT account_id, unit_id, period_id, debit, credit, amount FROM account_balance WHERE company_id = (SELECT id FROM me)
          UNION ALL SELECT account_id, unit_id, period_id, -debit, -credit, -amount FROM counted) x
    GROUP BY account_id, unit_id, period_id HAVING sum(debit) <> 0 OR sum(credit) <> 0 OR sum(amount) <> 0
$$;
