import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("cobranza_legal_manager", {
    steps: () => [
        {
            content: "Start today's run",
            trigger: "button[name=action_run_now]",
            run: "click",
        },
        {
            content: "The proposal shows whom it would write to",
            trigger:
                ".o_field_widget[name=shown_contact_ids] .o_data_row:contains(Tour debtor)",
        },
        {
            content: "See what was decided",
            trigger: "a[name=decisions]",
            run: "click",
        },
        {
            content: "The decisions are counted",
            trigger: ".o_field_widget[name=counts_html] tbody tr",
        },
        {
            content: "Go to the worklist",
            trigger: "[data-menu-xmlid='cobranza_legal.menu_worklist']",
            run: "click",
        },
        {
            content: "See it as a board",
            trigger: ".o_switch_view.o_kanban",
            run: "click",
        },
        {
            content: "Who has reached no level stands under a title too",
            trigger:
                ".o_kanban_group:contains(Early debtor) .o_column_title:not(:empty)",
        },
        {
            content: "Open a debtor from its card",
            trigger: ".o_kanban_record:contains(Tour debtor)",
            run: "click",
        },
        {
            content: "Its debts are listed",
            trigger: ".o_field_widget[name=open_debt_ids] .o_data_row",
        },
    ],
});
