import {registry} from "@web/core/registry";

const row = (words) => `.o_field_widget[name=debit_ids] .o_data_row:contains(${words})`;

registry.category("web_tour.tours").add("cobranza_legal_debit_batch", {
    steps: () => [
        {
            content: "Begin a batch",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "It has no number yet",
            trigger: ".oe_title h1:contains(New batch)",
        },
        {
            content: "Take in what is due",
            trigger: "button[name=action_fill]:contains(Take in what is due)",
            run: "click",
        },
        {
            content: "The invoice is in it, and its debtor is to be told",
            trigger: `${row("Tour payer")}:contains(Scheduled)`,
        },
        {
            content: "The batch says until when",
            trigger: ".alert-info:contains(to be told) .o_field_widget[name=notify_by]",
        },
        {
            content: "Tell the debtors",
            trigger: "button[name=action_notify]",
            run: "click",
        },
        {
            content: "Each gets an e-mail",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The notices are on their way",
            trigger: ".o_notification:contains(Notices on their way: 1)",
        },
    ],
});

registry.category("web_tour.tours").add("cobranza_legal_debit_return", {
    steps: () => [
        {
            content: "The debtor has been told",
            trigger: `${row("Tour payer")}:contains(Debtor told)`,
        },
        {
            content: "Present it",
            trigger: "button.btn-primary[name=action_present]",
            run: "click",
        },
        {
            content: "What is ready goes into the list",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The batch is with the bank, without a click more",
            trigger: `${row("Tour payer")}:contains(Presented)`,
        },
        {
            content: "The list can be downloaded",
            trigger: "button.btn-primary[name=action_download]",
        },
        {
            content: "Look at the debits",
            trigger: "button[name=action_view_debits]",
            run: "click",
        },
        {
            content: "Open the only one",
            trigger:
                ".o_list_view.o_view_controller .o_data_row:contains(Tour payer) .o_data_cell[name=document]",
            run: "click",
        },
        {
            content: "Its bank has returned it",
            trigger: "button[name=action_come_back]",
            run: "click",
        },
        {
            content: "Choose the reason",
            trigger: ".modal .o_field_widget[name=code] input",
            run: "click",
        },
        {
            content: "The bank says none",
            trigger: ".o_select_menu_item:contains(Came back without a reason)",
            run: "click",
        },
        {
            content: "What follows is read before",
            trigger: ".modal .o_field_widget[name=consequences]:contains(Ask the debtor to pay)",
        },
        {
            content: "Record it",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "The reason stands on the debit",
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=return_code]:contains(without a reason)",
        },
    ],
});
