import {registry} from "@web/core/registry";

const TOUR = "cobranza_legal_collector";

registry.category("web_tour.tours").add(TOUR, {
    steps: () => [
        {
            content: "The worklist says that nothing leaves",
            trigger: ".o_cobranza_banner .fa-eye",
        },
        {
            content: "Open the debtor",
            trigger:
                ".o_data_row:contains(Tour debtor) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "What is overdue is there",
            trigger: ".o_field_widget[name=overdue]:contains(1)",
        },
        {
            content: "Ask why",
            trigger: "a[name=why]",
            run: "click",
        },
        {
            content: "The first debt explains itself",
            trigger: ".o_cobranza_why details[open]:contains(Tour policy)",
        },
        {
            content: "Log a call",
            trigger: "button[name=action_log_contact]",
            run: "click",
        },
        {
            content: "It was made to the debtor",
            trigger:
                ".modal .o_field_widget[name=direction] input[data-value=outbound]",
            run: "click",
        },
        {
            content: "Choose what came out of it",
            trigger: ".modal .o_field_widget[name=outcome] input",
            run: "click",
        },
        {
            content: "Somebody answered",
            trigger: ".o_select_menu_item:first",
            run: "click",
        },
        {
            content: "Write it down",
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Pays as soon as possible",
        },
        {
            content: "Save",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "Look at the timeline",
            trigger: "body:not(:has(.modal)) a[name=timeline]",
            run: "click",
        },
        {
            content: "The call is in it",
            trigger: ".o_field_widget[name=person_contact_ids] .text-bg-success",
        },
    ],
});
