-- What customers' verifications and statements say today, for the gate. New ones are written with their fact.
UPDATE facts_customer f
   SET tier = v.tier, document_expires_on = v.document_expires_on
  FROM (SELECT DISTINCT ON (customer_id) customer_id, tier, document_expires_on
          FROM kyc_verification ORDER BY customer_id, verified_at DESC) v
 WHERE v.customer_id = f.customer_id;
UPDATE facts_customer f
   SET expected_turnover = t.monthly_cents
  FROM (SELECT DISTINCT ON (customer_id) customer_id, monthly_cents
          FROM kyc_turnover ORDER BY customer_id, declared_at DESC, id DESC) t
 WHERE t.customer_id = f.customer_id;
