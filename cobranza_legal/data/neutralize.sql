-- a copy of a database never writes to debtors
UPDATE res_company SET cobranza_mode = 'proposal', cobranza_live_on = NULL, cobranza_live_by_id = NULL;
UPDATE cobranza_contact SET released = FALSE, waiting = 'proposal' WHERE state = 'planned';
-- nor asks anything of the network with its owner's key
UPDATE cobranza_rate_source SET enabled = FALSE;
