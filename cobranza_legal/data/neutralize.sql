-- a copy of a database never writes to debtors
UPDATE res_company SET cobranza_mode = 'proposal', cobranza_live_on = NULL;
UPDATE cobranza_contact SET released = FALSE, waiting = 'proposal' WHERE state = 'planned';
