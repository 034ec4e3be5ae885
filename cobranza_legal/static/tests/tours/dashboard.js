import {registry} from "@web/core/registry";

const open = [
    {
        content: "Open the applications",
        trigger: ".o_navbar_apps_menu button:enabled",
        run: "click",
    },
    {
        content: "Open the collections",
        trigger: ".o_app[data-menu-xmlid='cobranza_legal.menu_root']",
        run: "click",
    },
];

registry.category("web_tour.tours").add("cobranza_legal_dashboard_direction", {
    steps: () => [
        ...open,
        {
            content: "The dashboard is one click away",
            trigger: "[data-menu-xmlid='cobranza_legal.menu_dashboard_first']",
            run: "click",
        },
        {
            content: "A target is missed, and it says so in words",
            trigger: ".o_cobranza_kpi[data-code=dso] .badge:contains(Off target)",
        },
        {
            content: "What is open is drawn",
            trigger: ".o_cobranza_ageing canvas",
        },
        {
            content: "The same as a table",
            trigger: ".o_cobranza_ageing .o_cobranza_as_table",
            run: "click",
        },
        {
            content: "With its phases",
            trigger: ".o_cobranza_ageing .table-responsive th[scope=row]",
        },
        {
            content: "What waits is answered: one tap",
            trigger: ".o_cobranza_approval:contains(goodwill) .o_cobranza_approve",
            run: "click",
        },
        {
            content: "And another",
            trigger: ".o_cobranza_approval .o_cobranza_confirm",
            run: "click",
        },
        {
            content: "Nothing waits any more",
            trigger: ".o_cobranza_no_approval",
        },
        {
            content: "Who owes most, with its part",
            trigger: ".o_cobranza_top li:contains(Tour debtor):contains(100.0)",
        },
        {
            content: "Before there is history, no hit rate is made up",
            trigger: ".o_cobranza_no_history",
        },
        {
            content: "By keyboard to the next tab",
            trigger: ".o_cobranza_tabs [data-tab=direction]",
            run() {
                this.anchor.dispatchEvent(
                    new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true})
                );
            },
        },
        {
            content: "Which is chosen now",
            trigger: ".o_cobranza_tabs [data-tab=collector][aria-selected=true]",
        },
        {
            content: "Back",
            trigger: ".o_cobranza_tabs [data-tab=direction]",
            run: "click",
        },
        {
            content: "The list behind a step of the funnel",
            trigger: ".o_cobranza_funnel [data-step=reminder]",
            run: "click",
        },
        {
            content: "Holds the debt",
            trigger: ".o_list_view .o_data_row",
        },
    ],
});

registry.category("web_tour.tours").add("cobranza_legal_dashboard_collector", {
    steps: () => [
        ...open,
        {
            content: "Open the figures",
            trigger: "button[data-menu-xmlid='cobranza_legal.menu_figures']",
            run: "click",
        },
        {
            content: "And the dashboard",
            trigger: "[data-menu-xmlid='cobranza_legal.menu_dashboard']",
            run: "click",
        },
        {
            content: "A collector sees the own day and no direction",
            trigger:
                ".o_cobranza_tabs:not(:has([data-tab=direction])) [data-tab=collector].active",
        },
        {
            content: "The promise of today",
            trigger: "[data-promises=today] .badge:contains(1)",
        },
        {
            content: "The list behind it",
            trigger: "[data-promises=today]",
            run: "click",
        },
        {
            content: "Holds the promise",
            trigger: ".o_list_view .o_data_row:contains(Tour debtor)",
        },
    ],
});

registry.category("web_tour.tours").add("cobranza_legal_dashboard_lawyer", {
    steps: () => [
        {
            content: "A lawyer sees the own cases alone",
            trigger:
                ".o_cobranza_tabs:not(:has([data-tab=collector])) [data-tab=lawyer].active",
        },
        {
            content: "The case can be worked on from here",
            trigger: ".o_cobranza_card:contains(Tour debtor) .o_cobranza_act",
            run: "click",
        },
        {
            content: "In the dialog of every day",
            trigger: ".modal .o_field_widget[name=summary] input",
            run: "edit From the dashboard",
        },
        {
            content: "Keep it",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "And the page is read anew",
            trigger: "body:not(:has(.modal)) .o_cobranza_card:contains(Tour debtor)",
        },
    ],
});
