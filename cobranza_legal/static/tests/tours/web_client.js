import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("cobranza_legal_web_client", {
    steps: () => [
        {
            content: "The main navigation bar is there",
            trigger: ".o_main_navbar",
        },
    ],
});
