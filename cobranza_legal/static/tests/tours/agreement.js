import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("cobranza_legal_agreement", {
    steps: () => [
        {
            content: "Compare plans of this debtor",
            trigger: "button[name=action_new_agreement]",
            run: "click",
        },
        {
            content: "Twelve months pass the terms",
            trigger:
                ".modal .o_data_row:nth-child(3) .o_data_cell[name=says]:contains(Somebody else)",
        },
        {
            content: "Take that of three months",
            trigger:
                ".modal .o_data_row:nth-child(1):contains(Within) button[name=action_take]",
            run: "click",
        },
        {
            content: "It is a draft with its instalments",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=instalment_ids] .o_data_row:nth-child(3)",
        },
        {
            content: "What the debtor wrote",
            trigger: ".o_notebook a.nav-link[name=request]",
            run: "click",
        },
        {
            content: "Why it cannot pay at once",
            trigger: ".o_field_widget[name=grounds] textarea",
            run: "edit A customer pays late",
        },
        {
            content: "Keep it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is kept",
            trigger: "body:has(.o_form_status_indicator_buttons.invisible)",
        },
    ],
});

registry.category("web_tour.tours").add("cobranza_legal_agreement_offer", {
    steps: () => [
        {
            content: "Ask for it",
            trigger: "button[name=action_request]",
            run: "click",
        },
        {
            content: "Within the terms it is accepted at once",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Accepted)",
        },
        {
            content: "Offer it",
            trigger: "button[name=action_offer]",
            run: "click",
        },
        {
            content: "It waits for the debtor",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Offered)",
        },
    ],
});

registry.category("web_tour.tours").add("cobranza_legal_agreement_page", {
    steps: () => [
        {
            content: "There is something to sign",
            trigger: ".o_cp_sign a.o_cp_button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is read",
            trigger: ".o_cp_said:contains(acknowledges that it owes)",
        },
        {
            content: "By whom",
            trigger: "input[name=signer]",
            run: "edit Ana Pérez",
        },
        {
            content: "The name makes the signature",
            trigger: ".o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It was received",
            trigger: ".o_cp_alone a.o_cp_button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It runs, and says what is to be paid next",
            trigger: ".o_cp_agreement .o_cp_instalment:contains(Instalment 1)",
        },
    ],
});
