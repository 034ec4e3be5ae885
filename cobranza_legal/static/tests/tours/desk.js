import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("cobranza_legal_desk", {
    steps: () => [
        {
            content: "The list says how it is ordered",
            trigger: ".o_cobranza_order:contains(Priority =)",
        },
        {
            content: "Start with the first debtor, the one with the highest priority",
            trigger: ".o_data_row:first:contains(Tour debtor) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "The priority is said in words",
            trigger: ".o_field_widget[name=priority_words]:contains(days late)",
        },
        {
            content: "Nobody answers: one click",
            trigger: ".o_cobranza_calls button:contains(No answer)",
            run: "click",
        },
        {
            content: "It is written down",
            trigger: ".o_notification:contains(Call written down: No answer)",
        },
        {
            content: "The next debtor",
            trigger: ".o_cobranza_next",
            run: "click",
        },
        {
            content: "The second one is shown in its place, and the pager says so",
            trigger:
                ".o_form_view:has(.o_breadcrumb:contains(Second debtor)) .o_pager_value:contains(2)",
        },
        {
            content: "This one will pay",
            trigger: ".o_cobranza_calls button:contains(Will pay…)",
            run: "click",
        },
        {
            content: "Amount and day are filled in: the second click saves",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "The debtor has a promise",
            trigger:
                "body:not(:has(.modal)) button[name=action_view_promises] .o_stat_value:contains(1)",
        },
        {
            content: "End of the list",
            trigger: ".o_cobranza_next",
            run: "click",
        },
        {
            content: "Nobody follows",
            trigger: ".o_notification:contains(This is the last debtor of the worklist)",
        },
        {
            content: "Back to the worklist",
            trigger: ".o_back_button a, .breadcrumb-item.o_back_button",
            run: "click",
        },
        {
            content: "Tick everybody",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "What can be done with them",
            trigger: ".o_cp_action_menus .dropdown-toggle:contains(Actions)",
            run: "click",
        },
        {
            content: "Release with a preview",
            trigger: ".o-dropdown-item:contains(Release with a preview)",
            run: "click",
        },
        {
            content: "The letter is read before it leaves",
            trigger: ".modal .o_field_widget[name=preview]:contains(owes)",
        },
        {
            content: "Release it",
            trigger: ".modal button[name=action_release]",
            run: "click",
        },
        {
            content: "The dialog follows the sending",
            trigger: ".modal .o_field_widget[name=progress]",
        },
        {
            content: "Close",
            trigger: ".modal button:contains(Close)",
            run: "click",
        },
        {
            content: "Open the debtor of the letter",
            trigger:
                "body:not(:has(.modal)) .o_data_row:contains(Tour debtor) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "Look at the timeline",
            trigger: "a[name=timeline]",
            run: "click",
        },
        {
            content: "The call is in it",
            trigger: ".o_field_widget[name=person_contact_ids] .text-bg-success",
        },
    ],
});
