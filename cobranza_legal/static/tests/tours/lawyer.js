import {registry} from "@web/core/registry";

/** Let a file fall on what this step points to, as from the desktop. */
function dropFile() {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["Filed"], "receipt.txt", {type: "text/plain"}));
    for (const name of ["dragenter", "dragover", "drop"]) {
        this.anchor.dispatchEvent(
            new DragEvent(name, {
                bubbles: true,
                cancelable: true,
                dataTransfer: transfer,
            })
        );
    }
}

const CARD = ".o_cobranza_card:contains(Tour debtor)";

registry.category("web_tour.tours").add("cobranza_legal_lawyer", {
    steps: () => [
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
        {
            content: "A lawyer begins with the own day: a deadline has passed",
            trigger: ".o_cobranza_due .list-group-item:contains(Answer the court)",
        },
        {
            content: "Somebody unknown has written",
            trigger: ".o_cobranza_came .list-group-item:contains(A question)",
        },
        {
            content: "Write down what was done",
            trigger: `${CARD} .o_cobranza_act`,
            run: "click",
        },
        {
            content: "In words",
            trigger: ".modal .o_field_widget[name=summary] input",
            run: "edit Called the court",
        },
        {
            content: "Keep it",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "Drop a file on the case",
            trigger: `body:not(:has(.modal)) ${CARD}`,
            run: dropFile,
        },
        {
            content: "It is in the dialog of a new act",
            trigger: ".modal .o_attachment:contains(receipt)",
        },
        {
            content: "Keep it, too",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The mail that waits",
            trigger:
                "body:not(:has(.modal)) .o_cobranza_came .list-group-item:contains(A question) .o_cobranza_row",
            run: "click",
        },
        {
            content: "It belongs to the case",
            trigger: ".o_form_view button[name=action_file]",
            run: "click",
        },
        {
            content: "It is there now",
            trigger: ".o_arrow_button_current[data-value=filed], .o_field_widget[name=act_id]",
        },
        {
            content: "Back to the day",
            trigger: ".o_back_button a, .breadcrumb-item.o_back_button",
            run: "click",
        },
        {
            content: "Nothing waits any more",
            trigger:
                ".o_cobranza_day:not(:has(.list-group-item .text-warning)) .o_cobranza_card",
        },
        {
            content: "The deadline was met",
            trigger: ".o_cobranza_due .o_cobranza_done",
            run: "click",
        },
        {
            content: "What was done is asked",
            trigger: ".modal .o_form_view",
        },
    ],
});
